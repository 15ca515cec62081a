import BulkFiles
import MavaBulk

/// `mava-bulk agents` and `mava-bulk categories`: what names and ids the account has.
enum ListingCommand {
    static func agents(_ arguments: ParsedArguments, _ talk: Talk) async throws -> ExitCode {
        let connection = try CommandConnection(arguments, talk)
        let listing = try await connection.mava.reader.agents()
        connection.warnOfLostLedger(talk)
        warn(of: listing.problems, talk)
        return try list(
            listing.elements.map { [$0.id, $0.username, $0.email, $0.walletAddress] },
            keys: ["id", "username", "email", "walletAddress"], arguments, talk)
    }

    static func categories(_ arguments: ParsedArguments, _ talk: Talk) async throws -> ExitCode {
        let connection = try CommandConnection(arguments, talk)
        let listing = try await connection.mava.reader.categories()
        connection.warnOfLostLedger(talk)
        warn(of: listing.problems, talk)
        return try list(
            listing.elements.map { [$0.id, $0.name] }, keys: ["id", "name"], arguments, talk)
    }

    private static func warn(of problems: [ListingProblem], _ talk: Talk) {
        for problem in problems { talk.warn(TerminalText.escaped("\(problem)")) }
    }

    /// Prints rows as a table for eyes or as JSON Lines for machines.
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
        try talk.data(&buffer)
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
