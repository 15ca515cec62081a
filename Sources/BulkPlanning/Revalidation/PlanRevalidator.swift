import BulkRecords
public import MavaAPI

/// Reads the tickets of a saved plan again before it is applied.
///
/// Time passes between approval and application, and Mava resolves idle tickets by itself.
public struct PlanRevalidator: Sendable {
    /// What happens to rows whose tickets changed.
    public var onConflict: ConflictPolicy
    private let listing: any TicketListing
    private let progress: @Sendable (PlanProgress) -> Void

    /// Makes a revalidator that reads from Mava.
    ///
    /// - Parameters:
    ///   - client: The client to read with.
    ///   - onConflict: What happens to rows whose tickets changed.
    ///   - progress: Told after each page.
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
        try await TaskThread.run { () async throws -> PlanRevalidation in
            try await compare(path, isDone)
        }
    }

    private func compare(
        _ path: String, _ isDone: (Int) throws -> Bool
    ) async throws -> PlanRevalidation {
        var state = TicketState(hash: ByteHash())
        try collect(path, isDone, into: &state.tickets)
        let reader = LiveReader(listing: listing, readsUpdateTimes: false)
        let result = try await reader.read(into: &state, progress: progress)
        var revalidation = try compare(path, isDone, with: state)
        revalidation.reads = result.reads
        let conflicts = revalidation.exceptions.values.filter { $0.disposition == .conflict }.count
        if onConflict == .stop, conflicts > 0 {
            throw PlanError(
                code: .ticketsChanged,
                message:
                    "\(Words.rows(conflicts)) no longer fit their tickets, which changed since "
                    + "the plan was made, and --on-conflict stop sends nothing then: plan again",
                path: path)
        }
        return revalidation
    }

    /// Notes the tickets that the plan changes.
    private func collect(
        _ path: String, _ isDone: (Int) throws -> Bool, into tickets: inout TicketTable
    ) throws {
        var reader = try PlanReader(path: path)
        while let entry = try reader.next() {
            guard entry.disposition == .update, try !isDone(entry.carrier), let id = entry.ticketID
            else { continue }
            tickets.add(id)
        }
    }

    private func compare(
        _ path: String, _ isDone: (Int) throws -> Bool, with state: borrowing TicketState
    ) throws -> PlanRevalidation {
        var revalidation = PlanRevalidation()
        var reader = try PlanReader(path: path)
        let allowsHandOff = reader.header.allowsHandOff
        let directory = Directory(reader.header)
        while let entry = try reader.next() {
            var exception: PlanRevalidation.Exception?
            if let carrier = entry.mergedInto, let carried = revalidation.exceptions[carrier],
                carried.disposition != .update
            {
                // The request that was to carry this row is not sent.
                exception = carried
                exception?.changes = []
            } else if entry.disposition == .update, !entry.changes.isEmpty,
                try !isDone(entry.carrier)
            {
                let current = entry.ticketID.flatMap { CurrentTicket($0, in: state) }
                exception = entry.exception(
                    current, onConflict, allowsHandOff: allowsHandOff, directory)
            }
            if let exception { revalidation.exceptions[entry.row] = exception }
            let disposition = exception?.disposition ?? entry.disposition
            revalidation.counts.add(disposition)
            if disposition == .update, entry.mergedInto == nil, try !isDone(entry.row) {
                revalidation.requests += 1
            }
        }
        return revalidation
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

/// What a ticket holds now.
struct CurrentTicket {
    var values: [TicketField: FieldValue]
    var isHandledByAI: Bool

    init(values: [TicketField: FieldValue], isHandledByAI: Bool) {
        self.values = values
        self.isHandledByAI = isHandledByAI
    }

    /// What was read of a ticket; `nil` where it was not.
    init?(_ id: String, in state: borrowing TicketState) {
        var id = id
        let finder = state.tickets.finder
        guard let key = id.withUTF8({ finder.key(UnsafeRawBufferPointer($0)) }),
            let number = finder.find(key)
        else { return nil }
        let entry = state.tickets.entries[Int(number)]
        guard entry.flags.contains(.isRead) else { return nil }
        func text(_ table: ValueTable, _ number: UInt32) -> FieldValue {
            number == 0 ? .null : .text(table[number])
        }
        values = [
            .status: text(state.values.statuses, UInt32(entry.status)),
            .priority: entry.priority == .min ? .null : .number(Int(entry.priority)),
            .categoryID: text(state.values.categories, entry.category),
            .assignedTo: text(state.values.assignees, entry.assignee),
        ]
        isHandledByAI = entry.flags.contains(.handledByAI)
    }
}

extension PlanEntry {
    /// The row whose request carries this one: itself, or the row that it was merged into.
    ///
    /// The carrier's outcome is the outcome of every row that it carries.
    fileprivate var carrier: Int { mergedInto ?? row }

    /// What becomes of an update now.
    ///
    /// - Parameters:
    ///   - current: What its ticket holds; `nil` when the ticket was not found.
    ///   - policy: What happens when the ticket changed.
    ///   - allowsHandOff: Whether the plan may take tickets from the AI.
    ///   - directory: What ids are called in messages.
    /// - Returns: What has changed about the row; `nil` when it stands as it was approved.
    func exception(
        _ current: CurrentTicket?, _ policy: ConflictPolicy, allowsHandOff: Bool,
        _ directory: Directory
    ) -> PlanRevalidation.Exception? {
        guard let current else {
            if isUndiffed || policy == .overwrite { return nil }
            return .conflict("look whether the ticket still exists: it cannot be found any more")
        }
        let left = changes.filter { current.values[$0.field] != $0.after }
        if left.isEmpty { return .init(disposition: .unchanged, changes: [], issue: nil) }
        if policy != .overwrite,
            let moved = left.first(where: {
                $0.before != nil && current.values[$0.field] != $0.before
            })
        {
            let field = moved.field
            let before = Self.shown(moved.before, field, directory)
            let now = Self.shown(current.values[field], field, directory)
            return .conflict(
                "plan again, or apply with --on-conflict overwrite: \(field.rawValue) was \(before) when "
                    + "the plan was made and is \(now) now")
        }
        let assigns = left.contains { $0.field == .assignedTo && $0.after != .null }
        if assigns, current.isHandledByAI, !allowsHandOff {
            return .init(
                disposition: .held, changes: [],
                issue: RowIssue(
                    code: .aiHandling,
                    message:
                        "plan again with --allow-ai-handoff, or leave the row out: the AI has taken "
                        + "the ticket since the plan was made, and assigning it would end that"
                ))
        }
        // What the ticket holds now is what would be changed.
        let updated = left.map { change in
            FieldChange(
                field: change.field, before: current.values[change.field], after: change.after)
        }
        return updated == changes ? nil : .init(disposition: .update, changes: updated, issue: nil)
    }

    private static func shown(
        _ value: FieldValue?, _ field: TicketField, _ directory: Directory
    ) -> String {
        let name = directory.name(of: value ?? .null, field)
        guard case .text? = value else { return name }
        return quoted(name)
    }
}

extension PlanRevalidation.Exception {
    fileprivate static func conflict(_ message: String) -> Self {
        Self(
            disposition: .conflict, changes: [],
            issue: RowIssue(code: .changedSincePlan, message: message))
    }
}
