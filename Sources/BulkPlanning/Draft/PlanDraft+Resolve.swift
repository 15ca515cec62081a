import BulkSystem
import BulkPlan
import MavaAPI

extension PlanDraft {
    /// How many unknown names get a suggestion: finding one compares the name with all there are.
    private static var suggestionLimit: Int { 50 }

    /// Replaces the names in all rows by the values they mean; rows whose names mean nothing are invalid,
    /// and so are rows whose tickets' ids are unlike all others.
    ///
    /// - Parameters:
    ///   - directory: The agents and categories there are.
    ///   - mapper: What read the rows, with the names they hold.
    ///   - options: The maps of values and the values that rows get from elsewhere.
    /// - Throws: A ``PlanError`` when one of them names something that does not exist.
    mutating func resolve(
        _ directory: NameDirectory, _ mapper: borrowing RequestMapper, _ options: PlanOptions
    ) throws(PlanError) {
        naming.directory = directory
        naming.columns = mapper.columns
        let values = state.values
        var categoryMap = try nameMap(.categoryID, options.maps)
        var agentMap = try nameMap(.assignedTo, options.maps)
        fills = try fillValues(options.fills)
        categories = Self.resolutions(
            mapper.categories, values.categories, .category, directory, &categoryMap,
            onlyExpected: categoryMap == nil ? [] : namesOnlyExpected(.category))
        assignees = Self.resolutions(
            mapper.agents, values.assignees, .agent, directory, &agentMap,
            onlyExpected: agentMap == nil ? [] : namesOnlyExpected(.assignee))
        resolveExpectedNames(
            mapper, directory, categories: categoryMap != nil, assignees: agentMap != nil)
        noAgent = Self.cleared(&agentMap)
        try categoryMap?.checkUnused(.category, directory)
        try agentMap?.checkUnused(.agent, directory)
        // Only now is it known of all records, on whatever thread they were read, how tickets are named.
        refusesOtherIDs = mapper.survey.hasObjectID
        if refusesOtherIDs, mapper.ticketIDs.count > 0 { refuseOtherIDs() }
        noteUnlisted()
        let hasNoAgent = if case .value(0) = noAgent { true } else { false }
        for index in 0..<rows.count {
            var row = rows[index]
            guard row.disposition == .update else { continue }
            if row.category != 0 || row.assignee != 0 || !hasNoAgent || !fills.isEmpty
                || row.isUnwritable
            {
                if hasObstacles, preconditions.find(row: index)?.obstacle != nil {
                    resolveRefused(&row)
                } else {
                    resolve(&row, fills)
                }
                rows[index] = row
            }
        }
        resolvePreconditions(mapper)
        mapsUsed = options.maps.map { map in
            let names = map.field == .assignedTo ? agentMap : categoryMap
            return PlanHeader.Map(
                map, names, words: mapper.usedMapLines[map.field, default: []])
        }
    }

    /// Replaces the names in one row by their values, and adds the values that do not come from a column.
    private mutating func resolve(_ row: inout PlannedRow, _ fills: [FillValue]) {
        let said = row.fieldsSaid
        // A row that cannot be written must not conflict with another row for its ticket.
        let isAlone = state.tickets.entries[Int(row.ticket)].group == 0
        if row.isUnwritable, !isAlone {
            let isStatus = row.status == UnwritableValue.status
            return row.refuseUnresolved(isStatus ? .statusInvalid : .priorityInvalid)
        }
        let category = categories[Int(row.category)]
        let clears = row.assignee == 0 && row.fields.contains(.assignee)
        let assignee = clears ? noAgent : assignees[Int(row.assignee)]
        if let issue = category.issue(isAlone) ?? assignee.issue(isAlone) {
            return row.refuseUnresolved(issue.code)
        }
        row.category = category.number ?? 0
        row.assignee = assignee.number ?? 0
        if case .leave = category { row.fields.subtract(.category) }
        if case .leave = assignee { row.fields.subtract(.assignee) }
        // No column is read for a field that every row gets from elsewhere, so no row says anything about it.
        for fill in fills where !said.contains(fill.field) { row.fill(fill) }
    }

