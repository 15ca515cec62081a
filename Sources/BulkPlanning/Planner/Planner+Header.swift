import BulkPlan
import BulkSystem
import MavaAPI

extension Planner {
    /// Makes the header of a plan, with what a preview says about it.
    func header(
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
                quotaWindow: options.quotaWindow))
        file.describe(&header.input)
        header.price.writesWithoutReading = writesWithoutReading(draft)
        header.baseURL = options.baseURL
        header.follows = options.follows
        header.shard = options.selection.shard.map {
            PlanHeader.Shard(
                index: $0.number, count: $0.count,
                optionsSHA256: options.decisionsSHA256(of: file.input))
        }
        header.organisation = directory.organisation
        header.counts = draft.counts
        header.maps = draft.mapsUsed
        header.requests = draft.changes.requests
        header.fieldChanges = draft.changes.fieldChanges
        header.undiffed = draft.changes.undiffed
        header.handOffs = draft.changes.handOffs
        header.allowsHandOff = options.allowsHandOff
        header.unread = options.unread
        header.conditions = options.selection.conditions.map(\.explicitText)
        header.lastRowCounts = options.onDuplicate == .last
        header.expectsUpdateTimes = draft.preconditions.asksForUpdateTimes
        header.blindAssignments = draft.changes.blindAssignments
        header.ticketsRead = ticketsRead ?? 0
        draft.addNames(to: &header, directory)
        header.namesNoObjectID = ids.areAllOther
        let unknown = columns.unknown
        if ids.areAllOther, let note = file.ticketColumnNote(columns) { header.notes.append(note) }
        header.notes += options.notes + columns.notes + unknown.prefix(1000).map(\.description)
        let others = unknown.count - 1000
        if others > 0 {
            header.notes.append("\(Words.counted(others, "more column")) not known, without effect")
        }
        if let lookups = options.lookups {
            header.notes.append(
                "names were looked up in \(lookups.path)"
                    + (lookups.createdAt.map { ", written \($0)" } ?? ""))
        }
        header.notes += fillNotes
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
                "a random sample of at most \(Words.rows(sample)), with seed "
                    + "\(options.selection.seed)")
        }
        header.notes += ids.notes
        header.notes += snapshotNotes(draft, directory, unresolved)
        if source == .live, draft.state.found > 0, !draft.state.values.saysAIStatus,
            draft.fields.contains(.assignee)
        {
            header.notes.append(
                "no ticket that was read has an aiStatus, so it is not known which ones the AI is handling"
            )
        }
        if !options.readsAlways, let note = readingNote(header.price, draft) {
            header.notes.append(note)
        }
        header.takesNamesFromSnapshot =
            directory.isPartial && (directory.hasAgents || directory.hasCategories)
        header.unassignedFromAI = draft.unassignedFromAI(directory, header)
        if !directory.hasAgents, draft.assignees.count > 1 {
            header.notes.append("agents could not be looked up: their ids are taken as they are")
        }
        if !directory.hasCategories, draft.categories.count > 1 {
            header.notes.append(
                "categories could not be looked up: their ids are taken as they are")
        }
        return header
    }

    /// Notes about fields that rows get a value for, although the choice of columns leaves them out.
    private var fillNotes: [String] {
        guard let only = options.columns.only else { return [] }
        return options.fills.filter { !only.contains($0.field) }.map { fill in
            let rows = fill.scope == .all ? "every row" : "rows without one"
            return
                "\(fill.field.rawValue) is set for \(rows), although \(SettingName.chosenFields) does not name it: that limits "
                + "which columns are read, not which values are set"
        }
    }

    /// The note that reading cost more requests than it saved, if nothing else needed the reading.
    private func readingNote(_ price: PlanPrice, _ draft: borrowing PlanDraft) -> String? {
        // Less than a window's requests more cost no time worth a word.
        guard let without = price.writesWithoutReading,
            price.reads + price.writes > without + price.quotaLimit,
            draft.preconditions.count == 0, draft.counts.held == 0
        else { return nil }
        return
            "\(Self.readingBeginning): \(SettingName.readNever) needs \(Words.counted(without, "request")), "
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

    /// The share of tickets that change, where it is limited, unused waivers, and protected tags without a ticket.
    func guardNotes(
        _ draft: borrowing PlanDraft, _ waivers: [PlanHeader.Waiver], _ ticketsRead: Int?
    ) -> [String] {
        let share = options.guards.shareNote(
            requests: draft.changes.requests, ticketsRead: ticketsRead, source: source)
        return (share.map { [$0] } ?? [])
            + options.guards.lastRunsNotes(requests: draft.changes.requests)
            + options.guards.unusedWaivers(waivers)
            + (draft.state.marks?.notes(options.guards.protected) ?? [])
    }

    /// What is to be said of a snapshot that says less than the listing would.
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
}
