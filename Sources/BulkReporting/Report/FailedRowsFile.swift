internal import BulkExecution
internal import BulkSystem
internal import BulkPlan

/// failed.csv or failed.jsonl: the rows that did not succeed, as valid input to correct and apply
/// again.
///
/// It has the input's format: JSON Lines, or CSV with the input's delimiter, byte order mark and
/// line ends. A first line such as `sep=^` names a delimiter that the reader would not find. The file
/// contains all of the input's own columns with the values as written. Two more columns follow, which
/// the reader ignores: the row's number in the first input, and its outcome with the reason. A row of
/// an undo that cannot be undone is left out if it has no value to correct.
struct FailedRowsFile: ~Copyable {
    private var file: AtomicFile
    private var rows: FailedRows

    init(_ path: String, input: PlanHeader.Input, fileSystem: any FileSystem) throws(FileError) {
        file = try AtomicFile(path, followsLink: false, fileSystem: fileSystem)
        rows = FailedRows(input)
    }

    /// Appends a row if it must be applied again.
    mutating func append(_ entry: PlanEntry, _ outcome: RowOutcome) throws(FileError) {
        rows.append(entry, outcome)
        if rows.count >= 256 << 10 { try flush() }
    }

    /// Renames the file to its destination.
    mutating func commit() throws(FileError) {
        try flush()
        try file.commit()
    }

    private mutating func flush() throws(FileError) {
        if rows.json.count > 0 { try file.write(&rows.json) }
        try rows.csv.flush(to: file)
    }
}
