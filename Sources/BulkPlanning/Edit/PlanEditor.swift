import BulkPlan
import BulkSystem
import MavaAPI

extension PlanEdit {
    /// Writes a new plan without some rows of a saved one.
    ///
    /// The rows that are left out become ``Disposition/excluded``. The other rows do what they did before, or less.
    /// An edit that leaves out nothing writes the same plan again. The plan is read two or three times, and memory
    /// does not depend on the length of its rows.
    ///
    /// - Parameters:
    ///   - path: The saved plan.
    ///   - output: The file for the new plan.
    ///   - expectedID: The required id of the saved plan, or its first eight or more digits; `nil` for any.
    ///   - replacesAnyFile: Whether `output` may be a file that is not a plan. It is never the saved plan.
    /// - Returns: What was done.
    /// - Throws: A ``PlanError`` when the plan or the edit is refused, a `ConditionError` for a condition about
    ///   what plans do not hold, and a `FileError` when a file fails.
    public func apply(
        to path: String, writing output: String, expecting expectedID: String? = nil,
        replacesAnyFile: Bool = false
    ) throws -> PlanEditResult {
        if FilePath.isSameFile(path, output) {
            throw PlanError(
                code: .outputIsInput,
                message: "the new plan would replace the one that is edited: name another file",
                path: output)
        }
        if !replacesAnyFile { try PlanDestination.requireReplaceable(output) }
        let editor = PlanEditor(self, try PlanFile(path: path, expecting: expectedID))
        return try editor.write(to: output)
    }
}

/// Reads a plan several times and writes it again without some of its rows.
///
/// The first reading decides which rows are left out: one bit a row, and the rows that share a request. The second
/// reading finds out what is left of requests that lose some of their rows; most edits have none. The last one
/// writes.
private struct PlanEditor {
    private let edit: PlanEdit
    private let plan: PlanFile

    init(_ edit: PlanEdit, _ plan: PlanFile) {
        self.edit = edit
        self.plan = plan
    }

    func write(to output: String) throws -> PlanEditResult {
        var choice = try RowChoice(edit, plan)
        try choice.read(plan)
        if plan.header.lastRowCounts { try choice.requireWholeTickets(plan) }
        let columns = PlanColumns(plan.header.input.columns)
        var shared = SharedRequests(carriers: choice.brokenGroups(), columns, path: plan.path)
        if shared.isNeeded {
            var reader = try PlanReader(plan)
            while let entry = try reader.next() {
                shared.add(entry, isDropped: choice.isDropped(entry.row))
            }
            try shared.resolve()
        }
        let missing = choice.ticketsNotInPlan
        guard choice.dropped > 0 else {
            return PlanEditResult(
                header: try copy(to: output), dropped: 0,
                ticketsNotInPlan: missing.count, firstTicketsNotInPlan: Array(missing.prefix(3)),
                handOffsAreExact: true)
        }
        var tally = EditTally(plan.header)
        var writer = try PlanWriter(output, draft: tally.draft)
        var reader = try PlanReader(plan)
        while let entry = try reader.next() {
            let edited = edited(entry, choice, shared)
            tally.add(edited, insteadOf: entry)
            try writer.write(edited)
        }
        let (header, isExact) = tally.header
        return PlanEditResult(
            header: try writer.finish(header), dropped: choice.dropped,
            ticketsNotInPlan: missing.count, firstTicketsNotInPlan: Array(missing.prefix(3)),
            handOffsAreExact: isExact)
    }

    private func copy(to output: String) throws -> PlanHeader {
        var writer = try PlanWriter(output, draft: plan.header)
        var reader = try PlanReader(plan)
        while let entry = try reader.next() { try writer.write(entry) }
        return try writer.finish(plan.header)
    }

    private func edited(
        _ entry: PlanEntry, _ choice: RowChoice, _ shared: SharedRequests
    ) -> PlanEntry {
        if choice.isDropped(entry.row) {
            var excluded = PlanEntry(
                row: entry.row, line: entry.line, ticketID: entry.ticketID,
                disposition: .excluded)
            // The text of a record that could not be read is not the values of its columns.
            if entry.issue?.code != .malformedRecord {
                excluded.cells = entry.cells
                excluded.forms = entry.forms
            }
            return excluded
        }
        guard entry.disposition == .update,
            let request = shared.requests[entry.mergedInto ?? entry.row]
        else { return entry }
        var entry = entry
        if entry.row == request.carrier {
            entry.mergedInto = nil
            entry.changes = request.changes
            entry.expectation = request.expectation
        } else {
            entry.mergedInto = request.carrier
        }
        return entry
    }
}

/// Which rows of a plan an edit leaves out.
private struct RowChoice {
    private let edit: PlanEdit
    private let drops: [PlanRowCondition]
    private let keeps: [PlanRowCondition]
    private let path: String
    /// A bit for each row.
    private var bits: [UInt64]
    private var ticketsFound: Set<String> = []
    /// The rows that go with another row's request, and that row.
    private var members: [(row: UInt32, carrier: UInt32)] = []
    /// How many rows are left out that were not before.
    private(set) var dropped = 0