    /// Replaces the names in a row that is refused later, as far as they mean anything.
    private mutating func resolveRefused(_ row: inout PlannedRow) {
        if row.category != 0 {
            let category = categories[Int(row.category)].number
            row.category = category ?? 0
            if category == nil { row.fields.subtract(.category) }
        }
        if row.assignee != 0 {
            let assignee = assignees[Int(row.assignee)].number
            row.assignee = assignee ?? 0
            if assignee == nil { row.fields.subtract(.assignee) }
        }
    }

    /// What becomes of an assignee that a row clears itself.
    private static func cleared(_ map: inout NameMap?) -> Resolution {
        guard map != nil else { return .value(0) }
        switch map!.target("null", id: nil) {
        case .value(let value)?: return .value(value)
        case NameMap.Target.none?: return .value(0)
        case .leave?: return .leave
        case nil:
            let map = map!.map
            return map.unmapped == .invalid
                ? .issue(map.unmappedIssue("unassigned", column: nil)) : .value(0)
        }
    }

    private func nameMap(
        _ field: TicketField, _ maps: [ValueMap]
    ) throws(PlanError) -> NameMap? {
        guard let map = maps.first(where: { $0.field == field }) else { return nil }
        let thing: NamedThing = field == .assignedTo ? .agent : .category
        return try NameMap(
            map, thing, naming.directory,
            field == .assignedTo ? state.values.assignees : state.values.categories)
    }

    private func fillValues(_ fills: [FieldFill]) throws(PlanError) -> [FillValue] {
        var values: [FillValue] = []
        for fill in fills {
            let field = FieldSet(fill.field)
            var value = FillValue(field: field)
            switch fill.wanted {
            case .number(let number): value.number = UInt32(number)
            case FieldText.none: break
            case .name(let name):
                let thing: NamedThing = field == .assignee ? .agent : .category
                let id = try thing.id(name, in: naming.directory, .valueUnusable, nil, nil)
                let table = field == .assignee ? state.values.assignees : state.values.categories
                value.number = table.intern(id)
            }
            values.append(value)
        }
        return values
    }

    /// Notes the values that no list has.
    private mutating func noteUnlisted() {
        for case .unlisted(let value, let issue) in categories { unlistedCategories[value] = issue }
        for case .unlisted(let value, let issue) in assignees { unlistedAssignees[value] = issue }
    }

    /// What is wrong with a record beside what its reading found: an id unlike the others, and names that mean nothing.
    ///
    /// - Parameters:
    ///   - mapper: What read the record, and found it invalid.
    ///   - numbers: The numbers of names in the first reading.
    /// - Returns: What is wrong.
    func furtherIssues(
        _ mapper: borrowing RequestMapper, _ numbers: NameNumbersByText
    ) -> [RowIssue] {
        var issues: [RowIssue] = []
        if refusesOtherIDs, mapper.hasTicket, !mapper.request.ticket.isObjectID {
            issues.append(
                TicketIDText.unlikeOthers(
                    mapper.ticketID(mapper.request.ticket), column: naming.columns.ticketColumn))
        }
        if case .issue(var issue) = categories[Int(numbers.category(mapper))] {
            issue.column = naming.columns.name(of: [.categoryName, .categoryID])
            issues.append(issue)
        }
        if case .issue(var issue) = assignees[Int(numbers.agent(mapper))] {
            issue.column = naming.columns.name(of: [.assignee])
            issues.append(issue)
        }
        return issues
    }

    /// Interns the ids that are not ObjectIds; call it after all rows were added.
    func internTicketIDs(of mapper: borrowing RequestMapper) {
        for index in 0..<mapper.ticketIDs.count {
            _ = state.tickets.texts.intern(mapper.ticketIDs.name(index))
        }
    }

    /// The fields that any row changes or expects something of.
    var fields: FieldSet {
        var fields: FieldSet = []
        for index in 0..<rows.count { fields.formUnion(rows[index].fields) }
        for index in 0..<preconditions.count {
            let condition = preconditions[index]
            if condition.status != 0 { fields.insert(.status) }
            if condition.priority != 0 { fields.insert(.priority) }
            if condition.expectsCategory { fields.insert(.category) }
            if condition.expectsAssignee { fields.insert(.assignee) }
        }
        return fields
    }

