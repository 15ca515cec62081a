import BulkPlan
import BulkSystem
import MavaAPI

/// Counts the tickets of a plan against each guard that looks at single tickets.
///
/// It compares numbers, not texts, and counts by itself, because ``ChangeTally`` separates only so many different
/// changes.
struct GuardTally {
    /// The tickets that count against one guard, or against one value of it.
    struct Count {
        /// The most tickets that a refusal names.
        static let sampleLimit = 3

        private(set) var tickets = 0
        /// The tickets that count because they were not read.
        private(set) var unread = 0
        /// The rows of the first few tickets, and the tickets' numbers.
        private(set) var samples: [(row: Int, ticket: UInt32)] = []

        mutating func add(row: Int, ticket: UInt32, isUnread: Bool) {
            tickets += 1
            if isUnread { unread += 1 }
            if samples.count < Self.sampleLimit { samples.append((row, ticket)) }
        }
    }

    /// A rule with its values as numbers, and what was counted.
    private struct Counter {
        let rule: GuardRule
        let field: FieldSet
        let from: Set<UInt32>?
        let to: Set<UInt32>?
        var count = Count()
        /// The counts of each value after the change, for a rule that limits each.
        var counts: [UInt32: Count] = [:]
    }

    private let guards: PlanGuards
    private let directory: NameDirectory
    private let values: CurrentValues
    private var counters: [Counter] = []
    private var protectedTickets: Set<UInt32> = []
    private var protectedAgents: Set<UInt32> = []
    private var protectedCategories: Set<UInt32> = []
    private let fill: FieldSet
    private var protected = Count()
    private var filled = Count()
    /// Whether a ticket's agent or category is known only by a name without an id, by its number.
    private var unknownAgents: [UInt32: Bool] = [:]
    private var unknownCategories: [UInt32: Bool] = [:]

    /// Looks up the values of guards.
    ///
    /// - Parameters:
    ///   - guards: The guards.
    ///   - directory: The agents and categories there are.
    ///   - state: The tickets that the plan changes, and the values they hold.
    /// - Throws: A ``PlanError`` when a guard names an agent or a category that does not exist.
    init(
        _ guards: PlanGuards, _ directory: NameDirectory, _ state: borrowing TicketState
    ) throws(PlanError) {
        self.guards = guards
        self.directory = directory
        values = state.values
        fill = FieldSet(FieldSet.all.filter { guards.fillOnly.contains($0.field) })
        for rule in guards.rules {
            let from = try numbers(rule.fromValues, of: rule, isNew: false)
            let to = try numbers(rule.toValues, of: rule, isNew: true)
            counters.append(
                Counter(rule: rule, field: FieldSet(rule.field), from: from, to: to))
        }
        for name in guards.protected.agents {
            protectedAgents.insert(try number(name, .agent, "protect.agents"))
        }
        for name in guards.protected.categories {
            protectedCategories.insert(try number(name, .category, "protect.categories"))
        }
        for id in guards.protected.tickets {
            if let number = state.tickets.number(of: GuardedTicketID.id(id) ?? id) {
                protectedTickets.insert(number)
            }
        }
    }

    private func numbers(
        _ wanted: [GuardRule.Value]?, of rule: GuardRule, isNew: Bool
    ) throws(PlanError) -> Set<UInt32>? {
        guard let wanted else { return nil }
        var numbers: Set<UInt32> = []
        for value in wanted {
            switch value {
            case .number(let number): numbers.insert(UInt32(number))
            case .none: numbers.insert(rule.field == .priority ? Self.noPriority : 0)
            case .name(let name):
                numbers.insert(
                    try number(
                        name, rule.field == .assignedTo ? .agent : .category,
                        "the rule \(rule.name)", line: rule.line, isNew: isNew))
            }
        }
        return numbers
    }

    /// The number of what a guard names.
    private func number(
        _ name: String, _ thing: NamedThing, _ place: String, line: Int? = nil, isNew: Bool = false
    ) throws(PlanError) -> UInt32 {
        let table = thing == .agent ? values.assignees : values.categories
        var found = thing.match(name, in: directory, suggests: false)
        if case .id(let id) = found { return table.intern(id) }
        // What a ticket holds may be gone from the lists.
        if case .unknown = found, !isNew, TicketID(name)?.isObjectID == true {
            return table.intern(name)
        }
        if thing == .agent, ["unassigned", "null"].contains(name.lowercased()) {
            throw PlanError(
                code: .guardsUnusable,
                message: "\(place): name an agent: \(quoted(name)) is none", path: guards.path,
                line: line)
        }
        // The closest name is only looked for where it is shown.
        found = thing.match(name, in: directory, suggests: true)
        throw PlanError(
            code: .guardsUnusable, message: "\(place): \(thing.issue(name, found).message)",
            path: guards.path, line: line)
    }

    /// How a ticket without a priority is counted.
    private static let noPriority = UInt32(UInt8(bitPattern: Int8.min))

