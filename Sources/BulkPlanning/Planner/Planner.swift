import BulkPlan
import BulkSystem
import BulkRecords
public import MavaAPI

/// Makes plans: reads rows, looks names up, reads the tickets as they are, and keeps what differs.
public struct Planner: Sendable {
    /// How plans are made.
    public var options: PlanOptions
    /// After how many rows the number of all rows is estimated.
    private static let sampleSize = 1024
    /// The numbers of rows and tickets have 31 bits, and a batch adds less than the rest of them.
    private static let mostRows = 2_147_000_000
    private let listing: (any TicketListing)?
    private let progress: @Sendable (PlanProgress) -> Void

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
    ///   - now: When the plan is made, in seconds since 1970.
    /// - Returns: The plan, saved where the options say.
    /// - Throws: A ``PlanError`` when there is no plan, a ``ColumnError`` for columns that cannot serve, a
    ///   `ReadError` or `FileError` when a file fails, and what the client throws when Mava cannot be
    ///   read.
    public func plan(_ input: PlanInput, now: Int) async throws -> Plan {
        try await TaskThread.run { () async throws -> Plan in try await make(input, now: now) }
    }

    private func make(_ input: PlanInput, now: Int) async throws -> Plan {
        // A place that cannot hold the plan is found out before a request is spent on it.
        if let output = options.output {
            if !options.replacesAnyFile { try PlanDestination.requireReplaceable(output) }
            _ = try AtomicFile(output)
        }
        try checkValues()
        try options.guards.checkWaivers()
        let file = try InputFile(input)
        let records = try file.firstReader()
        try refuseMappingTwice(records.columns, file)
        var planner = self
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
        draft.source = source
        draft.countsProblemsLater = options.selection.isCounted
        var mapper = try readRows(file, records, into: &draft)
        draft.takeTicketIDs(of: mapper)
        var reads = 0
        // A snapshot comes first: what it names may have to be looked up, or serve to look names up.
        var ticketsRead = try readSnapshot(&draft)
        let directory = try await lookUp(mapper, draft.state.values, &reads)
        let unresolved = draft.state.resolveNames(directory)
        try draft.resolve(directory, mapper, options)
        try checkNames(of: options.selection, directory, draft.state.values)
        let asksTickets = options.selection.asksTickets
        if !asksTickets { draft.select(options.selection, directory) }
        draft.leaveOutTickets()
        if ticketsRead == nil {
            ticketsRead = try await readTickets(
                &draft, &reads, readsUpdateTimes: options.selection.asksForUpdateTimes)
        }
        if asksTickets { draft.select(options.selection, directory) }
        draft.merge()
        try requireFound(draft, file)
        draft.decide()
        let waivers =
            try options.guards.check(
                counts: draft.counts, requests: draft.changes.requests, ticketsRead: ticketsRead,
                source: source) + draft.check(options.guards, directory)
        var header = header(
            file, draft, mapper.columns, mapper.survey, directory, unresolved, reads: reads,
            ticketsRead: ticketsRead, now: now)
        header.waivers = waivers
        header.notes += guardNotes(draft, waivers, ticketsRead)
        let saved = try writeRows(file, &draft, &mapper, header)
        let summary = PlanSummary(
            header: saved, groups: draft.summaryGroups(directory),
            ungrouped: draft.changes.others, problems: draft.problems.summary)
        return Plan(summary: summary, path: options.output)
    }

    /// Whether an address is this machine's, as every rehearsal's is.
    private static func isLocal(_ address: String) -> Bool {
        ["http://127.0.0.1", "http://localhost", "http://[::1]"].contains { address.hasPrefix($0) }
    }

    /// Refuses a map for a file of failed rows whose values were mapped when their plan was made.
    private func refuseMappingTwice(_ columns: [String], _ file: InputFile) throws(PlanError) {
        guard !options.maps.isEmpty,
            columns.contains(where: { ColumnRole(columnName: $0) == .reserved }),
            columns.contains(where: { $0.hasPrefix(ColumnMap.passivePrefix) })
        else { return }
        throw PlanError(
            code: .mapUnusable,
            message:
                "correct the values in this file and leave the map out: it is a file of failed rows, "
                + "and its values were mapped already", path: file.input.path)
    }

