package import BulkSystem

/// The values that rows of an approved plan replace, if their tickets had changed before sending.
///
/// They are stored as `revised.jsonl` in a run's directory. The plan's file stays as it was
/// approved. The report takes the values of these rows from here.
package struct RevisedRows: Sendable {
    /// The new and old values of each row, by the row's number.
    package private(set) var changes: [Int: [FieldChange]] = [:]
    private let planID: String

    /// Starts without any rows.
    package init(planID: String) { self.planID = planID }

    /// Reads the rows of a plan; there are none if the file does not exist.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - planID: The plan's id.
    /// - Throws: A ``PlanError`` when the file does not belong to the plan or is damaged; a
    ///   `FileError` when it cannot be read.
    package init(_ path: String, planID: String) throws {
        self.planID = planID
        guard FilePath.isTaken(path) else { return }
        guard FilePath.isOwnRegularFile(path) else {
            throw PlanError(code: .rowsChanged, message: "this is not a file", path: path)
        }
        var number = 0
        var decoder = PlanRowDecoder(readsCells: false)
        let header = Array(header.utf8)
        var found: [Int: [FieldChange]] = [:]
        try FileLines.forEach(in: path) { line, _, isWhole in
            number += 1
            if number == 1, isWhole, line.elementsEqual(header) { return }
            guard number > 1, isWhole, let entry = decoder.entry(line) else {
                throw PlanError(
                    code: .rowsChanged,
                    message:
                        "this is not what the run wrote: move the file away and resume the run",
                    path: path, line: number)
            }
            found[entry.row] = entry.changes
        }
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

    /// Writes the file to its destination.
    package func write(
        to path: String, fileSystem: any FileSystem = POSIXFileSystem()
    ) throws(FileError) {
        var file = try AtomicFile(path, followsLink: false, fileSystem: fileSystem)
        var buffer = OutputBuffer()
        buffer.append(text: header)
        buffer.append("\n")
        for (row, changes) in changes.sorted(by: { $0.key < $1.key }) {
            buffer.append(
                PlanEntry(
                    row: row, line: 0, ticketID: nil, disposition: .update, changes: changes))
            if buffer.count >= 64 << 10 { try file.write(&buffer) }
        }
        try file.write(&buffer)
        try file.commit()
    }

    private var header: String {
        #"{"format":"mava-bulk-revised","version":1,"plan":"\#(planID)"}"#
    }
}
