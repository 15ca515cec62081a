import BulkHistory
import BulkSystem
import MavaBulk

/// `mava-bulk report`: a run, or a run with its retries, rendered again from its files.
enum ReportCommand {
    static func run(_ arguments: ParsedArguments, _ talk: Talk) async throws -> ExitCode {
        let format = arguments[.format].flatMap(ReportFormat.init) ?? .csv
        let history = RunArguments.history(arguments)
        let run = try history.run(arguments.operands[0])
        let chain = arguments.has(.withRetries) ? try history.chain(of: run) : RunChain(run)
        let output = arguments[.output]
        try refuseReplacing(arguments, chain)
        var report = ChainReport(
            chain, as: format, spillingTo: CurrentProcess.temporaryDirectory)
        report.remedy = CodeExplanation.remedy
        func commands(_ counts: OutcomeCounts) -> [String] {
            NextCommand.after(chain, counts)
        }
        let end: ReportEnd
        if let output {
            var file = try AtomicFile(output)
            end = try report.render(nextCommands: commands) { buffer in
                try file.write(&buffer)
                return true
            }
            try file.commit()
        } else {
            end = try report.render(nextCommands: commands) { buffer in
                try talk.exactData(&buffer, as: format.isJSON ? .json : .text)
                return !talk.isOutputClosed
            }
        }
        for problem in end.missing { talk.warn(problem) }
        if chain.running != nil { talk.say("the run is not at its end yet") }
        if let output { talk.say("wrote \(Words.rows(end.counts.rows)) to \(output)") }
        return .success
    }

    /// Refuses to replace a file that is not a report, and any file of the runs.
    private static func refuseReplacing(_ arguments: ParsedArguments, _ chain: RunChain) throws {
        guard let output = arguments[.output] else { return }
        guard output != "-" else {
            throw CommandFailure.usage("without --output it goes to standard output: leave it out")
        }
        let directory = FilePath.directory(of: FilePath.absolute(output))
        if let run = chain.runs.first(where: { FilePath.isSameFile($0.path, directory) }) {
            throw CommandFailure.usage(
                "--output \(output) is in \(run.path), in which nothing is changed: name another place"
            )
        }
        guard FilePath.isRegularFile(output), !arguments.has(.force) else { return }
        throw CommandFailure.usage("\(output) exists: name another place, or add --force")
    }
}
