package import BulkFiles

/// Writes a plan: rows as they come, the header last, in the place that was kept for it.
///
/// Without a path nothing is written, but the plan's id is still worked out.
package struct PlanWriter: ~Copyable {
    private var file: AtomicFile?
    private var digest = SHA256()
    private var buffer = OutputBuffer(capacity: 320 << 10)
    private let headerWidth: Int
    /// How many rows were written.
    package private(set) var rows = 0

    /// Opens a plan.
    ///
    /// - Parameters:
    ///   - path: Where the plan goes; `nil` for nowhere.
    ///   - draft: The header as far as it is known; what is not, takes its place at full width.
    ///   - fileSystem: The system calls to use.
    /// - Throws: A ``FileError`` when the file cannot be made.
    package init(
        _ path: String?, draft: PlanHeader, fileSystem: any FileSystem = POSIXFileSystem()
    ) throws(FileError) {
        headerWidth = draft.reservedWidth
        guard let path else { return }
        let file = try AtomicFile(path, fileSystem: fileSystem)
        buffer.pad(to: headerWidth)
        buffer.append(UInt8(ascii: "\n"))
        try file.write(&buffer)
        self.file = consume file
    }

    /// Writes one row.
    package mutating func write(_ entry: PlanEntry) throws(FileError) {
        buffer.append(entry)
        try rowEnded()
    }

    /// Lends the buffer for one row, which ends with a newline.
    @inline(__always)
    mutating func writeRow(_ body: (inout OutputBuffer) -> Void) throws(FileError) {
        body(&buffer)
        try rowEnded()
    }

    @inline(__always)
    private mutating func rowEnded() throws(FileError) {
        rows += 1
        if buffer.count >= 256 << 10 { try flush() }
    }

    private mutating func flush() throws(FileError) {
        buffer.withUnsafeBytes { digest.update($0) }
        if file != nil { try file!.write(&buffer) } else { buffer.removeAll() }
    }

    /// Writes the header and puts the file in its place.
    ///
    /// - Parameter header: The header; its id and checksum are worked out here.
    /// - Returns: The header with the plan's id.
    /// - Throws: A ``FileError`` when the file cannot be finished; then there is none.
    package consuming func finish(_ header: PlanHeader) throws(FileError) -> PlanHeader {
        try flush()
        var header = header
        header.id = digest.hexDigest()
        guard file != nil else { return header }
        header.append(to: &buffer)
        precondition(buffer.count <= headerWidth, "a plan's header outgrew the place kept for it")
        buffer.pad(to: headerWidth)
        try file!.overwriteStart(&buffer)
        try file!.commit()
        return header
    }
}

extension PlanHeader {
    /// How many bytes the header can need once everything in it is known.
    fileprivate var reservedWidth: Int {
        var widest = self
        let most = Int.max
        widest.id = String(repeating: "0", count: 64)
        widest.counts = PlanCounts(all: most)
        widest.requests = most
        widest.fieldChanges = most
        widest.undiffed = most
        widest.handOffs = most
        widest.ticketsRead = most
        widest.price.reads = most
        widest.price.writes = most
        widest.price.auditEntries = most
        widest.price.seconds = most
        var buffer = OutputBuffer()
        widest.append(to: &buffer)
        return (buffer.count + 255) & ~255
    }
}

extension PlanCounts {
    fileprivate init(all count: Int) {
        self.init()
        (rows, update, unchanged, invalid, conflict, held) = (
            count, count, count, count, count, count
        )
    }
}
