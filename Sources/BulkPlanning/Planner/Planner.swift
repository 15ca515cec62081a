import BulkPlan
import BulkSystem
package import BulkRecords
public import MavaAPI

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Makes plans: reads rows, looks names up, reads the tickets as they are, and keeps what differs.
public struct Planner: Sendable {
    /// How plans are made.
    public var options: PlanOptions
    /// After how many rows the number of all rows is estimated.
    private static let sampleSize = 1024
    /// The numbers of rows and tickets have 31 bits, and a batch adds less than the rest of them.
    private static let mostRows = 2_147_000_000
    /// How many bytes of the input are read at a time, the first time and the second.
    package var blockSize = BlockReader<RequestBatch>.defaultSize
    /// The limits of the input's records.
    package var limits = RecordLimits()
    private let listing: (any TicketListing)?
    let progress: @Sendable (PlanProgress) -> Void

    /// Makes a planner that reads from Mava.
    ///
    /// - Parameters:
    ///   - options: How plans are made.
    ///   - client: The client to read with; `nil` to plan without asking Mava anything.
    ///   - progress: Called now and then with what planning is doing.
    public init(
        options: PlanOptions = PlanOptions(), client: MavaClient? = nil,
        progress: @escaping @Sendable (PlanProgress) -> Void = { _ in }
    ) {
        self.init(
            options: options, listing: client.map { MavaListing(client: $0) }, progress: progress)
    }

    /// Makes a planner that reads from anything that lists tickets.
    package init(
        options: PlanOptions, listing: (any TicketListing)?,
        progress: @escaping @Sendable (PlanProgress) -> Void = { _ in }
    ) {
        self.options = options
        self.listing = listing
        self.progress = progress
    }

    /// Makes a plan.
    ///
    /// The input is read twice and never held; memory grows by some sixty bytes a row.
    ///
    /// - Parameters:
    ///   - input: The rows.
    ///   - now: When the plan is made.
    /// - Returns: The plan, saved where the options say.
    /// - Throws: A ``PlanError`` when there is no plan, a ``ColumnError`` for columns that cannot serve, a
    ///   `ReadError` or `FileError` when a file fails, what the client throws when Mava cannot be read, and a
    ///   `CancellationError` when the task is cancelled.
    public func plan(_ input: PlanInput, now: Date = Date()) async throws -> Plan {
        try await plan(input, now: now.secondsSince1970)
    }

    /// Makes a plan, with the time in seconds since 1970.
    package func plan(_ input: PlanInput, now: Int) async throws -> Plan {
        try await TaskThread.run { () async throws -> Plan in try await make(input, now: now) }
    }

    private func make(_ input: PlanInput, now: Int) async throws -> Plan {
        // A place that cannot hold the plan is found out before a request is spent on it.
        if let output = options.output {
            if !options.replacesAnyFile { try PlanDestination.requireReplaceable(output) }
            _ = try AtomicFile(output)
        }
        try checkValues()
        try options.selection.requireFewComparisons()
        try options.guards.requireUsable()
        let file = try InputFile(input, limits)
        let records = try file.firstReader()
        try refuseMappingTwice(records.columns, file)
        var planner = self
        planner.options.columns.takesRefusals =
            input.rows != nil && options.follows?.kind == .undo
        if records.format == .csv {
            planner.options.selection = options.selection.resolved(records.columns)
        }
        return try await planner.make(file, records, now: now)
    }

    private func make(
        _ file: InputFile, _ records: consuming RecordReader, now: Int
    ) async throws -> Plan {
        var draft = PlanDraft(
            allowsHandOff: options.allowsHandOff, takesLast: options.onDuplicate == .last,
            unread: options.unread)
        draft.mergesRows = options.mergesRows
        draft.naming.source = source
        draft.state.marks = ProtectedMarks(options.guards.protected)
        let mapper = try readRows(file, records, into: &draft)
        draft.internTicketIDs(of: mapper)
        var reads = 0
        // The snapshot comes first: its names may need a look-up, or may themselves serve for look-ups.
        var ticketsRead = try readSnapshot(&draft)
        let directory = try await lookUp(mapper, draft.state.values, &reads)
        try refuseUnreadWishes(mapper, directory, file)
        let unresolved = draft.state.resolveNames(directory)
        try draft.resolve(directory, mapper, options)
        try checkNames(of: options.selection, directory, draft.state.values)
        let asksTickets = options.selection.asksTickets
        if !asksTickets {
            draft.select(options.selection, directory)
            draft.refuseObstacles()
        }
        draft.leaveOutTickets()
        if ticketsRead == nil {
            ticketsRead = try await readTickets(
                &draft, &reads, readsUpdateTimes: options.selection.asksForUpdateTimes)
        }
        if asksTickets {
            draft.select(options.selection, directory)
            draft.refuseObstacles()
        }
        draft.merge()
        try requireFound(draft, file)
        draft.decide()
        let exceeded =
            try options.guards.violations(
                counts: draft.counts, requests: draft.changes.requests, ticketsRead: ticketsRead,
                source: source) + draft.violations(options.guards, directory)
        let waivers = try options.guards.settle(exceeded)
        var header = header(
            file, draft, mapper.columns, mapper.survey, directory, unresolved, reads: reads,
            ticketsRead: ticketsRead, now: now)
        header.waivers = waivers
        header.notes += guardNotes(draft, waivers, ticketsRead)
        // From here on, no ticket is looked up.
        draft.state.tickets.removeIndex()
        let finish = try writeRows(file, &draft, mapper, header)
        // The groups of a summary can need as much memory as the rows, which are written, and the tickets' values.
        draft.rows = SegmentedArray()
        draft.state.tickets.removeValues()
        var summary = PlanSummary(
            header: header, groups: draft.summaryGroups(directory),
            ungrouped: draft.changes.others, problems: draft.problems.summary)
        summary.header = try finish.wait()
        return Plan(summary: summary, path: options.output)
    }

