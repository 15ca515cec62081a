import BulkSystem

/// The paths of a run's files, whether or not they exist.
package struct RunFiles: Hashable, Sendable {
    /// The names of the files.
    package enum Name: String, CaseIterable, Sendable {
        case plan = "plan.jsonl"
        case approvals = "approvals.jsonl"
        case journal = "journal.jsonl"
        case settings = "run.json"
        case summary = "summary.json"
        case revised = "revised.jsonl"
        case report = "report.csv"
        case page = "report.html"
        case failed = "failed.csv"
        case failedLines = "failed.jsonl"
        case lock = "lock"
        case control = "control"
        case tombstone = "tombstone.json"
    }

    /// The run's directory.
    package let directory: String

    /// Names the files of a run.
    ///
    /// - Parameter directory: The run's directory.
    package init(_ directory: String) { self.directory = directory }

    /// The path of a file.
    package subscript(name: Name) -> String { FilePath.joining(directory, name.rawValue) }

    /// The file with the rows to correct and apply again, in the format of their input (`csv` or `jsonl`).
    package func failed(format: String) -> String {
        self[format == "jsonl" ? .failedLines : .failed]
    }

    /// When the run was pruned, as its tombstone says; `nil` when it does not.
    package var prunedAt: String? {
        guard FilePath.isOwnRegularFile(self[.tombstone]) else { return nil }
        do throws(FileError) {
            let bytes = try FileReader.bytes(ofRun: self[.tombstone], atMost: 64 << 10) ?? []
            return bytes.withUnsafeBytes { bytes in
                var time: String?
                var cursor = JSONCursor(bytes)
                let isWhole: Void? = cursor.object { key, value in
                    guard key == "prunedAt" else { return value.skip() }
                    time = value.string()
                    return time != nil
                }
                return isWhole == nil ? nil : time
            }
        } catch {
            // A tombstone that cannot be read does not say when.
            return nil
        }
    }
}
