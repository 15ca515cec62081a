import BulkHistory
import BulkPlanning
import BulkSystem
import MavaAPI
import MavaBulk

/// `mava-bulk runs`, `runs show` and `runs find`: what was done before.
enum RunsCommand {
    static func list(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        let history = try RunArguments.existingHistory(arguments)
        var runs = try history.runs()
        if !arguments.has(.all) { runs.removeAll { $0.state == .pruned } }
        if let limit = try arguments.integer(.limit, in: 1...Int.max) {
            runs = Array(runs.prefix(limit))
        }
        if arguments.has(.json) {
            try console.data(PastRun.json(runs), as: .json)
        } else if runs.isEmpty {
            console.say("there is no run in \(history.directory)")
        } else {
            let now = CurrentProcess.now.secondsSince1970
            try console.data(runs.map { RunListText.lines($0, now: now) }.joined())
        }
        return .success
    }

    static func show(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        let run = try RunArguments.existingHistory(arguments).run(arguments.operands[0])
        if arguments.has(.json) {
            try console.data(PastRun.json(run), as: .json)
        } else {
            try console.data(RunListText.page(run, now: CurrentProcess.now.secondsSince1970))
        }
        return .success
    }

    static func find(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        let ticket: TicketID
        do throws(FieldValueError) {
            ticket = try TicketID(written: arguments.operands[0])
        } catch {
            throw CommandFailure.usage(error.message)
        }
        if !ticket.isObjectID {
            console.say(
                "`\(ticket.rawValue)` is not a usual ticket id: those of Mava have 24 hexadecimal digits"
            )
        }
        let history = try RunArguments.existingHistory(arguments)
        let found = try history.rows(of: ticket)
        if arguments.has(.json) {
            try console.data(found.json(), as: .json)
        } else {
            let now = CurrentProcess.now.secondsSince1970
            try console.data(TicketHistoryText.text(found, in: history.directory, now: now))
        }
        if found.pruned > 0 {
            console.say(
                "\(Words.counted(found.pruned, "run")) could not be searched: the rows of pruned runs are gone"
            )
        }
        for unsearched in found.unsearched {
            console.warn("\(unsearched.run.name) could not be searched: \(unsearched.problem)")
        }
        return .success
    }
}
