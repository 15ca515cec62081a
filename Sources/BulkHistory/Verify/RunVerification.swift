internal import BulkExecution
public import BulkPlan
package import BulkPlanning
internal import BulkReporting
internal import BulkSystem
package import MavaAPI

/// The rows of a run beside what their tickets hold now.
///
/// Rows that ended `updated` or `unknown` are compared, and so are rows that failed without a clear answer, which count
/// only if they were carried out after all. Nothing is written into the run's directory. The run's files
/// are read each time that the rows are asked for, so memory holds only the tickets' values.
public final class RunVerification {
    /// Rows that do not hold what the run wrote, for one reason.
    public struct Cause: Hashable, Sendable {
        /// What became of the tickets.
        public var state: RowCheck.State
        /// What moved, from what to what.
        public var moves: [RowCheck.Move]
        /// How many rows.
        public var rows: Int
    }

    /// The run.
    public let run: PastRun
    /// The id of its plan.
    public let plan: String
    /// How many rows are in each state.
    public private(set) var counts: [RowCheck.State: Int] = [:]
    /// How many of the rows had an unknown effect when the run ended.
    public private(set) var unknownRows = 0
    /// The reasons why rows do not hold, most rows first.
    public private(set) var causes: [Cause] = []
    /// How many rows have reasons beyond those listed.
    public private(set) var rowsOfOtherCauses = 0
    /// How many requests were sent.
    public private(set) var reads = 0

    /// How many rows the run updated, or may have updated.
    public var rows: Int { counts.values.reduce(0, +) }
    /// Whether every row holds; a row that could not be checked does not.
    public var holds: Bool { (counts[.holds] ?? 0) == rows }

    /// The most different reasons that are listed.
    private static let mostCauses = 1024
    /// The number of missing tickets from which it is suspicious that none was found.
    private static let fewestWanted = 5

    private let tickets: CurrentTickets
    private let written: NameDirectory
    private var present = NameDirectory(agents: nil, categories: nil)

    /// Reads the tickets of a run.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - client: The client to read with.
    ///   - check: Looks at the header of the run's plan before any ticket is read, and returns how many requests
    ///     it sent for that.
    ///   - progress: Called after each page.
    /// - Throws: A ``RunDirectoryError`` when a process works on the run or its files are not there, and what
    ///   reading them or the tickets throws.
    package convenience init(
        _ run: PastRun, client: MavaClient, check: (PlanHeader) async throws -> Int,
        progress: (PlanProgress) -> Void
    ) async throws {
        try await self.init(
            run, CurrentTickets(client: client), check: check, progress: progress)
    }

    package init(
        _ run: PastRun, _ tickets: CurrentTickets, check: (PlanHeader) async throws -> Int,
        progress: (PlanProgress) -> Void
    ) async throws {
        try run.requireEnd(before: "verify")
        self.run = run
        self.tickets = tickets
        let first = try run.wholeRows()
        plan = first.header.id
        written = NameDirectory(first.header)
        reads = try await check(first.header)
        try eachChange(of: first) { tickets.add($0.ticketID!) }
        reads += try await tickets.read(progress: progress)
        try count()
        try requireFound()
        try await readNames(first.header)
    }

    /// Passes each row to a closure, in the input's order.
    ///
    /// - Parameter body: Takes a row.
    /// - Throws: What reading the run's files throws, and what `body` throws.
    public func forEach(_ body: (RowCheck) throws -> Void) throws {
        try eachRow { row in
            if let check = compare(row.entry, row.outcome.outcome) { try body(check) }
        }
    }

    /// A value in words.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - field: Its field.
    /// - Returns: The name of an agent or a category where it is known, else the value.
    public func name(of value: FieldValue, _ field: TicketField) -> String {
        let name = written.name(of: value, field)
        guard case .text(name) = value else { return name }
        return present.name(of: value, field)
    }

    private func eachRow(_ body: (RunRows.Row) throws -> Void) throws {
        try eachRow(of: RunRows(reading: run.files), body)
    }

    private func eachChange(of rows: RunRows, _ body: (PlanEntry) throws -> Void) throws {
        try eachRow(of: rows) { try body($0.entry) }
    }

    private func eachRow(of rows: RunRows, _ body: (RunRows.Row) throws -> Void) throws {
        var rows = rows
        while let row = try rows.next() {
            guard row.outcome.mayHaveEffect, row.entry.ticketID != nil, !row.entry.changes.isEmpty
            else { continue }
            try body(row)
        }
        guard rows.isWhole else {
            throw PlanError(
                code: .rowsChanged, message: "the run's plan was changed while it was read",
                path: run.files[.plan])
        }
    }

