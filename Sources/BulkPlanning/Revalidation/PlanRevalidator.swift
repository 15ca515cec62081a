package import BulkPlan
import BulkSystem
import BulkRecords
public import MavaAPI

/// Reads the tickets of a saved plan again before it is applied.
///
/// Time passes between approval and application, and Mava resolves idle tickets by itself.
public struct PlanRevalidator: Sendable {
    /// What happens to rows whose tickets changed.
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
    ///   - onConflict: What happens to rows whose tickets changed.
    ///   - progress: Called after each page.
    public init(
        client: MavaClient, onConflict: ConflictPolicy = .skip,
        progress: @escaping @Sendable (PlanProgress) -> Void = { _ in }
    ) {
        self.init(listing: MavaListing(client: client), onConflict: onConflict, progress: progress)
    }

    /// Makes a revalidator that reads from anything that lists tickets.
    package init(
        listing: any TicketListing, onConflict: ConflictPolicy,
        progress: @escaping @Sendable (PlanProgress) -> Void = { _ in }
    ) {
        self.listing = listing
        self.onConflict = onConflict
        self.progress = progress
    }

    /// Compares a saved plan with the tickets as they are now.
    ///
    /// - Parameters:
    ///   - path: The plan's file.
    ///   - isDone: Whether a row, by its number, has its outcome already; it is left alone then.
    /// - Returns: What still stands of it.
    /// - Throws: A ``PlanError`` when the plan is not as it was made, or when tickets changed and nothing
    ///   is to be sent then; a `FileError` when it cannot be read, and what the client throws.
    public func revalidate(
        path: String, isDone: (Int) throws -> Bool = { _ in false }
    ) async throws -> PlanRevalidation {
        try await revalidate(PlanFile(path: path), isDone: isDone)
    }

    /// Compares a saved plan that is open with the tickets as they are now.
    package func revalidate(
        _ plan: PlanFile, isDone: (Int) throws -> Bool = { _ in false }
    ) async throws -> PlanRevalidation {
        try await TaskThread.run { () async throws -> PlanRevalidation in
            try await compare(plan, isDone)
        }
    }

    /// Summarises a saved plan, and compares it with the tickets as they are now.
    ///
    /// The rows are summarised as they are read for their tickets, so they are not read once more.
    package func summarizeAndRevalidate(
        _ plan: PlanFile
    ) async throws -> (PlanSummary, PlanRevalidation) {
        try await TaskThread.run { () async throws -> (PlanSummary, PlanRevalidation) in
            var tally = SavedPlanTally(header: plan.header)
            let revalidation = try await compare(plan, { _ in false }) { tally.add($0) }
            return (tally.summary, revalidation)
        }
    }

    /// Reads the rows once for their tickets, and once more when the tickets are known.
    private func compare(
        _ plan: PlanFile, _ isDone: (Int) throws -> Bool,
        seeing see: (PlanEntry) -> Void = { _ in }
    ) async throws -> PlanRevalidation {
        var state = TicketState(hash: ByteHash())
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
                    + "the plan was made, and --on-conflict stop sends nothing then: plan again",
                path: plan.path)
        }
        revalidation.waivers = try check(plan, isDone, revalidation, names.directory, state)
        return revalidation
    }

    /// Notes the tickets that the plan changes.
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
                // The request that was to carry this row is not sent.
                exception = carried
                exception?.changes = []
            } else if isOpen, !entry.changes.isEmpty {
                exception = rules.exception(entry, current)
                // The request that carries this row is sent, though maybe not for its fields.
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
            if disposition == .update, entry.mergedInto == nil, isOpen {
                revalidation.requests += 1
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

/// Whether tickets that were read for a plan were looked for and none of them was found: more likely the key is
/// another organisation's than that all tickets were deleted.
private struct TicketSearch {
    /// From how many tickets on it is odd that none of them is found any more.
    private static let fewestWanted = 5
    private var missing: Set<String> = []
    private var hasFound = false

    var failed: Bool { !hasFound && missing.count == Self.fewestWanted }

    mutating func looked(for entry: PlanEntry, isFound: Bool) {
        if isFound { hasFound = true }
        guard !hasFound, !entry.isUndiffed, missing.count < Self.fewestWanted,
            // Ids of another form are not looked for.
            let id = entry.ticketID, id.utf8.count == 24, id.allSatisfy(\.isHexDigit)
        else { return }
        missing.insert(id)
    }
}

extension TicketTable {
    /// Adds a ticket by its id as it is written.
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
    /// The row whose request carries this one: itself, or the row that it was merged into.
    ///
    /// The carrier's outcome is the outcome of every row that it carries.
    fileprivate var carrier: Int { mergedInto ?? row }
}
