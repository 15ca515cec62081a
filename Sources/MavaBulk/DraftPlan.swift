package import BulkSystem

/// A plan that is written but not approved: a file near the run's directory, removed if it is not used.
package final class DraftPlan {
    package let path: String
    private var isTaken = false

    /// Finds a place from which the plan can be moved into the run's directory with one rename: in it, or
    /// beside it when it does not exist yet.
    ///
    /// - Parameters:
    ///   - directory: The run's directory; `nil` for one below `parent`.
    ///   - parent: The directory of runs without a directory of their own.
    /// - Throws: A `FileError` when there is no such place.
    package convenience init(
        for directory: String?, below parent: String = RunHistory.defaultDirectory
    ) throws(FileError) {
        let own = directory.map { FilePath.isDirectory($0) ? $0 : FilePath.directory(of: $0) }
        try self.init(in: own ?? parent)
    }

    /// Finds a place in a directory, which is created if necessary.
    ///
    /// - Parameter parent: The directory.
    /// - Throws: A `FileError` when it cannot be made.
    package init(in parent: String) throws(FileError) {
        try POSIXFileSystem().makeDirectory(parent)
        path = FilePath.joining(parent, ".plan-\(FilePath.randomSuffix).jsonl")
        TemporaryFiles.add(path)
    }

    /// Puts the plan into its run, so that it survives a crash.
    func move(to destination: String) throws(FileError) {
        let files = POSIXFileSystem()
        try files.rename(path, to: destination)
        isTaken = true
        TemporaryFiles.forget(path)
        try files.syncDirectory(FilePath.directory(of: destination))
    }

    deinit {
        guard !isTaken else { return }
        defer { TemporaryFiles.forget(path) }
        do throws(FileError) {
            try POSIXFileSystem().remove(path)
        } catch {
            // Planning failed before it was written: there is nothing to remove.
        }
    }
}