    private mutating func refuseOtherIDs() {
        for index in 0..<rows.count where rows[index].disposition == .update {
            let ticket = state.tickets.entries[Int(rows[index].ticket)]
            if ticket.flags.contains(.textID) { rows[index].refuseUnresolved(.ticketIDInvalid) }
        }
    }

    /// What the names of a table mean, in the table's order; the first entry means no name.
    ///
    /// Names that no row asks for (`onlyExpected`, by their numbers) are no values of the map.
    static func resolutions(
        _ names: borrowing NameTable, _ values: ValueTable, _ thing: NamedThing,
        _ directory: NameDirectory, _ map: inout NameMap?, onlyExpected: Set<UInt32>
    ) -> [Resolution] {
        var resolutions: [Resolution] = [.value(0)]
        resolutions.reserveCapacity(names.count + 1)
        var suggestions = suggestionLimit
        for index in 0..<names.count {
            // A text has several names where several columns say the same thing.
            let all = names.name(index).split(separator: "\0").map(String.init)
            let found = thing.match(all[0], in: directory, suggests: suggestions > 0)
            if case .unknown = found { suggestions -= 1 }
            if onlyExpected.contains(UInt32(index) + 1) {
                var none: NameMap?
                resolutions.append(resolution(all, found, values, thing, directory, &none))
            } else {
                resolutions.append(resolution(all, found, values, thing, directory, &map))
            }
        }
        return resolutions
    }

    private static func resolution(
        _ names: [String], _ found: NameDirectory.Match, _ values: ValueTable,
        _ thing: NamedThing, _ directory: NameDirectory, _ map: inout NameMap?
    ) -> Resolution {
        var id: String?
        if case .id(let found) = found { id = found }
        let other = names.dropFirst().first { name in
            if let id { return !thing.canBe(name, id, in: directory) }
            // An id that no list has is shown with its earlier name, or as not listed.
            if case .unknown = thing.match(name, in: directory, suggests: false) { return false }
            return directory.hasNames(of: thing)
        }
        if let other { return .issue(thing.disagreement(names[0], other)) }
        var isAmbiguous = false
        if case .ambiguous = found { isAmbiguous = true }
        if map != nil {
            switch (
                map!.target(names[0], id: id, isAmbiguous: isAmbiguous), map!.map.unmapped
            ) {
            case (.value(let value)?, _): return .value(value)
            case (NameMap.Target.none?, _), (nil, .clear): return .value(0)
            case (.leave?, _): return .leave
            case (nil, .invalid): return .issue(map!.map.unmappedIssue(names[0], column: nil))
            case (nil, .keep): break
            }
        }
        if let id { return .value(values.intern(id)) }
        let issue = thing.issue(names[0], found)
        guard case .unknown = found, TicketID(names[0])?.isObjectID == true else {
            return .issue(issue)
        }
        return .unlisted(values.intern(names[0].lowercased()), issue)
    }
}

extension PlannedRow {
    /// The fields about which the record says anything, also where a map leaves the ticket's value.
    var fieldsSaid: FieldSet {
        var fields = fields
        if status == RequestedChange.leftByMap { fields.insert(.status) }
        if priority == Int(RequestedChange.leftByMap & 0x0F) { fields.insert(.priority) }
        return fields
    }

    /// Whether the record asks for a status or a priority that tickets can only hold.
    fileprivate var isUnwritable: Bool {
        status == UnwritableValue.status && fields.contains(.status)
            || priority == Int(UnwritableValue.priority) && fields.contains(.priority)
    }
}

extension PlanHeader.Map {
    /// What a plan says about a map that was used.
    fileprivate init(_ map: ValueMap, _ names: NameMap?, words: Set<Int>) {
        let used = names?.usedLines ?? words
        self.init(field: map.field, file: map.path, sha256: map.sha256)
        unused = map.entries.count { !used.contains($0.line) }
        lines =
            names?.lines
            ?? map.entries.compactMap { entry in
                guard case .number(let number)? = entry.to else { return nil }
                return Line(
                    from: entry.from,
                    to: map.field == .status
                        ? TicketStatus.allCases[Int(number) - 1].rawValue : "\(number)",
                    line: entry.line)
            }
        lines = Array(lines.filter { used.contains($0.line) }.prefix(PlanHeader.nameLimit))
    }
}
