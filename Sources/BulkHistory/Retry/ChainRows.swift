package import BulkExecution
package import BulkPlan
package import BulkReporting
internal import BulkSystem

/// The rows of a chain of runs, each as the newest run left it that did not exclude it.
///
/// The runs are read side by side, one row at a time, so memory does not grow with the rows.
package struct ChainRows {
    /// The headers of the runs' plans, the oldest run first.
    package let headers: [PlanHeader]

    private var sources: [RunRows]
    /// Where each plan has the columns of the first one; `nil` where it has them in the same places.
    private let places: [[Int?]?]
    private let paths: [String]
    private var count = 0

    /// Begins at the first row.
    ///
    /// - Parameters:
    ///   - chain: The runs, whose files must be there.
    ///   - directory: Where scratch files are made, if they are needed; `nil` for the runs' directories.
    /// - Throws: A ``ReportError`` when the runs do not have the same rows, and what opening a run throws.
    package init(_ chain: RunChain, spillingTo directory: String? = nil) throws {
        try chain.requireFiles()
        sources = try chain.runs.map { run in
            try RunRows(
                reading: run.files, spillingTo: directory, isRunning: run.state == .running)
        }
        headers = sources.map(\.header)
        paths = chain.runs.map(\.path)
        let first = headers[0]
        for (header, path) in zip(headers, paths) where header.counts.rows != first.counts.rows {
            throw ReportError(
                message: "\(path): the plan has \(Words.rows(header.counts.rows)), and that of the "
                    + "first run \(first.counts.rows): these are not runs of one input")
        }
        places = headers.map { header in
            header.input.columns == first.input.columns
                ? nil
                : first.input.columns.map { header.input.columns.firstIndex(of: $0) }
        }
    }

    /// How many rows there are.
    package var rows: Int { headers[0].counts.rows }
    /// What is missing in the files, as far as they were read.
    package var missing: [String] {
        zip(sources, paths).flatMap { source, path in
            var parts: [String] = []
            if !source.isWhole {
                parts.append(
                    "\(path): the plan was changed after it was approved: what it said of some rows is "
                        + "missing")
            }
            if !source.hasJournal, source.header.hasChanges {
                parts.append(
                    "\(path): there is no journal: its rows are as if nothing had been sent")
            }
            return parts
        }
    }

    /// The path of a plan that was changed after its approval, as far as the plans were read.
    package var changedPlan: String? {
        zip(sources, paths).first { !$0.0.isWhole }.map { RunFiles($0.1)[.plan] }
    }

    /// How many updates each run's journal says were sent.
    package var updatesSent: [Int] { sources.map(\.updatesSent) }

    /// When the newest run's requests were sent; `nil` without a journal.
    package var timeline: RunTimeline? { sources.last?.timeline }

    /// The next row, with the cells in the first run's columns; `nil` after the last one.
    package mutating func next() throws -> RunRows.Row? {
        var chosen: (row: RunRows.Row, source: Int)?
        var ended = 0
        for index in sources.indices {
            guard let row = try sources[index].next() else {
                ended += 1
                continue
            }
            if chosen == nil || row.outcome.outcome != .excluded { chosen = (row, index) }
        }
        guard ended == 0 || ended == sources.count else {
            throw ReportError(message: "\(paths[0]): its retries do not have the same rows")
        }
        guard var row = chosen?.row, let source = chosen?.source else { return nil }
        count += 1
        guard row.entry.row == count else {
            throw ReportError(message: "row \(row.entry.row) is where row \(count) belongs")
        }
        if let places = places[source], row.entry.issue?.code != .malformedRecord {
            row.entry.place(in: places)
        }
        return row
    }
}

extension PlanEntry {
    /// Puts the cells in the places of other columns.
    fileprivate mutating func place(in places: [Int?]) {
        guard let old = cells else { return }
        let oldForms = forms
        cells = places.map { place in place.flatMap { $0 < old.count ? old[$0] : nil } ?? "" }
        forms = places.map { place in
            guard let place, place < old.count else { return .absent }
            return oldForms?[place] ?? .string
        }
    }
}