    // MARK: Counting

    /// Counts a ticket that the plan changes.
    ///
    /// - Parameters:
    ///   - change: What changes.
    ///   - ticket: What the ticket holds.
    ///   - number: The ticket's number.
    ///   - row: The number of the row whose request it is.
    mutating func add(
        _ change: ChangeTally.Key, _ ticket: TicketTable.Entry, number: UInt32, row: Int
    ) {
        for index in counters.indices where change.fields.contains(counters[index].field) {
            let (before, after) = change.numbers(of: counters[index].field)
            if let to = counters[index].to, !to.contains(after) { continue }
            var isUnread = false
            if let from = counters[index].from {
                isUnread = !change.isRead || isUnknown(before, counters[index].field)
                if !isUnread, !from.contains(before) { continue }
            }
            if counters[index].rule.each {
                counters[index].counts[after, default: Count()].add(
                    row: row, ticket: number, isUnread: isUnread)
            } else {
                counters[index].count.add(row: row, ticket: number, isUnread: isUnread)
            }
        }
        if let isUnread = isProtected(change, ticket, number) {
            protected.add(row: row, ticket: number, isUnread: isUnread)
        }
        let fields = change.fields.intersection(fill)
        if !fields.isEmpty {
            if !change.isRead {
                filled.add(row: row, ticket: number, isUnread: true)
            } else if change.replaces(fields) {
                filled.add(row: row, ticket: number, isUnread: false)
            }
        }
    }

    /// Whether a ticket is protected, and if so, whether only because it is not known what it holds.
    private mutating func isProtected(
        _ change: ChangeTally.Key, _ ticket: TicketTable.Entry, _ number: UInt32
    ) -> Bool? {
        if protectedTickets.contains(number) { return false }
        var isUnknown = false
        if !protectedAgents.isEmpty {
            if change.fields.contains(.assignee), protectedAgents.contains(change.assignee) {
                return false
            }
            if change.isRead, protectedAgents.contains(ticket.assignee) { return false }
            if !change.isRead || self.isUnknown(ticket.assignee, .assignee) { isUnknown = true }
        }
        if !protectedCategories.isEmpty {
            if change.fields.contains(.category), protectedCategories.contains(change.category) {
                return false
            }
            if change.isRead, protectedCategories.contains(ticket.category) { return false }
            if !change.isRead || self.isUnknown(ticket.category, .category) { isUnknown = true }
        }
        if guards.protected.hasMarks {
            if ticket.flags.contains(.isMarked) { return false }
            if !change.isRead || !ticket.flags.isDisjoint(with: [.lacksTags, .lacksOrigin]) {
                isUnknown = true
            }
        }
        return isUnknown ? true : nil
    }

    /// Whether a ticket's agent or category is known only by a name that no list has.
    private mutating func isUnknown(_ number: UInt32, _ field: FieldSet) -> Bool {
        guard number > 0, field == .assignee || field == .category else { return false }
        let isAgent = field == .assignee
        if let known = isAgent ? unknownAgents[number] : unknownCategories[number] { return known }
        let text = isAgent ? values.assignees[number] : values.categories[number]
        let thing: NamedThing = isAgent ? .agent : .category
        let found = thing.match(text, in: directory, suggests: false)
        let isListed = if case .id = found { true } else { false }
        let isUnknown = !isListed && TicketID(text)?.isObjectID != true
        if isAgent {
            unknownAgents[number] = isUnknown
        } else {
            unknownCategories[number] = isUnknown
        }
        return isUnknown
    }

    // MARK: Refusing

    /// The guards that the plan exceeds, each with the tickets' number and the first of them.
    ///
    /// - Parameter tickets: The tickets that were counted.
    /// - Returns: The guards, waived or not.
    func violations(_ tickets: borrowing TicketTable) -> [GuardViolation] {
        var violations: [GuardViolation] = []
        if protected.tickets > 0 {
            violations.append(
                GuardViolation(
                    rule: PlanGuards.FixedName.protect.rawValue, count: protected.tickets, most: 0,
                    code: .ticketsProtected,
                    message: "the plan changes "
                        + Words.counted(protected.tickets, "protected ticket")
                        + Self.places(protected, tickets),
                    advice: protected.unread > 0 && guards.protected.hasMarks
                        ? "leave them out, read the tickets with their \(Self.marks(guards.protected)),"
                        : "leave them out,"))
        }
        if filled.tickets > 0 {
            let fields = TicketField.allCases.filter(guards.fillOnly.contains).map(\.rawValue)
            violations.append(
                GuardViolation(
                    rule: PlanGuards.FixedName.fill.rawValue, count: filled.tickets, most: 0,
                    code: .fieldsFilled,
                    message: "the guard fill lets the plan write "
                        + "\(fields.joined(separator: " and ")) only where there is no value, and the plan "
                        + "replaces values of \(Words.tickets(filled.tickets))"
                        + Self.places(filled, tickets),
                    advice: "leave them out,"))
        }
        for counter in counters {
            if let violation = violation(counter, tickets) { violations.append(violation) }
        }
        return violations
    }

