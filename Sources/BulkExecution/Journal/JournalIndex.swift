import BulkFiles
package import BulkPlanning

/// What a run's journal says, row by row: what is done, what was begun, and what is to be sent.
///
/// A row takes two to four bytes; texts are kept for those rows only that have any.
package struct JournalIndex: Sendable {
    /// The journal's first line.
    package let header: JournalHeader
    /// The bytes of the journal that are whole: what follows was cut short by a crash.
    package private(set) var wholeLength: Int
    /// How many bytes follow that are not whole.
    package private(set) var tornLength = 0
    /// How many requests were started.
    package private(set) var requests = 0
    /// Why the run's last part ended; `nil` when it was killed, or still runs.
    package private(set) var endReason: String?
    /// Whether any row ever had an outcome about which its ticket can tell more; without one, there is
    /// nothing to settle.
    package private(set) var hasOpenOutcomes = false

    private struct Texts {
        var message: String?
        var issue: RowIssue?
    }

    private var records = RowRecordTable()
    private var texts: [Int: Texts] = [:]

    private init(header: JournalHeader, length: Int) {
        self.header = header
        wholeLength = length
    }

    /// Reads a journal.
    ///
    /// Bytes at the end that no whole line follows are what a crash left, and are not counted as part
    /// of it.
    ///
    /// - Parameter path: The journal.
    /// - Returns: What it says.
    /// - Throws: A ``JournalError`` when it is no journal or is damaged, a ``FileError`` when it cannot
    ///   be read.
    package static func read(_ path: String) throws -> JournalIndex {
        var index: JournalIndex?
        var number = 0
        var firstBadLine: Int?
        var end = 0
        try FileLines.forEach(in: path) { line, offset, isWhole in
            number += 1
            end = offset + line.count + (isWhole ? 1 : 0)
            guard index != nil else {
                let header = try Self.header(isWhole ? JournalFields(line) : nil, path)
                index = JournalIndex(header: header, length: end)
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
                        + "that cut it. Nothing was sent. Restore the file from a copy, or plan the "
                        + "input anew: what was done already will show as unchanged.")
            }
            index?.take(line)
            index?.wholeLength = end
        }
        guard var index else { throw try notAJournal(path) }
        index.tornLength = end - index.wholeLength
        return index
    }

    /// Takes what a journal says from its lines, without a file.
    ///
    /// - Parameters:
    ///   - header: The journal's first line.
    ///   - lines: The others.
    package init(_ header: JournalHeader, _ lines: some Sequence<JournalLine>) {
        self.init(header: header, length: 0)
        for line in lines { take(line) }
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

    // MARK: Taking lines

    private mutating func take(_ line: JournalLine) {
        switch line {
        case .start(let row, let request, _):
            requests += 1
            endReason = nil
            change(row) { record in
                guard record.stage != .finished else { return }
                record.stage = .started
                record.requests = max(record.requests, request)
            }
        case .again(let unfinished):
            let start = header.startedAt
            change(unfinished.row) { record in
                record.stage = .unfinished
                record.requests = unfinished.requests
                record.mayHaveTakenEffect = unfinished.mayHaveTakenEffect
                record.failure = unfinished.failure
                record.status = unfinished.httpStatus
                record.setFinished(at: unfinished.at, since: start)
            }
            setTexts(Texts(message: unfinished.message), of: unfinished.row)
        case .done(let outcome), .decided(let outcome), .settled(let outcome): finish(outcome)
        case .resumed: endReason = nil
        case .ended(let reason, _): endReason = reason
        }
    }

    private mutating func finish(_ outcome: RowOutcome) {
        if Settlement.canTellMore(about: outcome) { hasOpenOutcomes = true }
        let start = header.startedAt
        change(outcome.row) { record in
            record.stage = .finished
            record.outcome = outcome.outcome
            record.requests = outcome.attempts
            record.failure = outcome.failure
            record.status = outcome.httpStatus
            record.durationMilliseconds = outcome.durationMilliseconds
            record.setFinished(at: outcome.finishedAtMilliseconds, since: start)
        }
        setTexts(Texts(message: outcome.message, issue: outcome.issue), of: outcome.row)
    }

    private mutating func change(_ row: Int, _ body: (inout RowRecord) -> Void) {
        body(&records[row])
    }

    private mutating func setTexts(_ new: Texts, of row: Int) {
        let hasTexts = new.message != nil || new.issue != nil
        if !hasTexts, !records[row].hasTexts { return }
        records[row].hasTexts = hasTexts
        texts[row] = hasTexts ? new : nil
    }

    // MARK: Asking

    /// Whether a row has its outcome, so that it is not sent again.
    package func isFinished(_ row: Int) -> Bool { records[row].stage == .finished }

    /// How many requests were sent for a row so far.
    package func requests(of row: Int) -> Int { records[row].requests }

    /// Whether one of a row's requests may have taken effect although no answer says so.
    package func mayHaveTakenEffect(_ row: Int) -> Bool {
        let record = records[row]
        return record.stage == .started || record.mayHaveTakenEffect
    }

    /// How a row of the plan has ended, as things stand.
    ///
    /// Rows without a request of their own end as the plan says, merged rows as the row whose request
    /// carries them. A row that was sent and never answered is `unknown`, one that was not sent, or whose
    /// requests are known to have had no effect, is `unsent`.
    package func outcome(of entry: PlanEntry) -> RowOutcome {
        let own = records[entry.row]
        if own.stage == .finished { return finished(entry.row, as: entry.row) }
        switch entry.disposition {
        case .unchanged: return RowOutcome(row: entry.row, outcome: .unchanged)
        case .invalid: return RowOutcome(row: entry.row, outcome: .invalid)
        case .conflict: return RowOutcome(row: entry.row, outcome: .conflict)
        case .held: return RowOutcome(row: entry.row, outcome: .held)
        case .update: break
        }
        let sender = entry.mergedInto ?? entry.row
        let record = records[sender]
        switch record.stage {
        case .finished: return finished(sender, as: entry.row)
        case .untouched:
            return RowOutcome(row: entry.row, outcome: .unsent, failure: .notSent)
        case .started:
            return RowOutcome(
                row: entry.row, outcome: .unknown, attempts: record.requests,
                message: "The run ended before the answer came.")
        case .unfinished:
            return RowOutcome(
                row: entry.row, outcome: record.mayHaveTakenEffect ? .unknown : .unsent,
                attempts: record.requests, httpStatus: record.status, failure: record.failure,
                message: texts[sender]?.message,
                finishedAtMilliseconds: record.finishedAt(since: header.startedAt))
        }
    }

    private func finished(_ sender: Int, as row: Int) -> RowOutcome {
        let record = records[sender]
        let texts = texts[sender]
        return RowOutcome(
            row: row, outcome: record.outcome, attempts: record.requests,
            httpStatus: record.status, failure: record.failure, message: texts?.message,
            durationMilliseconds: record.durationMilliseconds,
            finishedAtMilliseconds: record.finishedAt(since: header.startedAt), issue: texts?.issue)
    }
}
