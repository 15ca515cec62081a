package import BulkSystem

/// How the last run ended, for the textfile collector of Prometheus' node exporter.
package struct RunMetrics: Sendable {
    /// How many rows had each outcome.
    package var counts: OutcomeCounts
    /// The updates sent.
    package var requests: Int
    /// The requests that repeat one which failed; `nil` if that is not known.
    package var retries: Int?
    /// How long the run's last part took, in milliseconds; `nil` if that is not known.
    package var durationMilliseconds: Int64?
    /// When it ended, in milliseconds since 1970; `nil` if it did not end by itself.
    package var finishedAt: Int64?
    /// The program's exit code; `nil` if that is not known.
    package var exitCode: Int32?
    /// When a run last succeeded, in seconds since 1970; `nil` if none did.
    package var lastSuccess: Double?

    /// Describes a run.
    package init(counts: OutcomeCounts, requests: Int, finishedAt: Int64?, isSuccess: Bool) {
        self.counts = counts
        self.requests = requests
        self.finishedAt = finishedAt
        lastSuccess = isSuccess ? finishedAt.map { Double($0) / 1000 } : nil
    }

    private static let successName = "mava_bulk_last_success_timestamp_seconds"

    /// The file's text, in Prometheus' text format 0.0.4.
    package var text: String {
        var text = ""
        func add(_ name: String, _ help: String, _ lines: [(labels: String, value: String)]) {
            guard !lines.isEmpty else { return }
            text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
            for line in lines { text += "\(name)\(line.labels) \(line.value)\n" }
        }
        add(
            "mava_bulk_rows", "Rows of the last run's input by their outcome.",
            OutcomeCounts.named(counts).map { (#"{outcome="\#($0.name)"}"#, "\($0.count)") })
        add("mava_bulk_requests", "Updates that the last run sent.", [("", "\(requests)")])
        add(
            "mava_bulk_retries", "Requests of the last run that repeat one.",
            retries.map { [("", "\($0)")] } ?? [])
        add(
            "mava_bulk_duration_seconds", "How long the last run took.",
            durationMilliseconds.map { [("", Self.seconds($0))] } ?? [])
        add(
            "mava_bulk_exit_code", "The exit code of the last run.",
            exitCode.map { [("", "\($0)")] } ?? [])
        add(
            "mava_bulk_last_run_timestamp_seconds", "When the last run ended.",
            finishedAt.map { [("", Self.seconds($0))] } ?? [])
        add(
            Self.successName, "When a run last ended with every row as asked.",
            lastSuccess.map { [("", Self.seconds(Int64($0 * 1000)))] } ?? [])
        return text
    }

    private static func seconds(_ milliseconds: Int64) -> String {
        let fraction = String(1000 + max(0, milliseconds) % 1000).dropFirst()
        return "\(max(0, milliseconds) / 1000).\(fraction)"
    }

    /// The last success that a file of metrics knows.
    ///
    /// - Parameter text: The file's text.
    /// - Returns: The time in seconds since 1970; `nil` if there is none.
    static func lastSuccess(in text: String) -> Double? {
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix(successName + " ")
        {
            let value = Double(line.dropFirst(successName.count + 1))
            if let value, value.isFinite, (0..<1e11).contains(value) { return value }
        }
        return nil
    }

    /// Whether a file holds metrics of this program, or nothing.
    ///
    /// - Parameter path: The file.
    /// - Returns: Whether it does.
    /// - Throws: A `FileError` when the file cannot be read.
    package static func isFile(_ path: String) throws(FileError) -> Bool {
        var reader = try FileReader(path)
        let start = try reader.read(upTo: 64)
        return start.isEmpty || start.starts(with: "# HELP mava_bulk_".utf8)
    }

    /// Replaces a file of metrics; the time of the last success is carried over from it.
    ///
    /// All users can read the file, because the exporter is another one.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - fileSystem: The system calls to use.
    /// - Throws: A `FileError` when the file cannot be read or written.
    package func write(
        to path: String, fileSystem: any FileSystem = POSIXFileSystem()
    ) throws(FileError) {
        var metrics = self
        if metrics.lastSuccess == nil, FilePath.isRegularFile(path) {
            var reader = try FileReader(path)
            let bytes = try reader.read(upTo: 1 << 20)
            metrics.lastSuccess = Self.lastSuccess(in: String(decoding: bytes, as: UTF8.self))
        }
        var buffer = OutputBuffer()
        buffer.append(text: metrics.text)
        var file = try AtomicFile(path, fileSystem: fileSystem)
        try file.write(&buffer)
        try file.makeReadableByAll()
        try file.commit()
    }
}
