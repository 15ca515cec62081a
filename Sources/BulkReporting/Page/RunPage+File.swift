package import BulkSystem

extension RunPage {
    /// Writes the page to a file.
    ///
    /// - Parameters:
    ///   - facts: What is known beside the rows.
    ///   - path: Where it will be.
    ///   - fileSystem: The system calls to use.
    /// - Throws: A `FileError` when it cannot be written.
    package func write(
        _ facts: RunPageFacts, to path: String, fileSystem: any FileSystem = POSIXFileSystem()
    ) throws(FileError) {
        var buffer = OutputBuffer()
        render(facts, into: &buffer)
        var file = try AtomicFile(path, followsLink: false, fileSystem: fileSystem)
        try file.write(&buffer)
        try file.commit()
    }
}
