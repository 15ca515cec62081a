import BulkHistory
import BulkSystem
import MavaBulk

/// `mava-bulk report` and `report merge`: runs rendered again from their files.
enum ReportCommand {
    static func run(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        let format: ReportFormat = try arguments.rowFormat() ?? .csv
        let history = RunLookup(RunArguments.history(arguments))
        let run = try history.run(arguments.operands[0])
        let chain = arguments.has(.withRetries) ? try history.chain(of: run) : RunChain(run)
        try refuseReplacing(arguments, chain.runs)
        var report = ChainReport(
            chain, as: format, spillingTo: CurrentProcess.temporaryDirectory)
        report.remedy = CodeExplanation.remedy
        func commands(_ counts: OutcomeCounts) -> [String] {
            NextCommand.after(
                chain, counts, as: format, in: arguments.givenRunsDirectory)
        }
        let end = try write(format, arguments, console) { write in
            try report.render(nextCommands: commands, to: write)
        }
        if chain.running != nil { console.say("the run is not at its end yet") }
        account(end, arguments, console)
        return .success
    }

    /// `mava-bulk report merge`: one report of the runs of all shards of an input.
    static func merge(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        let format: ReportFormat = try arguments.rowFormat() ?? .csv
        let history = RunLookup(RunArguments.history(arguments))
        let chains = try arguments.operands.map { reference in
            let run = try history.run(reference)
            return arguments.has(.withRetries) ? try history.chain(of: run) : RunChain(run)
        }
        // Each run has its plan and its journal open.
        DescriptorLimit.raise()
        let shards = try ShardRuns(chains)
        try refuseReplacing(arguments, shards.runs)
        var report = MergedReport(
            shards, as: format, spillingTo: CurrentProcess.temporaryDirectory)
        report.remedy = CodeExplanation.remedy
        // What is printed cannot be taken back, and a file is put in its place only when it is whole.
        if arguments[.output] == nil { try report.check() }
        let end = try write(format, arguments, console) { write in
            try report.render(
                nextCommands: {
                    NextCommand.after($0, $1, as: format, in: arguments.givenRunsDirectory)
                },
                to: write)
        }
        account(end, arguments, console)
        return .success
    }

    /// Writes a report to the file of `--output`, or to standard output.
    private static func write(
        _ format: ReportFormat, _ arguments: ParsedArguments, _ console: Console,
        _ render: ((inout OutputBuffer) throws -> Bool) throws -> ReportEnd
    ) throws -> ReportEnd {
        guard let output = arguments[.output] else {
            return try render { buffer in
                try console.exactData(&buffer, as: format.isJSON ? .json : .text)
                return !console.isOutputClosed
            }
        }
        var file = try AtomicFile(output)
        let end = try render { buffer in
            try file.write(&buffer)
            return true
        }
        try file.commit()
        return end
    }

    /// Says what is missing in a report, and where it is.
    private static func account(_ end: ReportEnd, _ arguments: ParsedArguments, _ console: Console)
    {
        for problem in end.notes + end.missing { console.warn(problem) }
        if let output = arguments[.output] {
            console.say("wrote \(Words.rows(end.counts.rows)) to \(output)")
        }
    }

    /// Refuses to replace a file that is not a report, and any file of the runs.
    private static func refuseReplacing(_ arguments: ParsedArguments, _ runs: [PastRun]) throws {
        guard let output = arguments[.output] else { return }
        let directory = FilePath.directory(of: FilePath.absolute(output))
        if let run = runs.first(where: { FilePath.isSameFile($0.path, directory) }) {
            throw CommandFailure.usage(
                "--output \(output) is in \(run.path), in which nothing is changed: name another place"
            )
        }
        guard FilePath.isRegularFile(output), !arguments.has(.force) else { return }
        throw CommandFailure.usage(
            .outputOccupied, "\(output) exists: name another place, or add --force")
    }
}