    /// How columns are read, with what maps and values from elsewhere make of it.
    var columnChoices: ColumnChoices {
        var choices = options.columns
        choices.replaced = Set(options.fills.filter { $0.scope == .all }.map(\.field))
        choices.selection = options.selection
        choices.allowsNoColumn = !options.fills.isEmpty
        choices.allowsNoRequest =
            !options.fills.isEmpty || !options.maps.isEmpty || !options.columns.isEmpty
        choices.mapped = Set(options.maps.map(\.field))
        for map in options.maps where map.field == .status || map.field == .priority {
            choices.words[map.field] = WordMap(map)
        }
        return choices
    }

    /// Whether a map or a value from elsewhere names an agent or a category.
    private func namesAny(_ field: TicketField) -> Bool {
        options.maps.contains { $0.field == field }
            || options.selection.names(field) || options.guards.names(field)
            || options.fills.contains { fill in
                if case .name = fill.wanted { fill.field == field } else { false }
            }
    }

    /// Where the tickets' values come from, as the plan says.
    var source: PlanHeader.Source {
        switch options.source {
        case .snapshot: .snapshot
        case .live: listing == nil ? .none : .live
        case .none: .none
        }
    }

    private func readRows(
        _ file: InputFile, _ records: consuming RecordReader, into draft: inout PlanDraft
    ) throws -> RequestMapper {
        let before = (records.delimiterRows, records.fieldCountsForgiven)
        if records.format == .csv, records.columns.isEmpty {
            // There is not even a header.
            guard options.allowsEmpty else { throw noRows(file) }
            return try RequestMapper(columns: [], format: .jsonLines, choices: columnChoices)
        }
        var reader: RequestReader
        do throws(ColumnError) {
            reader = try RequestReader(records, choices: columnChoices, blockSize: blockSize)
        } catch {
            throw file.explained(error)
        }
        var bytes = 0
        let selection = options.selection
        let isOfColumn = selection.comparisons.map { SelectedValues.Subject($0.subject) == nil }
        let needsResults = isOfColumn.contains(true) && isOfColumn.contains(false)
        if file.format == .csv { try reader.mapper.checkComparisons() }
        while let batch = try reader.next() {
            try Task.checkCancellation()
            let start = draft.rows.count
            bytes = batch.endOffset
            file.blockStarts.append(
                .init(offset: batch.startOffset, row: batch.firstRow, line: batch.firstLine))
            if start >= Self.mostRows {
                throw PlanError(
                    code: .inputTooLarge,
                    message: "more than 2,147,000,000 rows: split the file", path: file.input.path)
            }
            draft.sawMalformed = draft.sawMalformed || batch.hasMalformed
            let requests = batch.requests
            for row in 0..<batch.count {
                if selection.excluded?.contains(start + row + 1) == true {
                    if needsResults { draft.columnResults.append(.init()) }
                    draft.addExcluded()
                    continue
                }
                let request = requests[row]
                if let shard = selection.shard {
                    // The shard comes before the conditions, so that each row has one shard.
                    let owner =
                        request.asksForChange
                        ? RowShard.number(
                            of: reader.mapper.ticketID(request.ticket), count: shard.count)
                        : RowShard.ofInvalidRows
                    if owner != shard.number {
                        if needsResults { draft.columnResults.append(.init()) }
                        draft.addExcluded(ofShard: owner)
                        continue
                    }
                }
                if let results = batch.comparisonResults(row) {
                    let outcome = selection.decided { isOfColumn[$0] ? results[$0] : nil }
                    if needsResults { draft.columnResults.append(results) }
                    if outcome == false {
                        draft.addExcluded()
                        continue
                    }
                }
                if request.asksForChange {
                    draft.add(request, request.hasPreconditions ? batch.preconditions(row) : nil)
                } else if let code = batch.issueCode(row) {
                    draft.addInvalid(code)
                }
            }
            if start < Self.sampleSize, draft.rows.count >= Self.sampleSize {
                // An estimate of the number of rows, from the length of the first ones.
                draft.state.tickets.reserve(
                    (file.size ?? 0) / (batch.endOffset / draft.rows.count + 1))
            }
            if start >> 16 != draft.rows.count >> 16 { progress(.readingRows(draft.rows.count)) }
        }
        draft.flush()
        if let excluded = selection.excluded, excluded.rows != draft.rows.count {
            throw PlanError(
                code: .inputChanged,
                message:
                    "there are \(Words.rows(draft.rows.count)) where \(excluded.rows) were expected",
                path: file.input.path)
        }
        guard draft.rows.count > 0 || options.allowsEmpty else { throw noRows(file) }
        var mapper = reader.finish()
        if draft.hasMalformed, mapper.survey.hasInvalidUTF8 { try file.refuseForeignEncoding() }
        if draft.rows.count > 0 { try mapper.checkComparisons() }
        if file.isJSON {
            try refuseMappingTwice(mapper.columns.names, file)
            try refuseSparseRecords(
                rows: draft.rows.count, keys: mapper.columns.names.count, bytes: bytes, file)
        }
        try refuseOtherHeader(mapper.otherHeaderLine, file)
        do throws(ColumnError) {
            try mapper.columns.checkUnknown()
            if file.isJSON, draft.rows.count > 0 { try mapper.columns.checkChoices() }
        } catch {
            throw file.explained(error)
        }
        mapper.survey.delimiterRows += before.0
        mapper.survey.fieldCountsForgiven += before.1
        return mapper
    }