    /// Compares a row with its ticket; the result is `nil` for a row that failed and had no effect.
    private func compare(_ entry: PlanEntry, _ outcome: Outcome) -> RowCheck? {
        var check = RowCheck(
            row: entry.row, ticketID: entry.ticketID ?? "", outcome: outcome, state: .holds)
        switch tickets.reading(of: check.ticketID) {
        case .gone: check.state = .gone
        case .notRead: check.state = .notRead
        case .values(let values):
            for change in entry.changes {
                let now = values[change.field] ?? .null
                if now != change.after {
                    check.moves.append(.init(field: change.field, was: change.after, now: now))
                }
            }
            if !check.moves.isEmpty { check.state = .moved }
        }
        guard outcome == .failed else { return check }
        let held = entry.changes.contains { $0.before != nil && $0.before != $0.after }
        guard check.state == .holds, held else { return nil }
        check.state = .late
        return check
    }

    private func count() throws {
        var found: [Cause: Int] = [:]
        try forEach { check in
            counts[check.state, default: 0] += 1
            if check.outcome == .unknown { unknownRows += 1 }
            guard check.state != .holds else { return }
            let cause = Cause(state: check.state, moves: check.moves, rows: 0)
            if found.count >= Self.mostCauses, found[cause] == nil {
                rowsOfOtherCauses += 1
            } else {
                found[cause, default: 0] += 1
            }
        }
        causes = found.map { Cause(state: $0.state, moves: $0.moves, rows: $1) }
            .sorted { ($1.rows, $0.order) < ($0.rows, $1.order) }
    }

    /// Refuses to say that all of several tickets are gone: the key more likely belongs to another organisation.
    private func requireFound() throws(PlanError) {
        guard rows >= Self.fewestWanted, counts[.gone] == rows else { return }
        throw PlanError(
            code: .noTicketFound,
            message:
                "does the key belong to this organisation? None of the run's tickets was found in Mava",
            path: run.path)
    }

    /// Reads the names of what tickets hold now, where the plan does not have them.
    private func readNames(_ header: PlanHeader) async throws {
        var fields: Set<TicketField> = []
        for move in causes.flatMap(\.moves) {
            guard case .text(let id) = move.now else { continue }
            switch move.field {
            case .assignedTo where header.agentNames[id] == nil: fields.insert(.assignedTo)
            case .categoryID where header.categoryNames[id] == nil: fields.insert(.categoryID)
            default: break
            }
        }
        guard !fields.isEmpty else { return }
        present = try await tickets.names(
            agents: fields.contains(.assignedTo), categories: fields.contains(.categoryID))
        reads += fields.count
    }
}

extension RunVerification.Cause {
    /// A text by which causes of equally many rows are in the same order each time.
    fileprivate var order: String { "\(state.rawValue) \(moves)" }
}

extension RowOutcome {
    /// Whether the row's ticket may hold what it asked for: it was updated, or no answer said that it was not.
    fileprivate var mayHaveEffect: Bool {
        switch outcome {
        case .updated, .unknown: return true
        case .failed: break
        case .unchanged, .invalid, .conflict, .held, .excluded, .unsent: return false
        }
        switch failure {
        case .serverError, .unexpectedAnswer, .connectionFailed, .timedOut, .givenUp:
            return attempts > 0
        case .ticketNotFound, .categoryNotFound, .assigneeNotFound, .invalidStatusOrPriority,
            .refused, .keyRejected, .rateLimited, .notSent, nil:
            return false
        }
    }
}

extension PastRun {
    /// Refuses a run on which a process works, and one whose files are not there or cannot be read.
    ///
    /// - Parameter deed: What is to be done with it, such as `undo`.
    /// - Throws: A ``RunDirectoryError``.
    func requireEnd(before deed: String) throws(RunDirectoryError) {
        try requireFiles()
        guard state == .running else { return }
        throw RunDirectoryError(
            code: .locked, path: path,
            message: "the run is not at its end: wait for it or stop it, then \(deed) it")
    }

    /// Refuses a run whose files are not there or cannot be read.
    func requireFiles() throws(RunDirectoryError) {
        switch state {
        case .finished, .resumable, .running: break
        case .pruned:
            throw RunDirectoryError(
                code: .noRun, path: path,
                message: "the run was pruned: what it changed is not known any more")
        case .unreadable:
            throw RunDirectoryError(
                code: .settingsUnusable, path: path,
                message: problem ?? "the run's files cannot be read")
        }
    }
}
