internal import BulkFiles

/// A plan that is written down but not approved: a file beside the runs, gone if nobody takes it.
final class DraftPlan {
    let path: String
    private var isTaken = false

    /// Finds a place beside where the run's directory will be, so that it can be moved there at once.
    ///
    /// - Parameter directory: The run's directory; `nil` for one below `mava-bulk-runs`.
    /// - Throws: A `FileError` when there is no such place.
    init(beside directory: String?) throws(FileError) {
        let parent = directory.map(FilePath.directory) ?? "mava-bulk-runs"
        try POSIXFileSystem().makeDirectory(parent)
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        path = FilePath.joining(parent, ".plan-\(suffix).jsonl")
    }

    /// Puts the plan into its run, so that it survives a crash.
    func move(to destination: String) throws(FileError) {
        let files = POSIXFileSystem()
        try files.rename(path, to: destination)
        isTaken = true
        try files.syncDirectory(FilePath.directory(of: destination))
    }

    deinit {
        guard !isTaken else { return }
        do throws(FileError) {
            try POSIXFileSystem().remove(path)
        } catch {
            // Planning failed before it was written: there is nothing to remove.
        }
    }
}
