import BulkSystem
import BulkTickets
import MavaAPI

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

import CLibrary

/// The files of one shape that the contenders of ``PlanBench`` read, and those that they write.
struct PlanFiles {
    let shape: PlanShape
    private let count: Int
    private let path: String

    init(_ options: ComparisonOptions, _ shape: PlanShape) {
        self.shape = shape
        count = options.rows
        path = "\(options.directory)/mava-bulk-plan-\(options.rows)-\(shape.rawValue)"
    }

    var rows: String { "\(path).\(shape.rowsExtension)" }
    var tickets: String { "\(path).\(shape.ticketsExtension)" }
    /// The agents and categories, as `mava-bulk lookups` writes them.
    var names: String { "\(path).names.json" }

    /// What a contender writes.
    func plan(_ name: String) -> String { "\(path)-\(name).plan" }

    private static let statuses = ["Open", "Resolved", "Pending", "Waiting"]
    private static let priorities = ["low", "medium", "high"]

    private static func id(agent number: Int) -> String {
        "6630a1f4c2b9e4a1d8f0" + String(0x1000 + number, radix: 16)
    }

    private static func id(category number: Int) -> String {
        "65f000000000000000a0" + String(0x1000 + number, radix: 16)
    }

    private static func name(agent number: Int) -> String { "Zoë Åström \(number)" }
    private static func name(category number: Int) -> String { "Rückgabe \(number)" }

    /// Writes the tickets in the order of their creation, and rows that name each of them once in
    /// another order.
    func generate() throws {
        try Lookups(
            agents: (0..<shape.agents).map {
                Agent(id: Self.id(agent: $0), username: Self.name(agent: $0))
            },
            categories: (0..<shape.categories).map {
                Category(id: Self.id(category: $0), name: Self.name(category: $0))
            }
        ).write(to: names, createdAt: Date(timeIntervalSince1970: 0), baseURL: "http://localhost")
        let isCompressed = shape == .gzip
        let plain = { (name: String) in isCompressed ? String(name.dropLast(3)) : name }
        var snapshot = try OutputFile(plain(tickets))
        var table = try OutputFile(plain(rows))
        table.buffer.append(text: header)
        for number in 0..<count {
            snapshot.buffer.append(text: line(of: Ticket(number, shape), number))
            try snapshot.flush()
            // Stepping by a prime visits every ticket once, and neighbours lie far apart.
            var row = Ticket(Int((UInt64(number) * 7_368_787) % UInt64(count)), shape)
            if number % shape.rowsPerChange == 0 {
                row.agent = (row.agent + 1) % shape.agents
                if shape == .manyGroups {
                    row.category = (row.category + 1) % shape.categories
                } else {
                    row.status = (row.status + 1) % 4
                }
            }
            table.buffer.append(text: self.row(row, number))
            try table.flush()
        }
        try snapshot.flush(always: true)
        try table.flush(always: true)
        guard isCompressed else { return }
        let result = try ChildProcess("gzip", ["-f", plain(rows), plain(tickets)]).wait()
        guard result.exitCode == 0 else {
            throw ComparisonOptions.Failure(description: "gzip failed")
        }
    }

    private var header: String {
        switch shape {
        case .plain, .manyGroups, .gzip: "ticketId,status,priority,categoryId,assignedTo\n"
        case .quoted, .nested:
            "\u{FEFF}ticketId,status,priority,categoryId,assignedTo,note\r\n"
        case .names: "ticketId,status,priority,category,assignedTo\n"
        case .jsonl: ""
        }
    }

    private func row(_ row: Ticket, _ number: Int) -> String {
        let status = Self.statuses[row.status]
        let category = Self.id(category: row.category)
        let agent = Self.id(agent: row.agent)
        switch shape {
        case .plain, .manyGroups, .gzip:
            return "\(row.id),\(status),\(row.priority),\(category),\(agent)\n"
        case .quoted, .nested:
            return "\(row.id),\(status),\(Self.priorities[row.priority - 1]),\(category),\(agent),"
                + "\"Grüße, siehe \"\"Fall \(number)\"\" – später, à Zoë\"\r\n"
        case .names:
            return "\(row.id),\(status),\(Self.priorities[row.priority - 1]),"
                + "\(Self.name(category: row.category)),\(Self.name(agent: row.agent))\n"
        case .jsonl:
            return "{\"ticketId\":\"\(row.id)\",\"status\":\"\(status)\","
                + "\"priority\":\(row.priority),\"categoryId\":\"\(category)\","
                + "\"assignedTo\":\"\(agent)\"}\n"
        }
    }

    private func line(of ticket: Ticket, _ number: Int) -> String {
        let start = """
            {"_id":"\(ticket.id)","status":"\(Self.statuses[ticket.status])",\
            "priority":\(ticket.priority),"category":"\(Self.id(category: ticket.category))",\
            "assignedTo":"\(Self.id(agent: ticket.agent))","aiStatus":null,"sourceType":"web",
            """
        let end = """
            "createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-02-01T00:00:00.000Z"}

            """
        guard shape == .nested else {
            return start + """
                "tags":["vip","eu"],"customer":{"_id":"c\(number)","name":"Customer \(number)"},
                """ + end
        }
        return start + #"""
            "tags":["vip","rückgabe","größe l"],"subject":"Problème d\u2019accès \"urgent\" \#(number)",\#
            "customer":{"_id":"c\#(number)","name":"Zoë Åström","attributes":[{"key":"plan",\#
            "value":"Größe \"L\""},{"key":"city","value":"Malm\u00f6"}]},\#
            "messages":[{"from":"agent","text":"Danke!\nGrüße, Zoë"}],
            """# + end
    }

    /// What the n-th ticket holds.
    private struct Ticket {
        var id: String
        var status: Int
        var priority: Int
        var category: Int
        var agent: Int

        init(_ number: Int, _ shape: PlanShape) {
            let random = UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15
            let mixed = random ^ random >> 29
            id =
                String(0x6000_0000 + number, radix: 16)
                + String(0x1000_0000_0000_0000 | mixed >> 4, radix: 16)
            status = Int(mixed % 4)
            priority = Int(mixed >> 8 % 3) % 3 + 1
            category = Int(mixed >> 16 & 0xFFFF) % shape.categories
            agent = Int(mixed >> 32 & 0xFFFF) % shape.agents
        }
    }
}

extension PlanBench {
    /// What one process took.
    struct Measurement {
        var seconds: Double
        /// Of all threads.
        var processorSeconds: Double
        var megabytes: Double
    }

    /// Runs a process and reads the time that it measured.
    static func measure(_ words: [String], result: String) throws -> Measurement {
        let child = try ChildProcess(words[0], Array(words.dropFirst())).wait()
        guard child.exitCode == 0 else {
            throw ComparisonOptions.Failure(description: "\(words[0]) failed")
        }
        let file = try POSIXFileSystem().open(result, flags: O_RDONLY)
        defer { POSIXFileSystem().close(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(file.descriptor, &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
        let times = text.split(separator: " ").compactMap { Double($0) }
        guard times.count == 2 else {
            throw ComparisonOptions.Failure(description: "\(result) holds no times")
        }
        return Measurement(
            seconds: times[0], processorSeconds: times[1],
            megabytes: Double(child.peakMemory) / 1_048_576)
    }
}
