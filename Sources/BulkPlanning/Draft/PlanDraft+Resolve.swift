import BulkSystem
import BulkPlan
import MavaAPI

/// What a name in the input means.
enum Resolution {
    case value(UInt32)
    /// An id that no list has: right for a ticket that holds it already, and for no other.
    case unlisted(UInt32, RowIssue)
    case issue(RowIssue)

    /// The value; `nil` where the name means nothing.
    ///
    /// - Parameter takesUnlisted: Whether an id that no list has is taken for its value.
    /// - Returns: The value.
    func number(_ takesUnlisted: Bool) -> UInt32? {
        switch self {
        case .value(let number): number
        case .unlisted(let number, _): takesUnlisted ? number : nil
        case .issue: nil
        }
    }

    /// Why the name means nothing, or nothing but what a ticket holds already.
    var problem: RowIssue? {
        switch self {
        case .value: nil
        case .unlisted(_, let issue), .issue(let issue): issue
        }
    }
}

extension PlanDraft {
    /// How many unknown names get a suggestion: finding one compares the name with all there are.
    private static var suggestionLimit: Int { 50 }

    /// Replaces the names in all rows by the values they mean; rows whose names mean nothing are invalid,
    /// and so are rows whose tickets' ids are unlike all others.
    ///
    /// - Parameters:
    ///   - directory: The agents and categories there are.
    ///   - mapper: What read the rows, with the names they hold.
    mutating func resolve(_ directory: NameDirectory, _ mapper: borrowing RequestMapper) {
        self.directory = directory
        columns = mapper.columns
        let values = state.values
        categories = Self.resolutions(mapper.categories, values.categories) { name, suggests in
            (directory.category(name, suggests: suggests), .category)
        }
        assignees = Self.resolutions(mapper.agents, values.assignees) { name, suggests in
            (directory.agent(name, suggests: suggests), .agent)
        }
        // Only now is it known of all records, on whatever thread they were read, how tickets are named.
        refusesOtherIDs = mapper.survey.hasObjectID
        if refusesOtherIDs, mapper.ticketIDs.count > 0 { refuseOtherIDs() }
        noteUnlisted()
        for index in 0..<rows.count {
            var row = rows[index]
            guard row.disposition != .invalid else { continue }
            // Of several rows for a ticket, one that cannot be written must not stand against another.
            let isAlone = state.tickets.entries[Int(row.ticket)].group == 0
            if row.status == CurrentValues.unwritableStatus, !isAlone {
                row.refuse(.invalid, .statusInvalid)
                rows[index] = row
                continue
            }
            guard row.category != 0 || row.assignee != 0 else { continue }
            let (category, assignee) = (categories[Int(row.category)], assignees[Int(row.assignee)])
            if let category = category.number(isAlone), let assignee = assignee.number(isAlone) {
                row.category = category
                row.assignee = assignee
            } else if let issue = category.problem ?? assignee.problem {
                // The names' numbers stay, so that the messages can be found again.
                row.refuse(.invalid, issue.code)
                row.namesUnknown = true
            }
            rows[index] = row
        }
        resolvePreconditions(mapper)
    }

    /// Notes the values that no list has.
    private mutating func noteUnlisted() {
        for case .unlisted(let value, let issue) in categories { unlistedCategories[value] = issue }
        for case .unlisted(let value, let issue) in assignees { unlistedAssignees[value] = issue }
    }

    /// What is wrong with a record beside what its reading found: an id unlike the others, and names that mean nothing.
    ///
    /// - Parameter mapper: What read the record, and found it invalid.
    /// - Returns: What is wrong.
    mutating func furtherIssues(_ mapper: borrowing RequestMapper) -> [RowIssue] {
        var issues: [RowIssue] = []
        if refusesOtherIDs, mapper.hasTicket, !mapper.request.ticket.isObjectID {
            issues.append(
                TicketIDText.unlikeOthers(
                    mapper.ticketID(mapper.request.ticket), column: columns.ticketColumn))
        }
        if let index = mapper.request.category.index, lateNames.needs(index, .category) {
            let name = mapper.categories.name(index)
            lateNames.note(index, .category, name, columns.name(of: [.categoryName, .categoryID])) {
                directory.category(name, suggests: $0)
            }
        }
        if let index = mapper.request.assignee.index, lateNames.needs(index, .agent) {
            let name = mapper.agents.name(index)
            lateNames.note(index, .agent, name, columns.name(of: [.assignee])) {
                directory.agent(name, suggests: $0)
            }
        }
        let names = [
            mapper.request.category.index.flatMap { lateNames.issue($0, .category) },
            mapper.request.assignee.index.flatMap { lateNames.issue($0, .agent) },
        ]
        for case let issue? in names { issues.append(issue) }
        return issues
    }

    /// Makes the ids known that are not ObjectIds; to be called when all rows were added.
    func takeTicketIDs(of mapper: borrowing RequestMapper) {
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
        for index in 0..<rows.count where rows[index].disposition != .invalid {
            let ticket = state.tickets.entries[Int(rows[index].ticket)]
            if ticket.flags.contains(.textID) { rows[index].refuse(.invalid, .ticketIDInvalid) }
        }
    }

