internal import BulkExecution
internal import BulkFiles
internal import BulkPlanning

/// failed.csv: the rows that did not end well, as valid input to be mended and run again.
///
/// It holds the input's own columns with the values as written, then two that the reader knows and
/// leaves alone: the row's number in the first input, and what went wrong.
struct FailedRowsFile: ~Copyable {
    /// The columns after the input's own.
    static let ownColumns = ["mavaBulkRow", "mavaBulkError"]

    private var file: AtomicFile
    private var csv = CSVWriter()
    /// Where the values of each of its columns stand among the input's.
    ///
    /// Records of a JSON Lines input can use different names for one thing, and a header cannot: those
    /// share the first one's column.
    private let sources: [[Int]]

    init(_ path: String, columns: [String], fileSystem: any FileSystem) throws(FileError) {
        file = try AtomicFile(path, fileSystem: fileSystem)
        var sources: [[Int]] = []
        var places: [ColumnRole: Int] = [:]
        for index in columns.indices {
            switch ColumnRole(columnName: columns[index]) {
            // An input that is itself a failed.csv has our columns already: they are written anew.
            case .reserved: continue
            case .unknown: sources.append([index])
            case let role:
                if let place = places[role] {
                    sources[place].append(index)
                } else {
                    places[role] = sources.count
                    sources.append([index])
                }
            }
        }
        self.sources = sources
        for indices in sources { csv.cell(columns[indices[0]]) }
        for name in Self.ownColumns { csv.cell(name) }
        csv.endRow()
    }

    /// Appends a row, if it has to be run again.
    mutating func append(_ entry: PlanEntry, _ outcome: RowOutcome) throws(FileError) {
        switch outcome.outcome {
        case .updated, .unchanged: return
        case .invalid, .conflict, .held, .failed, .unknown, .unsent: break
        }
        let cells = entry.isReadable ? entry.cells ?? [] : []
        for indices in sources {
            let index = indices.first { $0 < cells.count && !cells[$0].isEmpty }
            csv.cell(index.map { cells[$0] } ?? "")
        }
        csv.cell(entry.row)
        csv.cell(error(entry, outcome))
        csv.endRow()
        try csv.flush(to: file, atLeast: 256 << 10)
    }

    /// Puts the file in its place.
    mutating func commit() throws(FileError) {
        try csv.flush(to: file)
        try file.commit()
    }

    private func error(_ entry: PlanEntry, _ outcome: RowOutcome) -> String {
        let reason = outcome.message ?? outcome.issue?.message ?? entry.issue?.message
        let text = [outcome.outcome.rawValue, reason].compactMap(\.self).joined(separator: ": ")
        guard !entry.isReadable, let raw = entry.cells?.first else { return text }
        return text + "; the record as written: " + raw
    }
}
