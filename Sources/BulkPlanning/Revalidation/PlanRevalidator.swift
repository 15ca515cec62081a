package import BulkPlan
import BulkSystem
import BulkRecords
public import MavaAPI

/// Reads the tickets of a saved plan again before it is applied.
///
/// Time passes between approval and application, and Mava resolves idle tickets by itself.
public struct PlanRevalidator: Sendable {
    /// What to do with rows whose tickets changed.
    public var onConflict: ConflictPolicy
    /// The limits beyond which nothing is to be sent.
    ///
    /// Those that look at single tickets are checked against what the tickets hold now.
    public var guards = PlanGuards()
    /// The agents there are, where they are known already; else they are asked for, if a guard names any.
    public var agents: [Agent]?
    /// The categories there are, where they are known already; else they are asked for, if a guard names any.
    public var categories: [MavaAPI.Category]?
    let listing: any TicketListing
    private let progress: @Sendable (PlanProgress) -> Void

    /// Makes a revalidator that reads from Mava.
    ///
    /// - Parameters:
    ///   - client: The client to read with.
    ///   - onConflict: What to do with rows whose tickets changed.
    ///   - progress: Called after each page.
    public init(
        client: MavaClient, onConflict: ConflictPolicy = .skip,
        progress: @escaping @Sendable (PlanProgress) -> Void = { _ in }
    ) {
        self.init(listing: MavaListing(client: client), onConflict: onConflict, progress: progress)
    }

    /// Makes a revalidator that reads from any listing of tickets.
    package init(
        listing: any TicketListing, onConflict: ConflictPolicy,
        progress: @escaping @Sendable (PlanProgress) -> Void = { _ in }
    ) {
        self.listing = listing
        self.onConflict = onConflict
        self.progress = progress
    }

    /// Compares a saved plan with the current tickets.
    ///
    /// - Parameters:
    ///   - path: The plan's file.
    ///   - isDone: Whether a row, given by its number, has its outcome already. Such a row is not compared.
    /// - Returns: The result of the comparison.
    /// - Throws: A ``PlanError`` when the plan was modified, or when tickets changed and the policy is to
    ///   send nothing then; a `FileError` when the file cannot be read; and what the client throws.
    public func revalidate(
        path: String, isDone: (Int) throws -> Bool = { _ in false }
    ) async throws -> PlanRevalidation {
        try await revalidate(PlanFile(path: path), isDone: isDone)
    }

    /// Compares an open saved plan with the current tickets.
    package func revalidate(
        _ plan: PlanFile, isDone: (Int) throws -> Bool = { _ in false }
    ) async throws -> PlanRevalidation {
        try await TaskThread.run { () async throws -> PlanRevalidation in
            try await compare(plan, isDone)
        }
    }

    /// Summarises a saved plan, and compares it with the current tickets.
    ///
    /// The summary is made while the rows are read for their tickets, so it needs no extra reading.
    package func summarizeAndRevalidate(
        _ plan: PlanFile
    ) async throws -> (PlanSummary, PlanRevalidation) {
        try await TaskThread.run { () async throws -> (PlanSummary, PlanRevalidation) in
            var tally = SavedPlanTally(header: plan.header)
            let revalidation = try await compare(plan, { _ in false }) { tally.add($0) }
            return (tally.summary, revalidation)
        }
    }

    /// Reads the rows once to find their tickets, and again when the tickets have been read.
    private func compare(
        _ plan: PlanFile, _ isDone: (Int) throws -> Bool,
        seeing see: (PlanEntry) -> Void = { _ in }
    ) async throws -> PlanRevalidation {
        var state = TicketState(hash: ByteHash())
        state.marks = ProtectedMarks(guards.protected)
        let readsUpdateTimes = try collect(plan, isDone, into: &state.tickets, seeing: see)
        let names = try await guardNames()
        let reader = LiveReader(listing: listing, readsUpdateTimes: readsUpdateTimes)
        let result = try await reader.read(into: &state, progress: progress)
        var revalidation = try compare(plan, isDone, with: state)
        revalidation.reads = result.reads + names.reads
        let conflicts = revalidation.exceptions.values.filter { $0.disposition == .conflict }.count
        if onConflict == .stop, conflicts > 0 {
            throw PlanError(
                code: .ticketsChanged,
                message:
                    "\(Words.rows(conflicts)) no longer fit their tickets, which changed since "
                    + "the plan was made, and \(SettingName.stopOnConflict) sends nothing then: plan again",
                path: plan.path)
        }
        revalidation.waivers = try check(plan, isDone, revalidation, names.directory, state)
        return revalidation
    }

