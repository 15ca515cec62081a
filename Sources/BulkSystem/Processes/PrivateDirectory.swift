import CLibrary

/// A temporary directory that only this user can look into; it goes away with its files when the value does.
package final class PrivateDirectory: Sendable {
    /// The directory's absolute path.
    package let path: String

    /// Makes the directory below `TMPDIR`, else below `/tmp`.
    ///
    /// - Throws: A ``FileError`` when it cannot be made.
    package init() throws(FileError) {
        let root = FilePath.temporaryDirectory
        var template = Array(FilePath.joining(root, "mava-bulk-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw .last(.makeDirectory, root) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { remove() }

    /// Removes the directory with its files now; open ones can still be used.
    package func remove() {
        // A file that cannot be removed does no harm.
        guard let directory = opendir(path) else { return }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { unlink(FilePath.joining(path, name)) }
        }
        closedir(directory)
        rmdir(path)
    }

    /// The path of a file in the directory.
    package func file(_ name: String) -> String { FilePath.joining(path, name) }

    /// Writes a file that does not exist yet.
    ///
    /// - Parameters:
    ///   - bytes: What it holds.
    ///   - name: Its name.
    /// - Returns: Its path.
    /// - Throws: A ``FileError`` when it cannot be written.
    package func write(_ bytes: [UInt8], to name: String) throws(FileError) -> String {
        let system = POSIXFileSystem()
        let file = try system.open(self.file(name), flags: O_WRONLY | O_CREAT | O_EXCL)
        defer { system.close(file) }
        var buffer = OutputBuffer(capacity: bytes.count)
        bytes.withUnsafeBytes { buffer.append($0) }
        try buffer.drain { bytes throws(FileError) in try system.writeAll(file, bytes) }
        return file.path
    }
}