    private static func resolutions(
        _ names: borrowing NameTable, _ values: ValueTable,
        _ match: (String, Bool) -> (NameDirectory.Match, NamedThing)
    ) -> [Resolution] {
        var resolutions: [Resolution] = [.value(0)]
        resolutions.reserveCapacity(names.count + 1)
        var suggestions = suggestionLimit
        for index in 0..<names.count {
            let name = names.name(index)
            let (found, thing) = match(name, suggestions > 0)
            if case .unknown = found { suggestions -= 1 }
            if case .id(let id) = found {
                resolutions.append(.value(values.intern(id)))
            } else if case .unknown = found, TicketID(name)?.isObjectID == true {
                resolutions.append(.unlisted(values.intern(name), thing.issue(name, found)))
            } else {
                resolutions.append(.issue(thing.issue(name, found)))
            }
        }
        return resolutions
    }

    private mutating func resolvePreconditions(_ mapper: borrowing RequestMapper) {
        let values = state.values
        for index in 0..<preconditions.count {
            var condition = preconditions[index]
            if condition.status != 0 {
                condition.status = values.statuses.intern(mapper.statuses.name(condition.status))
            }
            if condition.category != 0 {
                let name = mapper.categories.name(condition.category)
                if let value = Self.expected(
                    name, categories[Int(condition.category)], values.categories)
                {
                    condition.category = value
                } else {
                    condition.namesUnknown = .category
                }
            }
            if condition.assignee != 0, condition.namesUnknown == nil {
                let name = mapper.agents.name(condition.assignee)
                if let value = Self.expected(
                    name, assignees[Int(condition.assignee)], values.assignees)
                {
                    condition.assignee = value
                } else {
                    condition.namesUnknown = .assignee
                }
            }
            preconditions[index] = condition
            let row = Int(condition.row)
            if let field = condition.namesUnknown, rows[row].disposition != .invalid {
                let resolution =
                    field == .category
                    ? categories[Int(condition.category)] : assignees[Int(condition.assignee)]
                if case .issue(let issue) = resolution { rows[row].refuse(.invalid, issue.code) }
            }
        }
    }

    /// The value that a name in an expectation means; `nil` when it means nothing.
    ///
    /// What a ticket is expected to hold may be gone from the lists: then its id still names it.
    private static func expected(
        _ name: String, _ resolution: Resolution, _ values: ValueTable
    ) -> UInt32? {
        switch resolution {
        case .value(let value), .unlisted(let value, _): value
        case .issue: TicketID(name)?.isObjectID == true ? values.intern(name) : nil
        }
    }
}

extension NameTable {
    /// The name under a number that counts from 1.
    fileprivate func name(_ number: UInt32) -> String { name(Int(number) - 1) }
}

/// Why names mean nothing that only rows hold which cannot be understood for another reason, by their numbers.
struct LateNames {
    private var agents: [Int: RowIssue?] = [:]
    private var categories: [Int: RowIssue?] = [:]
    private var suggestions = 50

    /// Whether a name was not looked up yet.
    func needs(_ index: Int, _ thing: NamedThing) -> Bool {
        (thing == .agent ? agents[index] : categories[index]) == nil
    }

    /// Looks a name up.
    mutating func note(
        _ index: Int, _ thing: NamedThing, _ name: String, _ column: String?,
        _ match: (_ suggests: Bool) -> NameDirectory.Match
    ) {
        let found = match(suggestions > 0)
        if case .unknown = found { suggestions -= 1 }
        var issue: RowIssue?
        if case .id = found {
        } else {
            issue = thing.issue(name, found)
            issue?.column = column
        }
        if thing == .agent {
            agents[index] = .some(issue)
        } else {
            categories[index] = .some(issue)
        }
    }

    /// Why a name means nothing; `nil` when it means something.
    func issue(_ index: Int, _ thing: NamedThing) -> RowIssue? {
        (thing == .agent ? agents[index] : categories[index]) ?? nil
    }
}

/// What a name in the input can name.
enum NamedThing {
    case agent, category

    /// Why a name means nothing that can be sent.
    func issue(_ name: String, _ match: NameDirectory.Match) -> RowIssue {
        let isAgent = self == .agent
        switch match {
        case .ambiguous(let candidates):
            let few = candidates.prefix(5).joined(separator: " or ")
            return RowIssue(
                code: isAgent ? .agentAmbiguous : .categoryAmbiguous,
                message: "write the \(isAgent ? "e-mail or the id" : "id"): \(quoted(name)) can be "
                    + few,
                value: name)
        case .notListed:
            return RowIssue(
                code: isAgent ? .agentUnknown : .categoryUnknown,
                message:
                    "give a key, or write the id: \(quoted(name)) is no id, and without an API "
                    + "key there is no list to look names up in",
                value: name)
        case .notInSnapshot:
            return RowIssue(
                code: isAgent ? .agentUnknown : .categoryUnknown,
                message:
                    "give a key, or write the id: the snapshot names no "
                    + (isAgent ? "agent " : "category ") + quoted(name), value: name)
        case .unknown(let closest):
            let advice =
                closest.map { "did you mean \(quoted($0))?" }
                ?? "look at `mava-bulk \(isAgent ? "agents" : "categories")`:"
            return RowIssue(
                code: isAgent ? .agentUnknown : .categoryUnknown,
                message: advice
                    + (isAgent
                        ? " no listed agent has the id, e-mail, name or wallet "
                        : " no active category has the id or name ") + quoted(name),
                value: name, suggestion: closest)
        case .id:
            preconditionFailure("a name that means something has no issue")
        }
    }
}
