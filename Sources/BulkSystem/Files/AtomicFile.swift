import CLibrary

/// A file that appears complete or not at all.
///
/// The bytes go to a temporary file beside the destination. ``commit()`` syncs it, renames it to
/// the destination and syncs the directory. A file that is not committed is removed when the value
/// is destroyed.
///
/// If the path is a symbolic link, the caller chooses: either its target is replaced and the link
/// stays, or the link itself is replaced. A device, a pipe or a directory is never replaced.
package struct AtomicFile: ~Copyable {
    /// The path as the caller gave it.
    package let path: String
    /// Where the finished file will be: the path, or the target of its link.
    private let destination: String
    private let temporaryPath: String
    private let fileSystem: any FileSystem
    private let file: OpenFile
    private var isFinished = false

    /// Opens the temporary file (mode 0600).
    ///
    /// - Parameters:
    ///   - path: Where the finished file will be.
    ///   - followsLink: Whether a symbolic link stays and its target is replaced. Files in a run's
    ///     directory replace the link, because somebody else may have put it there.
    ///   - fileSystem: The system calls to use.
    /// - Throws: A ``FileError`` that names the path, when the file cannot be created or when
    ///   something other than a file is there.
    package init(
        _ path: String, followsLink: Bool = true,
        fileSystem: any FileSystem = POSIXFileSystem()
    ) throws(FileError) {
        let destination = try FilePath.replaceable(path, followsLink: followsLink)
        let temporaryPath = FilePath.joining(
            FilePath.directory(of: destination),
            Self.temporaryName(FilePath.name(of: destination), FilePath.randomSuffix))
        do {
            file = try fileSystem.open(temporaryPath, flags: O_RDWR | O_CREAT | O_EXCL)
        } catch {
            // The temporary file's name means nothing to the user, so the error names the path
            // instead.
            throw FileError(operation: .open, path: path, errorNumber: error.errorNumber)
        }
        TemporaryFiles.add(temporaryPath)
        self.path = path
        self.destination = destination
        self.temporaryPath = temporaryPath
        self.fileSystem = fileSystem
    }

    private static func temporaryName(_ name: String, _ suffix: some StringProtocol) -> String {
        ".\(name).\(suffix).tmp"
    }

    /// Removes the temporary files that killed processes left in a directory; those that cannot be removed do no harm.
    ///
    /// - Parameters:
    ///   - directory: The directory. No other process may write there.
    ///   - names: The names of the finished files.
    package static func removeLeftOvers(in directory: String, of names: [String]) {
        let entries = (try? FilePath.entries(of: directory)) ?? []
        for entry in entries where entry.hasPrefix(".") && entry.hasSuffix(".tmp") {
            let suffix = entry.dropLast(4).split(separator: ".").last ?? ""
            if names.contains(where: { temporaryName($0, suffix) == entry }) {
                _ = unlink(FilePath.joining(directory, entry))
            }
        }
    }

    /// Appends the buffer's bytes to the file and empties the buffer.
    package func write(_ buffer: inout OutputBuffer) throws(FileError) {
        try buffer.drain { bytes throws(FileError) in try fileSystem.writeAll(file, bytes) }
    }

    /// Overwrites bytes at the file's start, such as a reserved header that is known only now.
    package func overwriteStart(_ buffer: inout OutputBuffer) throws(FileError) {
        guard lseek(file.descriptor, 0, SEEK_SET) == 0 else { throw .last(.write, path) }
        try write(&buffer)
        guard lseek(file.descriptor, 0, SEEK_END) >= 0 else { throw .last(.write, path) }
    }

    /// Syncs what was written so far, so that ``commit()`` has less left to wait for.
    ///
    /// Another thread may continue writing meanwhile.
    package func sync() throws(FileError) { try fileSystem.sync(file) }

    /// Lets all users read the file (mode 0644), for a program of another user.
    package func makeReadableByAll() throws(FileError) {
        guard fchmod(file.descriptor, 0o644) == 0 else { throw .last(.write, path) }
    }

    /// Renames the file to its destination so that it survives a crash.
    package mutating func commit() throws(FileError) {
        try fileSystem.sync(file)
        try fileSystem.rename(temporaryPath, to: destination)
        isFinished = true
        try fileSystem.syncDirectory(FilePath.directory(of: destination))
    }

    deinit {
        fileSystem.close(file)
        // The destination was never touched. A temporary file that cannot be removed does no harm.
        if !isFinished { _ = unlink(temporaryPath) }
        TemporaryFiles.forget(temporaryPath)
    }
}
