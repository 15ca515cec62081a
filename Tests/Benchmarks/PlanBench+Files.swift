import BulkSystem

import CLibrary

extension PlanBench {
    /// What one process took.
    struct Measurement {
        var seconds: Double
        var megabytes: Double

        /// The least of both measures.
        func best(_ other: Measurement) -> Measurement {
            Measurement(
                seconds: min(seconds, other.seconds), megabytes: min(megabytes, other.megabytes))
        }
    }

    static func id(agent number: Int) -> String {
        "6630a1f4c2b9e4a1d8f0" + String(0x1000 + number, radix: 16)
    }

    static func id(category number: Int) -> String {
        "65f000000000000000a0" + String(0x1000 + number, radix: 16)
    }

    /// Writes the tickets in the order of their creation, and rows that name each of them once in
    /// another order; of every five rows one differs from its ticket.
    static func generate(_ options: ComparisonOptions) throws {
        let statuses = ["Open", "Resolved", "Pending", "Waiting"]
        var snapshot = try OutputFile(options.snapshot)
        var csv = try OutputFile(options.csv)
        csv.buffer.append("ticketId,status,priority,categoryId,assignedTo\n")
        for number in 0..<options.rows {
            let ticket = Ticket(number)
            snapshot.buffer.append(
                text: """
                    {"_id":"\(ticket.id)","status":"\(statuses[ticket.status])",\
                    "priority":\(ticket.priority),"category":"\(id(category: ticket.category))",\
                    "assignedTo":"\(id(agent: ticket.agent))","aiStatus":null,"sourceType":"web",\
                    "tags":["vip","eu"],"customer":{"_id":"c\(number)","name":"Customer \(number)"},\
                    "createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-02-01T00:00:00.000Z"}

                    """)
            try snapshot.flush()
            // Stepping by a prime visits every ticket once, and neighbours lie far apart.
            var row = Ticket(Int((UInt64(number) * 7_368_787) % UInt64(options.rows)))
            if number % 5 == 0 {
                row.status = (row.status + 1) % 4
                row.agent = (row.agent + 1) % 50
            }
            csv.buffer.append(
                text: "\(row.id),\(statuses[row.status]),\(row.priority),"
                    + "\(id(category: row.category)),\(id(agent: row.agent))\n")
            try csv.flush()
        }
        try snapshot.flush(always: true)
        try csv.flush(always: true)
    }

    /// What the n-th ticket holds.
    private struct Ticket {
        var id: String
        var status: Int
        var priority: Int
        var category: Int
        var agent: Int

        init(_ number: Int) {
            let random = UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15
            let mixed = random ^ random >> 29
            id =
                String(0x6000_0000 + number, radix: 16)
                + String(0x1000_0000_0000_0000 | mixed >> 4, radix: 16)
            status = Int(mixed % 4)
            priority = Int(mixed >> 8 % 3) % 3 + 1
            category = Int(mixed >> 16 & 0xFFFF) % 20
            agent = Int(mixed >> 32 & 0xFFFF) % 50
        }
    }

    private struct OutputFile: ~Copyable {
        private let file: OpenFile
        var buffer = OutputBuffer(capacity: 1 << 20)

        init(_ path: String) throws(FileError) {
            file = try POSIXFileSystem().open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        }

        mutating func flush(always: Bool = false) throws(FileError) {
            guard always || buffer.count > 1 << 19 else { return }
            try buffer.drain { bytes throws(FileError) in
                try POSIXFileSystem().writeAll(file, bytes)
            }
        }

        deinit { POSIXFileSystem().close(file) }
    }

    static func write(_ text: String, to path: String) throws {
        var file = try OutputFile(path)
        file.buffer.append(text: text)
        try file.flush(always: true)
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
        guard let seconds = text.split(separator: " ").first.flatMap({ Double($0) }) else {
            throw ComparisonOptions.Failure(description: "\(result) holds no time")
        }
        return Measurement(seconds: seconds, megabytes: Double(child.peakMemory) / 1_048_576)
    }
}

extension ComparisonOptions {
    var csv: String { "\(directory)/mava-bulk-plan-\(rows).csv" }
    var snapshot: String { "\(directory)/mava-bulk-plan-\(rows).jsonl" }
    func output(_ name: String) -> String { "\(directory)/mava-bulk-plan-\(rows)-\(name).plan" }
}
