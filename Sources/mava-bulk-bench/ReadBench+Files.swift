import BulkFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import BulkRecords

extension ReadBench {
    /// Writes a file of rows as a migration has them; the same for the same number of rows.
    static func generate(_ path: String, format: RecordFormat, rows: Int) throws {
        let statuses: [StaticString] = ["Open", "Resolved", "Pending", "Waiting"]
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(description: "\(path) cannot be written") }
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
                try buffer.drain { bytes throws(Failure) in
                    guard write(descriptor, bytes.baseAddress, bytes.count) == bytes.count else {
                        throw Failure(description: "\(path) cannot be written")
                    }
                }
            }
        }
    }

    /// Runs the peers' script and reads what it measured.
    static func runPeers(
        _ peers: (python: String, script: String), csv: String, json: String, repeats: Int,
        output: String
    ) throws -> [(kind: String, name: String, seconds: Double)] {
        let words = [peers.python, peers.script, csv, json, "\(repeats)", output]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child = pid_t()
        guard posix_spawn(&child, peers.python, nil, nil, &arguments, environ) == 0 else {
            throw Failure(description: "\(peers.python) cannot be run")
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else { throw Failure(description: "\(peers.script) failed") }
        var results: [(kind: String, name: String, seconds: Double)] = []
        var reader = try RecordReader(ByteSource(path: output), format: .jsonLines)
        try reader.forEach { record in
            guard let kind = record["kind"], let name = record["name"],
                let seconds = record["seconds"].flatMap(Double.init)
            else { throw Failure(description: "\(output): line \(record.position.line)") }
            results.append((kind, name, seconds))
        }
        return results
    }
}