    /// Refuses two maps, or two values, for one field.
    private func checkValues() throws(PlanError) {
        if let lookups = options.lookups, let theirs = lookups.baseURL, let ours = options.baseURL,
            theirs != ours, !(Self.isLocal(theirs) && Self.isLocal(ours))
        {
            throw PlanError(
                code: .otherServer,
                message:
                    "the agents and categories in it are those of \(theirs), and the plan is for "
                    + "\(ours): write the file again with `mava-bulk lookups`", path: lookups.path)
        }
        let maps = Dictionary(grouping: options.maps, by: \.field)
        let fills = Dictionary(grouping: options.fills, by: \.field)
        if let twice = maps.values.first(where: { $0.count > 1 }) {
            throw PlanError(
                code: .mapUnusable, message: "there is another map for \(twice[0].field.rawValue)",
                path: twice[1].path)
        }
        if let twice = fills.values.first(where: { $0.count > 1 }) {
            throw PlanError(
                code: .valueUnusable,
                message: "\(twice[0].field.rawValue) is given twice: leave one out")
        }
    }

    /// Refuses a selection that asks for what cannot be known, or names agents or categories that do not exist.
    ///
    /// A misspelt name would leave all rows out, or none.
    private func checkNames(
        of selection: RowSelection, _ directory: NameDirectory, _ values: CurrentValues
    ) throws {
        for (index, comparison) in selection.comparisons.enumerated() {
            guard index < RowSelection.mostComparisons else {
                throw selection.error(
                    "there are more than \(RowSelection.mostComparisons) comparisons", at: index)
            }
            guard let subject = SelectedValues.Subject(comparison.subject) else {
                if case .column = comparison.subject { continue }
                throw selection.error(
                    "planning does not read this of a ticket; `mava-bulk export` can choose by it",
                    at: index)
            }
            if subject.isOld, source == .none {
                throw selection.error(
                    "what tickets hold is not known, because they are not read", at: index)
            }
            if let field = subject.field, let unknown = comparison.unknownWord(of: field) {
                throw selection.error(unknown.message, at: index, literal: unknown.literal)
            }
            if let thing = subject.thing, !directory.hasNames(of: thing),
                let place = comparison.firstName
            {
                throw selection.error(
                    "names cannot be looked up without a key: give --lookups FILE, or write the id",
                    at: index, literal: place)
            }
            if let thing = subject.thing,
                let unknown = comparison.unknownName(of: thing, in: directory)
            {
                throw selection.error(unknown.message, at: index, literal: unknown.literal)
            }
        }
    }

    /// How columns are read, with what maps and values from elsewhere make of it.
    private var columnChoices: ColumnChoices {
        var choices = options.columns
        choices.replaced = Set(options.fills.filter { $0.scope == .all }.map(\.field))
        choices.selection = options.selection
        choices.allowsNoColumn = !options.fills.isEmpty
        choices.allowsNoRequest =
            !options.fills.isEmpty || !options.maps.isEmpty || !options.columns.isEmpty
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
    private var source: PlanHeader.Source {
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
            reader = try RequestReader(records, choices: columnChoices)
        } catch {
            throw file.explained(error)
        }
        let selection = options.selection
        let isOfColumn = selection.comparisons.map { SelectedValues.Subject($0.subject) == nil }
        let needsResults = isOfColumn.contains(true) && isOfColumn.contains(false)
        if file.format == .csv { try reader.mapper.checkComparisons() }
        while let batch = try reader.next() {
            let start = draft.rows.count
            if start >= Self.mostRows {
                throw PlanError(
                    code: .inputTooLarge,
                    message: "more than 2,147,000,000 rows: split the file", path: file.input.path)
            }
            let requests = batch.requests
            for row in 0..<batch.count {
                let request = requests[row]
                if let results = batch.comparisonResults(row) {
                    let outcome =
                        results == ColumnComparisons.unreadable
                        ? nil
                        : selection.decided {
                            isOfColumn[$0] ? results >> UInt64($0) & 1 == 1 : nil
                        }
                    if needsResults { draft.columnResults.append(results) }
                    if outcome == false {
                        draft.addExcluded()
                        continue
                    }
                }
                if request.asksForChange {
                    draft.add(request, request.hasPreconditions ? batch.preconditions(row) : nil)
                } else {
                    draft.addInvalid(batch.issues(row), line: batch.line(row))
                }
            }
            if start < Self.sampleSize, draft.rows.count >= Self.sampleSize {
                // By the length of the first rows, so many will come.
                draft.state.tickets.reserve(
                    (file.size ?? 0) / (batch.endOffset / draft.rows.count + 1))
            }
            if start >> 16 != draft.rows.count >> 16 { progress(.readingRows(draft.rows.count)) }
        }
        draft.flush()
        guard draft.rows.count > 0 || options.allowsEmpty else { throw noRows(file) }
        if draft.problems.hasMalformed { try file.refuseForeignEncoding() }
        var mapper = reader.finish()
        if draft.rows.count > 0 { try mapper.checkComparisons() }
        do throws(ColumnError) {
            try mapper.columns.checkExpectations()
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
                + "change nothing: allow it with --allow-empty", path: file.input.path)
    }

