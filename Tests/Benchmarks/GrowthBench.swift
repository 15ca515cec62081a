import BulkSystem
import BulkTickets
import MavaAPI

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

import CLibrary

/// Whether the work of planning grows faster than the input, on files that could make it do so:
/// `growth [--rows N] [--repeats N] [--directory DIR] [--program PATH] [--only NAME,NAME]`.
///
/// Each file is planned at N and at 2 N rows by the whole program; N is 100,000 unless given. The
/// processor's time is compared, because it depends little on what else the machine does. Linear
/// growth gives 2 or less.
enum GrowthBench {
    /// What the rows of one file have.
    private struct Case: Sendable {
        var name: String
        var header: String
        /// Whether the agents are as many as the rows; otherwise there is one.
        var hasManyAgents = false
        var row: @Sendable (Int) -> String
    }

    private static func ticket(_ number: Int) -> String {
        // Not zero, whose id looks like a number that a spreadsheet rounded.
        let mixed = UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15
        return String(0x6000_0000 + number, radix: 16)
            + String(0x1000_0000_0000_0000 | mixed >> 4, radix: 16)
    }

    private static func agent(_ number: Int) -> String {
        String(0x6600_0000 + number, radix: 16) + "aaaaaaaaaaaaaaaa"
    }

    private static let cases = [
        Case(name: "valid", header: "ticketId,status,priority") { "\(ticket($0)),Resolved,3" },
        Case(name: "wrong-statuses", header: "ticketId,status,priority") {
            "\(ticket($0)),Wrong \($0),3"
        },
        Case(name: "wrong-priorities", header: "ticketId,status,priority") {
            "\(ticket($0)),Resolved,p\($0)"
        },
        Case(name: "wrong-ids", header: "ticketId,status,priority") {
            "not an id \($0),Resolved,3"
        },
        Case(name: "ragged", header: "ticketId,status,priority") { "\(ticket($0)),Resolved" },
        Case(name: "unknown-agents", header: "ticketId,assignedTo", hasManyAgents: true) {
            "\(ticket($0)),nobody \($0)"
        },
        Case(name: "agents-by-name", header: "ticketId,assignedTo", hasManyAgents: true) {
            "\(ticket($0)),Agent \($0)"
        },
        Case(name: "agents-by-id", header: "ticketId,assignedTo", hasManyAgents: true) {
            "\(ticket($0)),\(agent($0))"
        },
        Case(name: "one-ticket", header: "ticketId,status,priority") { _ in
            "\(ticket(1)),Resolved,3"
        },
        Case(name: "one-ticket-disagreeing", header: "ticketId,status,priority") {
            "\(ticket(1)),Resolved,\($0 % 3 + 1)"
        },
        Case(name: "expected-values", header: "ticketId,status,expectStatus") {
            "\(ticket($0)),Resolved,Weird \($0)"
        },
        Case(name: "other-ids", header: "ticketId,status") { "T-\($0),Resolved" },
    ]

    static func run(_ arguments: [String]) async throws {
        var options = try ComparisonOptions(arguments, repeats: 3)
        if !arguments.contains("--rows") { options.rows = 100_000 }
        let sizes = [options.rows, 2 * options.rows]
        for size in sizes { try writeTickets(options, size) }
        var valid: Double?
        for test in cases where options.only?.contains(test.name) ?? true {
            try measure(test.name, options, valid: &valid, hasManyAgents: test.hasManyAgents) {
                path, size in
                var file = try OutputFile(path)
                file.buffer.append(text: test.header + "\n")
                for row in 0..<size {
                    file.buffer.append(text: test.row(row) + "\n")
                    try file.flush()
                }
                try file.flush(always: true)
            }
        }
        guard options.only?.contains("columns") ?? true else { return }
        try measure("columns", options, valid: &valid, hasManyAgents: false) { path, size in
            var file = try OutputFile(path)
            // 10,000 columns at 200,000.
            let columns = size / 20
            file.buffer.append(text: "ticketId,status")
            for column in 0..<columns { file.buffer.append(text: ",extra\(column)") }
            for row in 0..<20 {
                file.buffer.append(text: "\n\(ticket(row)),Resolved")
                for _ in 0..<columns { file.buffer.append(",x") }
            }
            file.buffer.append("\n")
            try file.flush(always: true)
        }
    }

    private static func writeTickets(_ options: ComparisonOptions, _ size: Int) throws {
        var file = try OutputFile("\(options.directory)/mava-bulk-growth-\(size).jsonl")
        for number in 0..<size {
            file.buffer.append(
                text: "{\"_id\":\"\(ticket(number))\",\"status\":\"Open\",\"priority\":1,"
                    + "\"category\":null,\"assignedTo\":null}\n")
            try file.flush()
        }
        try file.flush(always: true)
        for (name, count) in [("one", 1), ("many", size)] {
            let agents = (0..<count).map {
                Agent(
                    id: agent($0), email: "agent\($0)@acme.com", username: "Agent \($0)",
                    walletAddress: nil)
            }
            try Lookups(agents: agents, categories: []).write(
                to: "\(options.directory)/mava-bulk-growth-\(size)-\(name).json",
                createdAt: Date(timeIntervalSince1970: 0),
                baseURL: "http://localhost")
        }
    }

    private static func measure(
        _ name: String, _ options: ComparisonOptions, valid: inout Double?, hasManyAgents: Bool,
        write: (String, Int) throws -> Void
    ) throws {
        var times: [Double] = []
        for size in [options.rows, 2 * options.rows] {
            let base = "\(options.directory)/mava-bulk-growth-\(size)"
            let rows = "\(base)-\(name).csv"
            try write(rows, size)
            defer { _ = unlink(rows) }
            let turns = try (0..<options.repeats).map { _ in
                try ChildProcess(
                    options.program,
                    [
                        "plan", rows, "--snapshot", "\(base).jsonl", "--lookups",
                        "\(base)-\(hasManyAgents ? "many" : "one").json", "--output",
                        "\(base).plan", "--unread", "send",
                    ], silencingErrors: true
                ).wait()
            }
            // 3 says that some rows are invalid.
            guard turns.allSatisfy({ $0.exitCode == 0 || $0.exitCode == 3 }) else {
                throw ComparisonOptions.Failure(
                    description: "\(name) ended with \(turns.map(\.exitCode))")
            }
            times.append(Spread(turns.map(\.processorSeconds)).least)
        }
        if name == "valid" { valid = times[1] }
        let part = valid.map { ", \(rounded(times[1] / $0)) x valid" } ?? ""
        print(
            "\(name): \(rounded(times[0])) s, then \(rounded(times[1])) s of processor: "
                + "\(rounded(times[1] / times[0])) x\(part)")
        fflush(nil)
    }
}
