import BulkHistory
import BulkSystem
import MavaBulk

/// `mava-bulk runs` and `runs show`: what was done before.
enum RunsCommand {
    static func list(_ arguments: ParsedArguments, _ talk: Talk) async throws -> ExitCode {
        let history = RunArguments.history(arguments)
        var runs = try history.runs()
        if !arguments.has(.all) { runs.removeAll { $0.state == .pruned } }
        if let limit = try arguments.integer(.limit, in: 1...Int.max) {
            runs = Array(runs.prefix(limit))
        }
        if arguments.has(.json) {
            try talk.data(PastRun.json(runs), as: .json)
        } else if runs.isEmpty {
            talk.say("there is no run in \(history.directory)")
        } else {
            let now = CurrentProcess.now.secondsSince1970
            try talk.data(runs.map { RunListText.lines($0, now: now) }.joined())
        }
        return .success
    }

    static func show(_ arguments: ParsedArguments, _ talk: Talk) async throws -> ExitCode {
        let run = try RunArguments.history(arguments).run(arguments.operands[0])
        if arguments.has(.json) {
            try talk.data(PastRun.json(run), as: .json)
        } else {
            try talk.data(RunListText.page(run, now: CurrentProcess.now.secondsSince1970))
        }
        return .success
    }
}