    /// What protects tickets and only reading them shows, in words.
    private static func marks(_ protected: ProtectedTickets) -> String {
        [protected.tags.isEmpty ? nil : "tags", protected.origins.isEmpty ? nil : "origins"]
            .compactMap(\.self).joined(separator: " and ")
    }

    private func violation(
        _ counter: Counter, _ tickets: borrowing TicketTable
    ) -> GuardViolation? {
        let rule = counter.rule
        var count = counter.count
        var who = ""
        if rule.each {
            let beyond = counter.counts.filter { $0.value.tickets > rule.most }.sorted {
                ($1.value.tickets, $0.value.samples[0].row)
                    < ($0.value.tickets, $1.value.samples[0].row)
            }
            guard let largest = beyond.first else { return nil }
            count = largest.value
            who = " for " + name(largest.key, rule.field)
            if beyond.count > 1 {
                who += " (and too many for \(Words.counted(beyond.count - 1, "other value")))"
            }
        }
        guard count.tickets > rule.most else { return nil }
        return GuardViolation(
            rule: rule.name, count: count.tickets, most: rule.most, code: .ruleExceeded,
            message: "the guard \(rule.name) allows \(Words.tickets(rule.most)) with a change of "
                + "\(rule.text)\(rule.each ? ", for each value" : ""), and the plan has "
                + "\(Words.number(count.tickets))\(who)" + Self.places(count, tickets))
    }

    private func name(_ number: UInt32, _ field: TicketField) -> String {
        let value: FieldValue =
            switch field {
            case .status: .text(values.statuses[number])
            case .priority: .number(Int(number))
            case .categoryID: number == 0 ? .null : .text(values.categories[number])
            case .assignedTo: number == 0 ? .null : .text(values.assignees[number])
            }
        if value == .null, field == .assignedTo { return "no agent" }
        return quoted(directory.name(of: value, field))
    }

    /// The first tickets of a count, in brackets.
    private static func places(_ count: Count, _ tickets: borrowing TicketTable) -> String {
        var texts: [String] = []
        for sample in count.samples {
            let id = HiddenCharacter.escaped(tickets.id(sample.ticket), limit: 40)
            texts.append("row \(sample.row) \(id)")
        }
        if count.tickets > texts.count { texts.append("…") }
        let unread =
            count.unread > 0
            ? "; what \(Words.tickets(count.unread)) of them \(count.unread == 1 ? "holds" : "hold") is not known"
            : ""
        return " (\(texts.joined(separator: ", "))\(unread))"
    }
}

extension ChangeTally.Key {
    /// What a row of a saved plan changes.
    ///
    /// - Parameters:
    ///   - changes: The row's changes.
    ///   - ticket: What its ticket holds.
    ///   - values: The numbers of values.
    init(_ changes: [FieldChange], before ticket: TicketTable.Entry, _ values: CurrentValues) {
        self.init(
            fields: FieldSet(changes.map { FieldSet($0.field) }),
            isRead: ticket.flags.contains(.isRead))
        statusBefore = ticket.status
        priorityBefore = ticket.priority
        categoryBefore = ticket.category
        assigneeBefore = ticket.assignee
        for change in changes {
            switch (change.field, change.after) {
            case (.status, .text(let text)):
                status = UInt8(truncatingIfNeeded: values.statuses.intern(text))
            case (.priority, .number(let number)): priority = UInt8(clamping: number)
            case (.categoryID, .text(let text)): category = values.categories.intern(text)
            case (.assignedTo, .text(let text)): assignee = values.assignees.intern(text)
            default: break
            }
        }
    }

    /// The numbers of a field's values before and after the change.
    fileprivate func numbers(of field: FieldSet) -> (before: UInt32, after: UInt32) {
        switch field {
        case .status: (UInt32(statusBefore), UInt32(status))
        case .priority: (UInt32(UInt8(bitPattern: priorityBefore)), UInt32(priority))
        case .category: (categoryBefore, category)
        default: (assigneeBefore, assignee)
        }
    }

    /// Whether any of some fields holds a value before the change.
    fileprivate func replaces(_ fields: FieldSet) -> Bool {
        fields.contains(.status) && statusBefore != 0
            || fields.contains(.priority) && priorityBefore != .min
            || fields.contains(.category) && categoryBefore != 0
            || fields.contains(.assignee) && assigneeBefore != 0
    }
}

extension TicketTable {
    /// The number of a ticket by its id as it is written; `nil` for one that the plan does not name.
    func number(of id: String) -> UInt32? {
        var id = id
        let finder = finder
        return id.withUTF8 { finder.key(UnsafeRawBufferPointer($0)) }.flatMap(finder.find)
    }
}
