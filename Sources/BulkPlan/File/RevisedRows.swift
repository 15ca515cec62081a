package import BulkSystem

/// The values that rows of an approved plan replace, if their tickets had changed before sending.
///
/// They are stored as `revised.jsonl` in a run's directory. The plan's file stays as it was
/// approved. The report takes the values of these rows from here.
package struct RevisedRows: Sendable {
    /// The new and old values of each row, by the row's number.
    package private(set) var changes: [Int: [FieldChange]] = [:]
    private let planID: String

    /// Which files with revised rows belong to a run, as its journal says.
    package struct Binding: Hashable, Sendable {
        /// The SHA-256 of each file that belongs to it; `nil` for no file.
        ///
        /// There are several from the moment when the journal announces a file until the next request is sent,
        /// because a crash can come before the file is written.
        private var sums: [String?]
        /// Whether any file belongs to it, as in runs of earlier versions.
        private var acceptsAny: Bool

        /// No file belongs to the run.
        package static let nothing = Binding(sums: [nil], acceptsAny: false)
        /// The journal does not say.
        package static let unbound = Binding(sums: [], acceptsAny: true)

        /// Notes the file that is about to be written.
        package mutating func add(_ sum: String) { sums.append(sum) }

        /// Notes that the announced file was written, because a request was sent after it.
        package mutating func settle() {
            guard sums.count > 1 || acceptsAny && !sums.isEmpty else { return }
            sums = [sums[sums.count - 1]]
            acceptsAny = false
        }

        fileprivate func accepts(_ sum: String?) -> Bool { acceptsAny || sums.contains(sum) }
    }

    /// Starts without any rows.
    package init(planID: String) { self.planID = planID }

    /// Reads the rows of a plan; there are none if the file does not exist.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - planID: The plan's id.
    ///   - binding: What the run's journal says about the file.
    /// - Throws: A ``PlanError`` when the file does not belong to the plan, is damaged, or is not the one that
    ///   the journal names; a `FileError` when it cannot be read.
    package init(_ path: String, planID: String, binding: Binding) throws {
        self.planID = planID
        func changed(_ line: Int = 0) -> PlanError {
            PlanError(
                code: .rowsChanged,
                message: "this is not what the run wrote: put the run's own file back", path: path,
                line: line)
        }
        guard FilePath.isTaken(path) else {
            guard binding.accepts(nil) else {
                throw PlanError(
                    code: .rowsChanged,
                    message: "the file is gone, and the run's journal names it: put it back",
                    path: path)
            }
            return
        }
        guard FilePath.isOwnRegularFile(path) else {
            throw PlanError(code: .rowsChanged, message: "this is not a file", path: path)
        }
        let file = try OpenFile(ofRun: path)
        defer { POSIXFileSystem().close(file) }
        var number = 0
        var decoder = PlanRowDecoder(readsCells: false)
        let (header, unchecked) = (Array(header.utf8), Array(uncheckedHeader.utf8))
        var isChecked = true
        var sum = SHA256()
        var found: [Int: [FieldChange]] = [:]
        try FileLines.forEach(in: file) { line, _, isWhole in
            number += 1
            sum.update(line)
            guard isWhole else { throw changed(number) }
            [UInt8(ascii: "\n")].withUnsafeBytes { sum.update($0) }
            if number == 1 {
                isChecked = !line.elementsEqual(unchecked)
                guard !isChecked || line.elementsEqual(header) else { throw changed(1) }
                return
            }
            let row = isChecked ? Self.checkedRow(line) : Array(line)
            guard let entry = row?.withUnsafeBytes({ decoder.entry($0) }), found[entry.row] == nil
            else { throw changed(number) }
            found[entry.row] = entry.changes
        }
        guard number > 0, binding.accepts(sum.hexDigest()) else { throw changed() }
        changes = found
    }

    /// Replaces the changes of a row.
    ///
    /// - Parameters:
    ///   - row: The row's number.
    ///   - new: The new and old values; `nil` if the row is unchanged since approval.
    /// - Returns: Whether anything changed.
    package mutating func set(_ row: Int, _ new: [FieldChange]?) -> Bool {
        guard changes[row] != new else { return false }
        changes[row] = new
        return true
    }

    /// The SHA-256 of the file, for the journal.
    package func sum() -> String {
        var sum = SHA256()
        for line in lines { line.withUnsafeBytes { sum.update($0) } }
        return sum.hexDigest()
    }

    /// Writes the file to its destination.
    package func write(
        to path: String, fileSystem: any FileSystem = POSIXFileSystem()
    ) throws(FileError) {
        var file = try AtomicFile(path, followsLink: false, fileSystem: fileSystem)
        var buffer = OutputBuffer()
        for line in lines {
            line.withUnsafeBytes { buffer.append($0) }
            if buffer.count >= 64 << 10 { try file.write(&buffer) }
        }
        try file.write(&buffer)
        try file.commit()
    }

    /// The file's lines, each with its newline.
    private var lines: some Sequence<[UInt8]> {
        let rows = changes.sorted { $0.key < $1.key }
        return (0...rows.count).lazy.map { index in
            index == 0
                ? Array((header + "\n").utf8)
                : Self.line(rows[index - 1].key, rows[index - 1].value)
        }
    }

    /// A row and its checksum.
    private static func line(_ row: Int, _ changes: [FieldChange]) -> [UInt8] {
        var buffer = OutputBuffer()
        buffer.append(
            PlanEntry(row: row, line: 0, ticketID: nil, disposition: .update, changes: changes))
        // The checksum takes the place of the row's `}` and newline.
        let body = buffer.withUnsafeBytes { Array($0.dropLast(2)) }
        return body + Array(checksum(of: body).utf8) + [UInt8(ascii: "\n")]
    }

    /// How a row ends: with the checksum of its bytes so far.
    private static func checksum(of body: [UInt8]) -> String {
        #","c":"\#(CRC32C.hex(body.withUnsafeBytes { CRC32C.checksum($0) }))"}"#
    }

    /// A row without its checksum; `nil` when the checksum does not fit.
    private static func checkedRow(_ line: UnsafeRawBufferPointer) -> [UInt8]? {
        // `,"c":"` + 8 digits + `"}`
        let end = line.count - 16
        guard end > 0 else { return nil }
        let body = Array(line[..<end])
        guard line[end...].elementsEqual(checksum(of: body).utf8) else { return nil }
        return body + [UInt8(ascii: "}")]
    }

    private var header: String {
        #"{"format":"mava-bulk-revised","version":2,"plan":"\#(planID)"}"#
    }

    /// The header of earlier versions, whose lines have no checksums.
    private var uncheckedHeader: String {
        #"{"format":"mava-bulk-revised","version":1,"plan":"\#(planID)"}"#
    }
}
