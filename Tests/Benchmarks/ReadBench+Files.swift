import BulkSystem

import CLibrary
import BulkRecords

extension ReadBench {
    /// Writes a file of rows as a migration has them; the same for the same number of rows.
    static func generate(_ path: String, _ format: RecordFormat, rows: Int) throws {
        let statuses: [StaticString] = ["Open", "Resolved", "Pending", "Waiting"]
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
        let isCSV = format == .csv
        if isCSV { buffer.append("ticketId,status,priority,category,assignedTo\n") }
        for row in 1...rows {
            buffer.append(isCSV ? "" : "{\"ticketId\":\"")
            buffer.append(text: String(0x6000_0000 + random() % 0x1000_0000, radix: 16))
            buffer.append(text: String(0x1000_0000_0000 + random() & 0xEFFF_FFFF_FFFF, radix: 16))
            buffer.append(text: String(0x1000 + random() % 0xE000, radix: 16))
            buffer.append(isCSV ? "," : "\",\"status\":\"")
            buffer.append(statuses[Int(random() % 4)])
            buffer.append(isCSV ? "," : "\",\"priority\":")
            buffer.append(decimal: Int(random() % 3) + 1)
            buffer.append(isCSV ? "," : ",\"category\":\"")
            buffer.append("Category ")
            buffer.append(decimal: Int(random() % 20))
            buffer.append(isCSV ? "," : "\",\"assignedTo\":\"")
            buffer.append("agent")
            buffer.append(decimal: Int(random() % 50))
            buffer.append(isCSV ? "@acme.com\n" : "@acme.com\"}\n")
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
