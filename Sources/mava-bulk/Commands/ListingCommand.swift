import BulkSystem
import MavaBulk

/// `mava-bulk agents` and `mava-bulk categories`: the names and ids of the account.
enum ListingCommand {
    static func agents(_ arguments: ParsedArguments, _ talk: Talk) async throws -> ExitCode {
        let listing = try await read(arguments, talk) { try await $0.agents() }
        return try list(
            listing.elements.map { [$0.id, $0.username, $0.email, $0.walletAddress] },
            keys: ["id", "username", "email", "walletAddress"], arguments, talk)
    }

    static func categories(_ arguments: ParsedArguments, _ talk: Talk) async throws -> ExitCode {
        let listing = try await read(arguments, talk) { try await $0.categories() }
        return try list(
            listing.elements.map { [$0.id, $0.name] }, keys: ["id", "name"], arguments, talk)
    }

    /// Reads a listing, and reports waits and the entries that could not be read.
    private static func read<Element: Sendable>(
        _ arguments: ParsedArguments, _ talk: Talk,
        _ body: @escaping @Sendable (MavaClient) async throws -> Listing<Element>
    ) async throws -> Listing<Element> {
        let connection = try CommandConnection(arguments, talk)
        let reader = connection.mava.reader
        let session = CommandSession(talk, connection.mava)
        defer { session.prepared() }
        let listing = try await session.watch { try await body(reader) }
        connection.warnOfLostLedger(talk)
        for problem in listing.problems { talk.warn(TerminalText.escaped("\(problem)")) }
        return listing
    }

    /// Prints rows as a table for people or as JSON Lines for programs.
    private static func list(
        _ rows: [[String?]], keys: [String], _ arguments: ParsedArguments, _ talk: Talk
    ) throws -> ExitCode {
        var buffer = OutputBuffer()
        if arguments.has(.json) {
            for row in rows { append(jsonLine: row, keys: keys, to: &buffer) }
        } else {
            let shown = [keys] + rows.map { $0.map { TerminalText.escaped($0 ?? "-") } }
            for row in shown { append(row, widths: widths(shown), to: &buffer) }
        }
        try talk.data(&buffer, as: arguments.has(.json) ? .json : .text)
        return .success
    }

    private static func append(
        jsonLine row: [String?], keys: [String], to buffer: inout OutputBuffer
    ) {
        for (index, key) in keys.enumerated() {
            buffer.append(index == 0 ? "{" : ",")
            buffer.append(jsonString: key)
            buffer.append(":")
            if let value = row[index] {
                buffer.append(jsonString: value)
            } else {
                buffer.append("null")
            }
        }
        buffer.append("}\n")
    }

    private static func widths(_ rows: [[String]]) -> [Int] {
        rows.reduce(into: []) { widths, row in
            for (index, cell) in row.enumerated() {
                if index == widths.count { widths.append(0) }
                widths[index] = max(widths[index], cell.count)
            }
        }
    }

    private static func append(_ row: [String], widths: [Int], to buffer: inout OutputBuffer) {
        for (index, cell) in row.enumerated() {
            buffer.append(text: cell)
            if index == row.count - 1 { break }
            buffer.append(text: String(repeating: " ", count: widths[index] - cell.count + 2))
        }
        buffer.append("\n")
    }
}
