package import BulkSystem
package import BulkPlan

/// The contents of a run's journal by row: which rows are done, which were started, which are to be sent.
///
/// Its memory does not grow with the rows. Their records are kept in pages, most of them in a scratch file
/// beside the journal. Texts are read from the journal again.
package struct JournalIndex: Sendable {
    /// The journal's first line.
    package let header: JournalHeader
    /// The length of the whole lines in bytes; a crash cut short what follows.
    package private(set) var wholeLength: Int
    /// How many bytes follow that are not whole.
    package private(set) var tornLength = 0
    /// How many requests were started.
    package private(set) var requests = 0
    /// Why the run's last part ended; `nil` when it was killed, or still runs.
    package private(set) var endReason: String?
    /// Whether any row ever had an outcome that reading its ticket can settle.
    package private(set) var hasOpenOutcomes = false
    /// The last row of the plan for which a request was started; 0 for none.
    package private(set) var furthestRow = 0
    /// The damage that another program did while this process wrote the journal; `nil` if there is none.
    package private(set) var damage: JournalDamage?
    /// When requests were sent, and how long answers took.
    package private(set) var timeline: RunTimeline

    /// Which files with revised rows belong to the run.
    package private(set) var revised: RevisedRows.Binding

    /// Where the texts of lines are that were taken.
    private enum Texts: Sendable {
        /// In the file; a place is the offset of a line's first byte.
        case file(JournalTextReader)
        /// In memory; a place is 1 for the first of them.
        case memory([JournalTexts])
    }

    private let records: RowRecordTable
    private var texts: Texts

    private init(header: JournalHeader, length: Int, records: RowRecordTable, texts: Texts) {
        self.header = header
        self.records = records
        self.texts = texts
        wholeLength = length
        revised = header.bindsRevised ? .nothing : .unbound
        timeline = RunTimeline(startingAt: header.startedAt)
    }

    /// Reads a journal.
    ///
    /// Bytes at the end that no whole line follows are what a crash left, and are not counted as part
    /// of it.
    ///
    /// - Parameters:
    ///   - path: The journal.
    ///   - directory: Where the scratch file is made; `nil` for beside the journal.
    ///   - fileSystem: The system calls to use for the scratch file.
    /// - Returns: What it says.
    /// - Throws: A ``JournalError`` when it is no journal or is damaged, a ``FileError`` when it cannot
    ///   be read.
    package static func read(
        _ path: String, spillingTo directory: String? = nil,
        fileSystem: any FileSystem = POSIXFileSystem()
    ) throws -> JournalIndex {
        let texts = try JournalTextReader(path)
        var index: JournalIndex?
        var number = 0
        var firstBadLine: Int?
        var end = 0
        try FileLines.forEach(in: texts.file) { line, offset, isWhole in
            number += 1
            end = offset + line.count + (isWhole ? 1 : 0)
            guard index != nil else {
                let header = try Self.header(isWhole ? JournalFields(line) : nil, path)
                index = JournalIndex(
                    header: header, length: end,
                    records: RowRecordTable(
                        spillingTo: directory ?? FilePath.directory(of: path),
                        fileSystem: fileSystem),
                    texts: .file(texts))
                return
            }
            guard isWhole, let line = JournalLine(line) else {
                firstBadLine = firstBadLine ?? number
                return
            }
            if let firstBadLine {
                throw JournalError(
                    code: .corrupt, path: path, line: firstBadLine,
                    message: "this line is damaged, and whole lines follow it: it was not a crash "
                        + "that cut it. Restore the file from a copy, or plan the input again: "
                        + "what was done already will show as unchanged.")
            }
            try index?.record(line, at: offset)
            index?.wholeLength = end
        }
        guard var index else { throw try notAJournal(path) }
        index.tornLength = end - index.wholeLength
        return index
    }

    /// Reads the journal that this process writes, through its own descriptor.
    ///
    /// Lines that another program damaged are passed over; ``damage`` says so.
    ///
    /// - Parameters:
    ///   - file: The journal, open.
    ///   - written: What this process knows of it.
    ///   - fileSystem: The system calls to use for the scratch file.
    /// - Returns: What it says.
    /// - Throws: A `FileError` when it cannot be read.
    static func read(
        _ file: OpenFile, written: JournalExtent, fileSystem: any FileSystem
    ) throws -> JournalIndex {
        var index = JournalIndex(
            header: written.header, length: 0,
            records: RowRecordTable(
                spillingTo: FilePath.directory(of: file.path), fileSystem: fileSystem),
            texts: .file(try JournalTextReader(file)))
        var number = 0
        var wholeBytes = 0
        var firstBadLine: Int?
        var isMixed = false
        try FileLines.forEach(in: file) { line, offset, isWhole in
            number += 1
            if number == 1 {
                if isWhole, JournalFields(line).flatMap(JournalHeader.init) == written.header {
                    wholeBytes += line.count + 1
                } else {
                    firstBadLine = 1
                }
                return
            }
            guard isWhole, let taken = JournalLine(line) else {
                firstBadLine = firstBadLine ?? number
                return
            }
            wholeBytes += line.count + 1
            isMixed = isMixed || firstBadLine != nil
            try index.record(taken, at: offset)
            index.wholeLength = offset + line.count + 1
        }
        let isComplete = wholeBytes >= written.length
        if isMixed || !isComplete {
            index.damage = JournalDamage(
                line: firstBadLine ?? number + 1, isComplete: isComplete,
                furthestRow: written.furthestRow)
            index.requests = max(index.requests, written.requests)
        }
        return index
    }

    /// Indexes the lines of a journal, without a file.
    ///
    /// - Parameters:
    ///   - header: The journal's first line.
    ///   - lines: The others.
    package init(_ header: JournalHeader, _ lines: some Sequence<JournalLine>) {
        self.init(
            header: header, length: 0, records: RowRecordTable(spillingTo: nil), texts: .memory([]))
        for line in lines {
            // Without a file, nothing is read that could fail.
            try! record(line, at: keep(line))
        }
    }

    /// Keeps the texts of a line in memory and returns their place.
    private mutating func keep(_ line: JournalLine) -> Int {
        guard case .memory(var texts) = texts, let new = JournalTexts(line) else { return 0 }
        texts.append(new)
        self.texts = .memory(texts)
        return texts.count
    }

    private static func header(_ fields: JournalFields?, _ path: String) throws -> JournalHeader {
        guard let fields, let header = JournalHeader(fields) else { throw try notAJournal(path) }
        guard fields.number("version") == JournalHeader.version else {
            throw JournalError(
                code: .unknownVersion, path: path, line: 1,
                message:
                    "the journal was written by \(header.tool), in a version of the format that "
                    + "this program does not know. Go on with the program that wrote it.")
        }
        return header
    }

    private static func notAJournal(_ path: String) throws -> JournalError {
        JournalError(
            code: .notAJournal, path: path, line: 1,
            message: "this is not the journal of a run.")
    }

    /// Checks that the journal belongs to a plan.
    ///
    /// - Parameters:
    ///   - planID: The plan's id.
    ///   - path: The journal's path, for the message.
    /// - Throws: A ``JournalError`` when it belongs to another.
    package func requirePlan(_ planID: String, path: String) throws(JournalError) {
        guard header.planID == planID else {
            throw JournalError(
                code: .otherPlan, path: path, line: 1,
                message:
                    "the journal belongs to plan \(header.planID.prefix(8)), but the plan in the "
                    + "directory is \(planID.prefix(8)): it was changed after the run began. Put "
                    + "the run's own plan back, or apply the changed one as a new run.")
        }
    }

    /// Checks that a journal belongs to a plan, without reading more than its beginning.
    ///
    /// - Parameters:
    ///   - planID: The plan's id.
    ///   - path: The journal.
    /// - Throws: A ``JournalError`` when it is no journal or belongs to another plan, a `FileError` when it cannot
    ///   be read.
    package static func requirePlan(_ planID: String, inBeginningOf path: String) throws {
        var file = try FileReader(ofRun: path)
        let bytes = try file.read(upTo: 64 << 10)
        let end = bytes.firstIndex(of: UInt8(ascii: "\n"))
        let first: JournalHeader = try bytes.withUnsafeBytes { bytes in
            guard let end else { return try Self.header(nil, path) }
            let line = UnsafeRawBufferPointer(rebasing: bytes[..<end])
            return try Self.header(JournalFields(line), path)
        }
        try JournalIndex(first, []).requirePlan(planID, path: path)
    }

    // MARK: Taking lines

    /// Records what a line says.
    ///
    /// - Parameters:
    ///   - line: The line.
    ///   - place: Where its texts are, if it has any.
    /// - Throws: A `FileError` when the record of its row cannot be read again.
    private mutating func record(_ line: JournalLine, at place: Int) throws(FileError) {
        let start = header.startedAt
        timeline.add(line)
        switch line {
        case .start(let row, let request, _):
            requests += 1
            revised.settle()
            furthestRow = max(furthestRow, row)
            endReason = nil
            try records.change(row) { record in
                guard record.stage != .finished else { return }
                record.stage = .started
                record.requests = max(record.requests, request)
            }
        case .again(let unfinished):
            try records.change(unfinished.row) { record in
                record.stage = .unfinished
                record.requests = unfinished.requests
                record.mayHaveTakenEffect = unfinished.mayHaveTakenEffect
                record.failure = unfinished.failure
                record.status = unfinished.httpStatus
                record.setFinished(at: unfinished.at, since: start)
                record.textsAt = unfinished.message == nil ? 0 : place
            }
        case .done(let outcome), .decided(let outcome), .settled(let outcome):
            if Settlement.canTellMore(about: outcome) { hasOpenOutcomes = true }
            try records.change(outcome.row) { record in
                record.stage = .finished
                record.outcome = outcome.outcome
                record.requests = outcome.attempts
                record.failure = outcome.failure
                record.status = outcome.httpStatus
                record.durationMilliseconds = outcome.durationMilliseconds
                record.setFinished(at: outcome.finishedAtMilliseconds, since: start)
                let hasTexts = outcome.message != nil || outcome.issue != nil
                record.textsAt = hasTexts ? place : 0
            }
        case .resumed(_, let sum):
            endReason = nil
            if let sum { revised.add(sum) }
        case .ended(let reason, _):
            endReason = reason
            revised.settle()
        }
    }

    // MARK: Asking

    /// Whether a row has its outcome, so that it is not sent again.
    ///
    /// - Throws: A `FileError` when the record of the row cannot be read again.
    package func isFinished(_ row: Int) throws(FileError) -> Bool {
        try records.record(of: row).stage == .finished
    }

    /// How many rows have failed for good.
    ///
    /// - Throws: A `FileError` when the records of rows cannot be read again.
    package func failedRows() throws(FileError) -> Int {
        var count = 0
        for row in 0..<furthestRow {
            let record = try records.record(of: row + 1)
            if record.stage == .finished, record.outcome == .failed { count += 1 }
        }
        return count
    }

    /// How many requests were sent for a row so far.
    package func requests(of row: Int) throws(FileError) -> Int {
        try records.record(of: row).requests
    }

    /// Whether one of a row's requests may have taken effect although no answer says so.
    package func mayHaveTakenEffect(_ row: Int) throws(FileError) -> Bool {
        let record = try records.record(of: row)
        return record.stage == .started || record.mayHaveTakenEffect
    }

    /// The outcome of a row of the plan so far.
    ///
    /// A row without a request ends as the plan says. A merged row ends as the row whose request carries it. A
    /// row that was sent and never answered is `unknown`. A row that was not sent, or whose requests are known
    /// to have had no effect, is `unsent`.
    ///
    /// - Throws: A `FileError` when the record of the row cannot be read again, a ``JournalError`` when its
    ///   line in the journal was changed meanwhile.
    package func outcome(of entry: PlanEntry) throws -> RowOutcome {
        // A merged row always has the outcome of the row that carries it.
        let record = try records.record(of: entry.mergedInto ?? entry.row)
        if record.stage == .finished { return try finished(record, as: entry.row) }
        if let outcome = Outcome(withoutUpdate: entry.disposition) {
            return RowOutcome(row: entry.row, outcome: outcome)
        }
        switch record.stage {
        case .finished: return try finished(record, as: entry.row)
        case .untouched where isInDoubt(entry), .unfinished where isInDoubt(entry):
            return RowOutcome(
                row: entry.row, outcome: .unknown, attempts: record.requests,
                message:
                    "The journal was damaged while the run used it, so it is not known whether "
                    + "the row was sent.")
        case .untouched:
            return RowOutcome(row: entry.row, outcome: .unsent, failure: .notSent)
        case .started:
            return RowOutcome(
                row: entry.row, outcome: .unknown, attempts: record.requests, failure: .givenUp,
                message: "The run ended before the answer came.")
        case .unfinished:
            return RowOutcome(
                row: entry.row, outcome: record.mayHaveTakenEffect ? .unknown : .unsent,
                attempts: record.requests, httpStatus: record.status, failure: record.failure,
                message: try texts(of: record)?.message,
                finishedAtMilliseconds: record.finishedAt(since: header.startedAt))
        }
    }

    /// Whether the journal once may have held more about a row than it does now.
    private func isInDoubt(_ entry: PlanEntry) -> Bool {
        guard let damage, !damage.isComplete else { return false }
        return entry.mergedInto ?? entry.row <= damage.furthestRow
    }

    private func finished(_ record: RowRecord, as row: Int) throws -> RowOutcome {
        let texts = try texts(of: record)
        return RowOutcome(
            row: row, outcome: record.outcome, attempts: record.requests,
            httpStatus: record.status, failure: record.failure, message: texts?.message,
            durationMilliseconds: record.durationMilliseconds,
            finishedAtMilliseconds: record.finishedAt(since: header.startedAt), issue: texts?.issue)
    }

    private func texts(of record: RowRecord) throws -> JournalTexts? {
        guard record.textsAt > 0 else { return nil }
        switch texts {
        case .file(let reader):
            do {
                return try reader.texts(at: record.textsAt)
            } catch is JournalError where damage != nil {
                return nil
            }
        case .memory(let texts): return texts[record.textsAt - 1]
        }
    }
}