    /// Collects the tickets that the plan changes.
    ///
    /// - Returns: Whether it matters when they changed last.
    func collect(
        _ plan: PlanFile, _ isDone: (Int) throws -> Bool, into tickets: inout TicketTable,
        seeing see: (PlanEntry) -> Void = { _ in }
    ) throws -> Bool {
        var reader = try PlanReader(plan)
        while let entry = try reader.next() {
            see(entry)
            guard entry.disposition == .update, try !isDone(entry.carrier), let id = entry.ticketID
            else { continue }
            tickets.add(id)
        }
        return reader.header.expectsUpdateTimes
    }

    private func compare(
        _ plan: PlanFile, _ isDone: (Int) throws -> Bool, with state: borrowing TicketState
    ) throws -> PlanRevalidation {
        var revalidation = PlanRevalidation()
        var reader = try PlanReader(plan)
        let rules = RevalidationRules(reader.header, onConflict)
        var search = TicketSearch()
        while let entry = try reader.next() {
            let isOpen = try entry.disposition == .update && !isDone(entry.carrier)
            let isLookedUp = entry.disposition == .update || entry.mergedInto != nil
            let current =
                isLookedUp ? entry.ticketID.flatMap { CurrentTicket($0, in: state) } : nil
            if isOpen { search.looked(for: entry, isFound: current != nil) }
            var exception: PlanRevalidation.Exception?
            let carried = entry.mergedInto.flatMap { revalidation.exceptions[$0] }
            if let carried, carried.disposition != .update {
                // The request that would have carried this row is not sent.
                exception = carried
                exception?.changes = []
            } else if isOpen, !entry.changes.isEmpty {
                exception = rules.exception(entry, current)
                // The request that carries this row is sent, but maybe not for this row's fields.
                if entry.mergedInto != nil { exception?.carry() }
            }
            if var exception {
                exception.isCarried = entry.mergedInto != nil
                exception.read = current.map { current in
                    entry.changes.map {
                        FieldChange(
                            field: $0.field, before: current.values[$0.field], after: $0.after)
                    }
                }
                revalidation.exceptions[entry.row] = exception
            }
            let disposition = exception?.disposition ?? entry.disposition
            revalidation.counts.add(disposition)
            if entry.isOfOtherShard { revalidation.counts.otherShards += 1 }
            if disposition == .update, entry.mergedInto == nil, isOpen {
                revalidation.requests += 1
                let changes = exception?.changes ?? entry.changes
                if changes.contains(where: \.reopens) { revalidation.reopened += 1 }
            }
        }
        if reader.header.unread != .send, search.failed {
            throw PlanError(
                code: .noTicketFound,
                message:
                    "does the key belong to this organisation? None of the tickets that were read for "
                    + "the plan was found in Mava any more; no update was sent",
                path: plan.path)
        }
        return revalidation
    }
}

/// Detects that none of the tickets read for a plan is found any more.
///
/// The key then more likely belongs to another organisation than that all tickets were deleted.
private struct TicketSearch {
    /// The number of missing tickets from which this is suspicious.
    private static let fewestWanted = 5
    private var missing: Set<String> = []
    private var hasFound = false

    var failed: Bool { !hasFound && missing.count == Self.fewestWanted }

    mutating func looked(for entry: PlanEntry, isFound: Bool) {
        if isFound { hasFound = true }
        guard !hasFound, !entry.isUndiffed, missing.count < Self.fewestWanted,
            // Ids in another form cannot be looked up.
            let id = entry.ticketID, id.utf8.count == 24, id.allSatisfy(\.isHexDigit)
        else { return }
        missing.insert(id)
    }
}

extension TicketTable {
    /// Adds a ticket by its written id.
    mutating func add(_ id: String) {
        var id = id
        let key = id.withUTF8 { text in
            TicketKey(hexadecimal: text)
                ?? TicketKey(interned: Int(texts.intern(UnsafeRawBufferPointer(text))) - 1)
        }
        _ = add(self.key(key))
    }
}

extension PlanEntry {
    /// The row whose request carries this one: the row itself, or the row that it was merged into.
    ///
    /// The carrier's outcome applies to every row that it carries.
    fileprivate var carrier: Int { mergedInto ?? row }
}