    init(_ edit: PlanEdit, _ plan: PlanFile) throws {
        self.edit = edit
        path = plan.path
        let header = plan.header
        drops = try edit.drops.map { try PlanRowCondition($0, header) }
        keeps = try edit.keeps.map { try PlanRowCondition($0, header) }
        let rows = header.counts.rows
        bits = Array(repeating: 0, count: rows / 64 + 1)
        func require(_ row: Int, _ list: DropList?) throws(PlanError) {
            guard !(1...max(1, rows)).contains(row) else { return }
            throw PlanError(
                code: .rowMissing,
                message: "there is no row \(row): the plan has \(Words.rows(rows))",
                path: list?.path ?? path, line: list?.rows[row]?.line)
        }
        for range in edit.rows {
            try require(range.lowerBound, nil)
            try require(range.upperBound, nil)
        }
        for list in edit.lists {
            if let row = list.rows.keys.max() { try require(row, list) }
        }
    }

    /// Whether a row is left out, now or before.
    func isDropped(_ row: Int) -> Bool { bits[row >> 6] >> UInt64(row & 63) & 1 == 1 }

    /// The tickets of the lists that have no row in the plan, in the order of the lists.
    var ticketsNotInPlan: [PlanEditResult.ListedTicket] {
        var seen = ticketsFound
        return edit.lists.flatMap { list in
            list.tickets.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
                .filter { seen.insert($0.key).inserted }
                .map { .init(id: $0.key, path: list.path, line: $0.value) }
        }
    }

    mutating func read(_ plan: PlanFile) throws {
        for range in edit.rows {
            for row in range { bits[row >> 6] |= 1 << UInt64(row & 63) }
        }
        var reader = try PlanReader(plan)
        let count = reader.header.counts.rows
        var expected = 0
        while let entry = try reader.next() {
            expected += 1
            let carrier = entry.mergedInto ?? entry.row
            guard entry.row == expected, 1...count ~= carrier, count <= Int(UInt32.max) else {
                throw PlanError(
                    code: .rowUnreadable,
                    message: "the plan's row \(expected) does not have its number, or names a row "
                        + "that does not exist: plan again with this version", path: path)
            }
            if entry.disposition == .update, carrier != entry.row {
                members.append((UInt32(entry.row), UInt32(carrier)))
            }
            let isChosen = try isChosen(entry)
            if isChosen { bits[entry.row >> 6] |= 1 << UInt64(entry.row & 63) }
            // Such a row is written as it is.
            if entry.disposition == .excluded {
                bits[entry.row >> 6] &= ~(1 << UInt64(entry.row & 63))
            } else if isChosen {
                dropped += 1
            }
        }
    }

    /// Refuses an edit that leaves out some rows of a ticket, and not all.
    ///
    /// In a plan in which the last row counts, a row that is left out may have replaced the value of another one,
    /// which would have to be planned again. Tickets are compared by hashes of 64 bits, to save memory. Two
    /// tickets with the same hash are very rare; the edit is then refused needlessly.
    func requireWholeTickets(_ plan: PlanFile) throws {
        var dropped: [Int: UInt32] = [:]
        var reader = try PlanReader(plan)
        while let entry = try reader.next() {
            if entry.takesPart, isDropped(entry.row) {
                dropped[entry.ticketID.hashValue] = UInt32(entry.row)
            }
        }
        var again = try PlanReader(plan)
        while let entry = try again.next() {
            guard entry.takesPart, !isDropped(entry.row),
                let other = dropped[entry.ticketID.hashValue]
            else { continue }
            throw PlanError(
                code: .requestShared,
                message:
                    "leave out all rows of a ticket or none, or plan again: rows \(other) and \(entry.row) are for "
                    + "one ticket, and in this plan the last row counts", path: path)
        }
    }

    /// The rows whose requests lose some of their rows, and not all.
    func brokenGroups() -> Set<Int> {
        var touched: Set<Int> = []
        for (row, carrier) in members where isDropped(Int(row)) || isDropped(Int(carrier)) {
            touched.insert(Int(carrier))
        }
        var broken = touched.filter { !isDropped($0) }
        for (row, carrier) in members where !isDropped(Int(row)) {
            if touched.contains(Int(carrier)) { broken.insert(Int(carrier)) }
        }
        return broken
    }

    private mutating func isChosen(_ entry: PlanEntry) throws -> Bool {
        var isChosen = isDropped(entry.row)
        for list in edit.lists {
            if let id = entry.ticketID, list.tickets[id] != nil {
                ticketsFound.insert(id)
                isChosen = true
            }
            guard let row = list.rows[entry.row] else { continue }
            if let ticket = row.ticket, ticket != entry.ticketID {
                throw PlanError(
                    code: .listUnusable,
                    message:
                        "is it a list of another input's rows? Row \(entry.row) of the plan is for "
                        + "\(entry.ticketID.map { "ticket \($0)" } ?? "no ticket"), not for \(ticket)",
                    path: list.path, line: row.line)
            }
            isChosen = true
        }
        if isChosen || entry.disposition == .excluded { return isChosen }
        for condition in drops where try decided(condition, entry) == true { return true }
        for condition in keeps where try decided(condition, entry) == false { return true }
        return false
    }