    private func noRows(_ file: InputFile) -> PlanError {
        PlanError(
            code: .inputEmpty,
            message:
                "there is no row in it, and an empty input is more often a failed export than a wish to "
                + "change nothing: allow it with \(SettingName.allowEmpty)", path: file.input.path)
    }

    /// Reads the agents and categories, if the input or the snapshot names any.
    ///
    /// Without lists the names that the snapshot gives beside ids have to serve.
    private func lookUp(
        _ mapper: borrowing RequestMapper, _ values: CurrentValues, _ reads: inout Int
    ) async throws -> NameDirectory {
        var agents = options.agents
        var categories = options.categories
        // A file of look-ups can be from anywhere; what the key sees is its own organisation.
        var organisation = options.organisation
        if let listing {
            if agents == nil,
                mapper.agents.count > 0 || values.assignees.hasNames || namesAny(.assignedTo)
            {
                let present = try await listing.agents()
                agents = present
                organisation = OrganisationFingerprint(present)
                reads += 1
            }
            if categories == nil,
                mapper.categories.count > 0 || values.categories.hasNames || namesAny(.categoryID)
            {
                categories = try await listing.categories()
                reads += 1
            }
        } else if agents == nil, categories == nil {
            return NameDirectory(
                agents: values.agentNames.agents, categories: values.categoryNames.categories,
                isPartial: true)
        }
        var directory = NameDirectory(agents: agents, categories: categories)
        directory.organisation = organisation
        return directory
    }

    /// Reads the snapshot, if there is one; the result is how many tickets it holds.
    private func readSnapshot(_ draft: inout PlanDraft) throws -> Int? {
        guard case .snapshot(let path) = options.source else { return nil }
        return try SnapshotFile(
            path: path,
            readsUpdateTimes: draft.preconditions.asksForUpdateTimes
                || options.selection.asksForUpdateTimes,
            fields: draft.fields.union(options.selection.fieldsAsked)
                .union(options.guards.fieldsAsked)
        ).read(into: &draft.state)
    }

    /// Reads the tickets as they are; the result is how many, or `nil` when none was asked for.
    private func readTickets(
        _ draft: inout PlanDraft, _ reads: inout Int, readsUpdateTimes: Bool
    ) async throws -> Int? {
        let readsUpdateTimes = readsUpdateTimes || draft.preconditions.asksForUpdateTimes
        switch options.source {
        case .none, .snapshot: return nil
        case .live:
            guard let listing else { return nil }
            let reader = LiveReader(listing: listing, readsUpdateTimes: readsUpdateTimes)
            let result = try await reader.read(into: &draft.state) { reading in
                progress(reading)
            }
            reads += result.reads
            return result.tickets
        }
    }
}
