import BulkHistory
import BulkSystem
import MavaBulk

/// `mava-bulk verify`: whether the tickets of a run still hold what it wrote.
enum VerifyCommand {
    /// The most rows that are printed.
    private static let mostRows = 20

    static func run(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        if arguments.has(.json), arguments.has(.csv) {
            throw CommandFailure.usage("--json and --csv contradict each other")
        }
        if let output = arguments[.output] { try requireReplaceable(output, arguments) }
        let run = try RunArguments.history(arguments).run(arguments.operands[0])
        var arguments = arguments
        if ![.pruned, .unreadable].contains(run.state) {
            try RunSettings.read(from: run.path)?
                .complete(
                    &arguments, in: run.path, only: RunSettings.connection, console)
        }
        let connection = try CommandConnection(arguments, console)
        // It also keeps the sandbox alive for as long as it is needed.
        defer { connection.warnOfLostLedger(console) }
        let session = CommandSession(
            console, connection.mava, unfinished: "the run was not verified to its end")
        let given = arguments
        return try await session.watch {
            let result = try await connection.mava.verify(run) { session.planning($0) }
            session.prepared()
            try print(result, given, console)
            return result.holds ? .success : .someRowsFailed
        }
    }

    /// Refuses to replace a file that is not the result of an earlier verification.
    private static func requireReplaceable(
        _ output: String, _ arguments: ParsedArguments
    ) throws {
        guard output != "-" else {
            throw CommandFailure.usage("--output takes a file; --csv prints")
        }
        guard !arguments.has(.force), FilePath.isRegularFile(output) else { return }
        let head = Array((RunVerification.columns.joined(separator: ",") + "\n").utf8)
        var reader = try FileReader(output)
        guard try reader.read(upTo: head.count) != head else { return }
        throw CommandFailure.usage(
            .outputOccupied,
            "\(output): this file exists and is not a verification: name another, or add --force")
    }

    private static func print(
        _ result: RunVerification, _ arguments: ParsedArguments, _ console: Console
    ) throws {
        if let output = arguments[.output] {
            var file = try AtomicFile(output)
            try result.csv { try file.write(&$0) }
            try file.commit()
        }
        if arguments.has(.json) {
            try result.json { try console.data(&$0, as: .json) }
        } else if arguments.has(.csv) {
            try result.csv { try console.data(&$0) }
        } else {
            try console.data(text(result))
        }
        if let output = arguments[.output] {
            console.say("wrote \(Words.rows(result.rows)) to \(output)")
        }
    }

    /// The counts, the causes and the first rows.
    private static func text(_ result: RunVerification) throws -> String {
        guard result.rows > 0 else {
            return
                "no row of \(TerminalText.value(result.run.name)) was updated: there is nothing to verify\n"
        }
        let unread = result.counts[.notRead] ?? 0
        let counts = RowCheck.State.allCases.filter { $0 != .notRead }.compactMap { state in
            result.counts[state].map { "\(Words.number($0)) \(words(state, $0))" }
        }
        var lines: [String] = []
        if !counts.isEmpty {
            lines.append(
                "\(Words.rows(result.rows - unread)) checked: \(counts.joined(separator: ", "))")
        }
        if unread > 0 {
            lines.append(
                "\(Words.rows(unread)) could not be checked: \(unread == 1 ? "its id is" : "their ids are") "
                    + "not in Mava's form (24 hexadecimal digits), so the "
                    + "\(unread == 1 ? "ticket" : "tickets") cannot be looked for")
        }
        if result.unknownRows > 0 {
            lines.append(
                "\(Words.rows(result.unknownRows)) of them had an unknown effect when the run ended"
            )
        }
        if let late = result.counts[.late] {
            lines.append(
                "\(Words.rows(late)) failed without a clear answer, and \(late == 1 ? "its ticket holds" : "their tickets hold") "
                    + "what was asked: Mava did it later, or somebody else did")
        }
        for cause in result.causes.prefix(mostRows) where cause.state == .moved {
            lines.append("\(Words.number(cause.rows)) moved: \(result.words(cause.moves))")
        }
        let others =
            result.causes.dropFirst(mostRows).reduce(0) { $0 + $1.rows } + result.rowsOfOtherCauses
        if others > 0 { lines.append("\(Words.rows(others)) for other causes") }
        let rows = result.rows - (result.counts[.holds] ?? 0)
        if rows > 0 { lines += try self.lines(result) }
        if rows > mostRows {
            lines.append(
                "  and \(Words.rows(rows - mostRows)) more: --csv or --output FILE lists them")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The first rows that do not hold.
    private static func lines(_ result: RunVerification) throws -> [String] {
        var lines: [String] = []
        try result.forEach { check in
            guard check.state != .holds, lines.count < mostRows else { return }
            let what = check.state == .moved ? result.words(check.moves) : words(check.state, 1)
            lines.append("  row \(check.row)  \(TerminalText.value(check.ticketID))  \(what)")
        }
        return lines
    }

    private static func words(_ state: RowCheck.State, _ count: Int) -> String {
        switch state {
        case .holds: count == 1 ? "holds" : "hold"
        case .moved: "moved"
        case .gone: "gone"
        case .notRead: "not checked"
        case .late: "failed, but done"
        }
    }
}