    /// Whether a condition holds for a row; `nil` for a row that is not sent and about which the plan says too
    /// little.
    private func decided(_ condition: PlanRowCondition, _ entry: PlanEntry) throws -> Bool? {
        let outcome = condition.decided(entry)
        guard outcome == nil, entry.disposition == .update else { return outcome }
        throw PlanError(
            code: .rowUndecided,
            message:
                "the plan does not show whether \(quoted(condition.condition.text, limit: 40)) holds for row "
                + "\(entry.row), because it has only the fields that the row changes: "
                + (condition.advice(entry).map { "add `\($0)`, or " } ?? "")
                + "plan again with \(SettingName.conditions)", path: path)
    }
}

/// Counts the rows of the new plan for its header.
private struct EditTally {
    private let parent: PlanHeader
    private var counts = PlanCounts()
    private var requests = 0
    private var fieldChanges = 0
    private var undiffed = 0
    private var blindAssignments = 0
    /// Requests that assign a ticket which was read: those before the edit, and those after it.
    private var assignments = (before: 0, after: 0)
    /// Requests that take an agent off a ticket which was read.
    private var unassignments = 0
    private var expectsUpdateTimes = false
    private var agents: Set<String> = []
    private var categories: Set<String> = []

    init(_ parent: PlanHeader) { self.parent = parent }

    mutating func add(_ entry: PlanEntry, insteadOf old: PlanEntry) {
        if old.sendsRequest, old.assigns, !old.isUndiffed { assignments.before += 1 }
        counts.add(entry)
        guard entry.sendsRequest else { return }
        requests += 1
        fieldChanges += entry.changes.count
        if entry.isUndiffed { undiffed += 1 }
        if entry.assigns {
            if entry.isUndiffed { blindAssignments += 1 } else { assignments.after += 1 }
        }
        if entry.changes.contains(where: { $0.field == .assignedTo && $0.isUnassignment }) {
            unassignments += 1
        }
        if entry.expectation?.updatedAt != nil { expectsUpdateTimes = true }
        for change in entry.changes {
            for case .text(let id)? in [change.before, change.after] {
                switch change.field {
                case .assignedTo: if parent.agentNames[id] != nil { agents.insert(id) }
                case .categoryID: if parent.categoryNames[id] != nil { categories.insert(id) }
                case .status, .priority: break
                }
            }
        }
    }

    /// The note on hand-offs that cannot be counted again.
    ///
    /// A row does not say whether the AI is handling its ticket. So the number before the edit, and the number of
    /// assignments that are left, are all that is known.
    private static let handOffNote =
        "the number of tickets taken from the AI is an upper bound: an edit cannot count them again"

    /// The header at its longest.
    var draft: PlanHeader {
        var header = parent
        header.parent = parent.id
        header.tool = "mava-bulk \(ToolVersion.current)"
        header.expectsUpdateTimes = true
        // What counts the changes of the plan before is not true of this one.
        let kept = parent.notes.filter { note in
            note != Self.handOffNote
                && ![
                    PlanGuards.shareBeginning, PlanGuards.lastRunsBeginning,
                    Planner.readingBeginning,
                ].contains {
                    note.hasPrefix($0)
                }
        }
        header.notes = kept + [Self.handOffNote]
        // Waivers were given for the plan before, with its numbers.
        header.waivers = []
        return header
    }

    /// The header, and whether its number of hand-offs is exact.
    var header: (header: PlanHeader, handOffsAreExact: Bool) {
        var header = draft
        header.counts = counts
        header.requests = requests
        header.fieldChanges = fieldChanges
        header.undiffed = undiffed
        header.blindAssignments = blindAssignments
        header.expectsUpdateTimes = parent.expectsUpdateTimes && expectsUpdateTimes
        header.agentNames = parent.agentNames.filter { agents.contains($0.key) }
        header.categoryNames = parent.categoryNames.filter { categories.contains($0.key) }
        header.price = PlanPrice(
            reads: parent.price.reads, writes: requests, auditEntries: fieldChanges,
            quotaLimit: parent.price.quotaLimit, quotaSeconds: parent.price.quotaSeconds)
        let lost = assignments.before - assignments.after
        let most = min(parent.handOffs, assignments.after)
        let wasExact = !parent.notes.contains(Self.handOffNote)
        let isExact = most == 0 || wasExact && max(0, parent.handOffs - lost) == most
        header.handOffs = most
        header.unassignedFromAI = min(parent.unassignedFromAI, unassignments)
        if isExact { header.notes.removeLast() }
        return (header, isExact)
    }
}

extension PlanEntry {
    /// Whether the row's request gives its ticket to an agent.
    fileprivate var assigns: Bool {
        changes.contains { $0.field == .assignedTo && $0.after != .null }
    }
}

extension FieldChange {
    /// Whether it takes an agent off a ticket which was read.
    fileprivate var isUnassignment: Bool {
        guard case .text? = before else { return false }
        return after == .null
    }
}
