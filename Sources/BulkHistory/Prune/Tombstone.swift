internal import BulkExecution
internal import BulkPlan
internal import BulkSystem

/// tombstone.json: what is left of a pruned run, in at most a kilobyte.
struct Tombstone {
    /// The most bytes of the file.
    static let limit = 1024

    var run: PastRun
    var prunedAt: String
    var reportSHA256: String?
    var bytesRemoved: Int

    /// The file's bytes: one line of JSON.
    ///
    /// Where long names would make it longer than ``limit``, the least important texts are shortened or left out.
    func text() -> [UInt8] {
        for step in 0... {
            let bytes = text(step)
            if bytes.count <= Self.limit { return bytes }
        }
        return []
    }

    /// The bytes after a number of steps that make them shorter.
    private func text(_ step: Int) -> [UInt8] {
        var buffer = OutputBuffer(capacity: Self.limit)
        buffer.append(#"{"format":"mava-bulk-tombstone","version":1"#)
        func add(_ name: StaticString, _ value: Int?) {
            guard let value else { return }
            buffer.append(name)
            buffer.append(decimal: value)
        }
        func add(_ name: StaticString, _ value: String?, atMost limit: Int = .max) {
            guard let value else { return }
            buffer.append(name)
            buffer.append(jsonString: Self.cut(value, to: limit))
        }
        add(#","plan":"#, run.plan)
        add(#","prunedAt":"#, prunedAt)
        add(#","startedAt":"#, run.startedAt, atMost: 40)
        add(#","finishedAt":"#, run.finishedAt, atMost: 40)
        add(#","reason":"#, run.reason, atMost: 40)
        add(#","rows":"#, run.rows)
        add(#","updatesSent":"#, run.updatesSent)
        add(#","bytesRemoved":"#, bytesRemoved)
        add(#","reportSha256":"#, reportSHA256)
        buffer.append(#","outcomes":{"#)
        var isFirst = true
        for outcome in Outcome.allCases where run[outcome] > 0 {
            if !isFirst { buffer.append(",") }
            isFirst = false
            buffer.append(jsonString: outcome.rawValue)
            buffer.append(":")
            buffer.append(decimal: run[outcome])
        }
        buffer.append("}")
        if let follows = run.follows, !follows.runs.isEmpty {
            buffer.append(#","follows":{"kind":"#)
            buffer.append(jsonString: follows.kind.rawValue)
            buffer.append(#","runs":["#)
            // The newest comes first, and is the one that the run goes back to.
            for (index, earlier) in follows.runs.prefix(max(1, 8 - 2 * step)).enumerated() {
                if index > 0 { buffer.append(",") }
                buffer.append(#"{"name":"#)
                buffer.append(jsonString: earlier.name)
                buffer.append(#","plan":"#)
                buffer.append(jsonString: earlier.plan)
                buffer.append("}")
            }
            buffer.append("]}")
        }
        if step < 6 { add(#","label":"#, run.label, atMost: step < 3 ? 200 : 30) }
        if step < 5 {
            buffer.append(#","starter":{"#)
            var comma = false
            let parts: [(StaticString, StaticString, String?)] = [
                (#""user":"#, #","user":"#, run.starter.user),
                (#""host":"#, #","host":"#, run.starter.host),
                (#""job":"#, #","job":"#, step < 1 ? run.starter.job : nil),
            ]
            for (first, next, value) in parts where value != nil {
                add(comma ? next : first, value, atMost: step < 3 ? 120 : 24)
                comma = true
            }
            buffer.append("}")
        }
        if step < 4 { add(#","tool":"#, run.tool, atMost: 40) }
        if step < 3 { add(#","input":"#, run.input, atMost: 80) }
        // The directory's own name: it says what the run was called when the directory was moved.
        if step < 2 { add(#","name":"#, run.name) }
        // Names of unusual length: only the sums are left.
        if step > 7 { return Self.least(run.plan, prunedAt) }
        buffer.append("}\n")
        return buffer.withUnsafeBytes { Array($0) }
    }

    private static func least(_ plan: String?, _ prunedAt: String) -> [UInt8] {
        var buffer = OutputBuffer()
        buffer.append(#"{"format":"mava-bulk-tombstone","version":1,"plan":"#)
        buffer.append(jsonString: cut(plan ?? "", to: 64))
        buffer.append(#","prunedAt":"#)
        buffer.append(jsonString: prunedAt)
        buffer.append("}\n")
        return buffer.withUnsafeBytes { Array($0) }
    }

    /// The beginning of a text in at most a number of bytes, without half a character.
    private static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var cut = ""
        var count = 0
        for scalar in text.unicodeScalars {
            count += String(scalar).utf8.count
            if count > limit - 3 { break }
            cut.unicodeScalars.append(scalar)
        }
        return cut + "…"
    }

    /// Puts the file in its place, so that it survives a crash.
    ///
    /// - Parameters:
    ///   - path: The file's place.
    ///   - fileSystem: The system calls to use.
    /// - Throws: A `FileError` when it cannot be written; nothing is at the path then.
    func write(to path: String, fileSystem: any FileSystem) throws(FileError) {
        var buffer = OutputBuffer(capacity: Self.limit)
        text().withUnsafeBytes { buffer.append($0) }
        var file = try AtomicFile(path, followsLink: false, fileSystem: fileSystem)
        try file.write(&buffer)
        try file.commit()
    }
}
