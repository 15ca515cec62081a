import BulkSystem

import CLibrary
import BulkRecords

/// What the files of ``ReadBench`` look like.
enum ReadShape: String, CaseIterable {
    /// No quotes, only ASCII.
    case plain
    /// A byte order mark, CRLF and quotes around every field of CSV; a note with accents and commas.
    case quoted
    /// A note with doubled quotes in CSV, with escapes in JSON, and accents.
    case escaped
    /// JSON Lines with objects and arrays in each row.
    case nested

    var formats: [RecordFormat] { self == .nested ? [.jsonLines] : [.csv, .jsonLines] }
}

extension ReadBench {
    /// Writes a file of rows as a migration has them; the same for the same number of rows.
    static func generate(
        _ path: String, _ format: RecordFormat, _ shape: ReadShape, rows: Int
    ) throws {
        let statuses = ["Open", "Resolved", "Pending", "Waiting"]
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ComparisonOptions.Failure(description: "\(path) cannot be written")
        }
        defer { _ = close(descriptor) }
        var buffer = OutputBuffer(capacity: 1 << 20)
        var state: UInt64 = 7
        func random() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 16
        }
        if format == .csv { buffer.append(shape.header) }
        for row in 1...rows {
            let id =
                String(0x6000_0000 + random() % 0x1000_0000, radix: 16)
                + String(0x1000_0000_0000 + random() & 0xEFFF_FFFF_FFFF, radix: 16)
                + String(0x1000 + random() % 0xE000, radix: 16)
            let values = (
                id: id, status: statuses[Int(random() % 4)], priority: Int(random() % 3) + 1,
                category: "Category \(random() % 20)", agent: "agent\(random() % 50)@acme.com"
            )
            buffer.append(text: shape.row(values, row, format))
            if buffer.count > 1 << 19 || row == rows {
                try buffer.drain { bytes throws(ComparisonOptions.Failure) in
                    guard write(descriptor, bytes.baseAddress, bytes.count) == bytes.count else {
                        throw ComparisonOptions.Failure(description: "\(path) cannot be written")
                    }
                }
            }
        }
    }
}

extension ReadShape {
    fileprivate typealias Values = (
        id: String, status: String, priority: Int, category: String, agent: String
    )

    fileprivate var header: StaticString {
        switch self {
        case .plain, .nested: "ticketId,status,priority,category,assignedTo\n"
        case .quoted:
            "\u{FEFF}\"ticketId\",\"status\",\"priority\",\"category\",\"assignedTo\",\"note\"\r\n"
        case .escaped: "ticketId,status,priority,category,assignedTo,note\n"
        }
    }

    fileprivate func row(_ values: Values, _ number: Int, _ format: RecordFormat) -> String {
        let (id, status, priority, category, agent) = values
        if format == .csv {
            let plain = "\(id),\(status),\(priority),\(category),\(agent)"
            switch self {
            case .plain, .nested: return plain + "\n"
            case .quoted:
                return "\"\(id)\",\"\(status)\",\"\(priority)\",\"\(category)\",\"\(agent)\","
                    + "\"Grüße, später an Zoë, \(number)\"\r\n"
            case .escaped:
                return plain + ",\"siehe \"\"Fall \(number)\"\", dann \"\"Größe L\"\"\"\n"
            }
        }
        let plain =
            "{\"ticketId\":\"\(id)\",\"status\":\"\(status)\",\"priority\":\(priority),"
            + "\"category\":\"\(category)\",\"assignedTo\":\"\(agent)\""
        switch self {
        case .plain: return plain + "}\n"
        case .quoted: return plain + ",\"note\":\"Grüße, später an Zoë, \(number)\"}\n"
        case .escaped:
            return plain
                + #","note":"siehe \"Fall \#(number)\"\nGr\u00f6\u00dfe L – später"}"# + "\n"
        case .nested:
            return plain + #","customer":{"_id":"c\#(number)","name":"Zoë Åström","attributes":"#
                + #"[{"key":"plan","value":"Größe \"L\""},{"key":"city","value":"Malm\u00f6"}]},"#
                + #""tags":["vip","eu"],"messages":[{"from":"agent","text":"Danke!\nGrüße"}]}"#
                + "\n"
        }
    }
}