    /// Reads the agents and categories, if the input or the snapshot names any.
    ///
    /// Without lists the names that the snapshot gives beside ids have to serve.
    private func lookUp(
        _ mapper: borrowing RequestMapper, _ values: CurrentValues, _ reads: inout Int
    ) async throws -> NameDirectory {
        var agents = options.agents
        var categories = options.categories
        if let listing {
            if agents == nil,
                mapper.agents.count > 0 || values.assignees.hasNames || namesAny(.assignedTo)
            {
                agents = try await listing.agents()
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
        return NameDirectory(agents: agents, categories: categories)
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

    /// From how many tickets on it is odd that none of them is found.
    private static let fewestWanted = 5

    /// Refuses a plan when tickets were looked for and none of them was found: more likely the key, the file or
    /// the snapshot is another organisation's than that all tickets were deleted.
    private func requireFound(_ draft: borrowing PlanDraft, _ file: InputFile) throws {
        guard draft.source != .none, options.unread != .send else { return }
        var wanted = 0
        for number in 0..<draft.state.tickets.count {
            guard draft.state.tickets.creationTime(number) != nil,
                !draft.state.tickets.entries[number].flags.contains(.isLeftOut)
            else { continue }
            if draft.state.tickets.entries[number].flags.contains(.isRead) { return }
            wanted += 1
        }
        guard wanted >= Self.fewestWanted else { return }
        let place = draft.source == .snapshot ? "in the snapshot" : "in Mava"
        let question =
            draft.source == .snapshot
            ? "is it a snapshot of this organisation, and not an old one?"
            : "does the key belong to this organisation?"
        throw PlanError(
            code: .noTicketFound,
            message:
                "none of the \(Words.counted(wanted, "ticket")) was found \(place): \(question)",
            path: file.input.path)
    }

    private func header(
        _ file: InputFile, _ draft: borrowing PlanDraft, _ columns: ColumnMap,
        _ ids: IDSurvey, _ directory: NameDirectory, _ unresolved: (agents: Int, categories: Int),
        reads: Int, ticketsRead: Int?, now: Int
    ) -> PlanHeader {
        var header = PlanHeader(
            tool: options.tool, createdAt: CivilTime(secondsSince1970: now).iso8601,
            input: .init(
                name: file.input.path, sha256: file.sha256(), format: file.formatName,
                columns: CellLayout(columns, options)?.names ?? columns.names),
            source: source,
            price: PlanPrice(
                reads: reads, writes: draft.changes.requests,
                auditEntries: draft.changes.fieldChanges, quotaLimit: options.quotaLimit,
                quotaSeconds: options.quotaSeconds))
        file.describe(&header.input)
        header.price.writesWithoutReading = writesWithoutReading(draft)
        header.baseURL = options.baseURL
        header.counts = draft.counts
        header.maps = draft.mapsUsed
        header.requests = draft.changes.requests
        header.fieldChanges = draft.changes.fieldChanges
        header.undiffed = draft.changes.undiffed
        header.handOffs = draft.changes.handOffs
        header.allowsHandOff = options.allowsHandOff
        header.unread = options.unread
        header.lastRowCounts = options.onDuplicate == .last
        header.expectsUpdateTimes = draft.preconditions.asksForUpdateTimes
        header.blindAssignments = draft.changes.blindAssignments
        header.ticketsRead = ticketsRead ?? 0
        draft.addNames(to: &header, directory)
        header.namesNoObjectID = ids.areAllOther
        let unknown = columns.unknown
        header.notes = columns.notes + unknown.prefix(1000).map(\.description)
        let others = unknown.count - 1000
        if others > 0 {
            header.notes.append("\(Words.counted(others, "more column")) not known, without effect")
        }
        if let lookups = options.lookups {
            header.notes.append(
                "names were looked up in \(lookups.path)"
                    + (lookups.createdAt.map { ", written \($0)" } ?? ""))
        }
        for map in options.maps where map.leaves > 0 {
            header.notes.append(
                "\(Words.counted(map.leaves, "line")) of the map \(map.path) \(map.leaves == 1 ? "has" : "have") "
                    + "no `to`: tickets with \(map.leaves == 1 ? "its" : "their") value stay as they are"
            )
        }
        for map in draft.mapsUsed where map.unused > 0 {
            header.notes.append(
                "\(Words.counted(map.unused, "line")) of the map \(map.file) \(map.unused == 1 ? "was" : "were") "
                    + "not used: no row has \(map.unused == 1 ? "its" : "their") value")
        }
        if let sample = options.selection.sample {
            header.notes.append(
                "a random sample of at most \(Words.rows(sample)), with --seed "
                    + "\(options.selection.seed)")
        }
        header.notes += ids.notes
        header.notes += snapshotNotes(draft, directory, unresolved)
        if !options.readsAlways, let note = readingNote(header.price, draft) {
            header.notes.append(note)
        }
        header.takesNamesFromSnapshot =
            directory.isPartial && (directory.hasAgents || directory.hasCategories)
        if !directory.hasAgents, draft.assignees.count > 1 {
            header.notes.append("agents could not be looked up: their ids are taken as they are")
        }
        if !directory.hasCategories, draft.categories.count > 1 {
            header.notes.append(
                "categories could not be looked up: their ids are taken as they are")
        }
        return header
    }

    /// That reading cost more requests than it saved, where nothing else needed what was read.
    private func readingNote(_ price: PlanPrice, _ draft: borrowing PlanDraft) -> String? {
        // Less than a window's requests more cost no time worth a word.
        guard let without = price.writesWithoutReading,
            price.reads + price.writes > without + price.quotaLimit,
            draft.preconditions.count == 0, draft.counts.held == 0
        else { return nil }
        return
            "\(Self.readingBeginning): --read never needs \(Words.counted(without, "request")), "
            + "not \(Words.number(price.reads + price.writes)), but shows no values before, finds no "
            + "conflict and does not know what the AI is handling"
    }

    /// How the note about the price of reading begins.
    static let readingBeginning = "reading cost more than it saved"

    /// How many updates there would be if no ticket had been read.
    private func writesWithoutReading(_ draft: borrowing PlanDraft) -> Int? {
        guard source == .live, !options.selection.asksTickets else { return nil }
        var writes = 0
        for number in 0..<draft.state.tickets.count
        where !draft.state.tickets.entries[number].flags.contains(.isLeftOut) { writes += 1 }
        return writes
    }

    /// What share of the tickets changes, where that is limited, and the waivers that were not needed.
    private func guardNotes(
        _ draft: borrowing PlanDraft, _ waivers: [PlanHeader.Waiver], _ ticketsRead: Int?
    ) -> [String] {
        let share = options.guards.shareNote(
            requests: draft.changes.requests, ticketsRead: ticketsRead, source: source)
        return (share.map { [$0] } ?? []) + options.guards.unusedWaivers(waivers)
    }

    /// What is to be said of a snapshot that tells less than the listing would.
    private func snapshotNotes(
        _ draft: borrowing PlanDraft, _ directory: NameDirectory,
        _ unresolved: (agents: Int, categories: Int)
    ) -> [String] {
        guard case .snapshot = options.source else { return [] }
        var notes: [String] = []
        let fields = draft.fields
        if directory.isPartial, directory.hasAgents || directory.hasCategories {
            notes.append(
                "names were looked up in the snapshot, which may not hold all agents and categories"
            )
        }
        let kinds = [
            fields.contains(.assignee) && unresolved.agents > 0
                ? Words.counted(unresolved.agents, "agent") : nil,
            fields.contains(.category) && unresolved.categories > 0
                ? "\(Words.number(unresolved.categories)) "
                    + (unresolved.categories == 1 ? "category" : "categories") : nil,
        ].compactMap { $0 }
        if !kinds.isEmpty {
            notes.append(
                "the ids of \(kinds.joined(separator: " and ")) that the snapshot names are not known: "
                    + "tickets that hold them count as different")
        }
        if draft.state.values.lacksAIStatus, fields.contains(.assignee) {
            notes.append(
                "the snapshot has no column aiStatus, so it is not known which tickets the AI is "
                    + "handling")
        }
        return notes
    }

    /// Reads the input again and writes a line for each row.
    private func writeRows(
        _ file: InputFile, _ draft: inout PlanDraft, _ mapper: inout RequestMapper,
        _ header: PlanHeader
    ) throws -> PlanHeader {
        var writer = try PlanWriter(options.output, draft: header)
        guard draft.rows.count > 0 else { return try writer.finish(header) }
        var reader = try file.secondReader()
        var rowWriter = PlanRowWriter(
            columnCount: mapper.columns.names.count, keepsAllCells: mapper.columns.hasUnknown,
            rowsWithoutLine: draft.problems.rowsWithoutLine, isJSON: reader.format == .jsonLines,
            layout: CellLayout(mapper.columns, options))
        var again = try RequestMapper(
            columns: reader.columns, format: reader.format, choices: columnChoices)
        var index = 0
        while try reader.advance() {
            guard index < draft.rows.count else { throw file.changed }
            try rowWriter.write(reader.record, index, &draft, &again, to: &writer)
            index += 1
            if index & 0xFFFF == 0 { progress(.writingRows(index)) }
        }
        guard index == draft.rows.count, file.isUnchanged else { throw file.changed }
        return try writer.finish(header)
    }
}
