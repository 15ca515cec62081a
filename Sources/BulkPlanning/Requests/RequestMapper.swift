import BulkSystem
package import BulkPlan
package import BulkRecords
import BulkSystem
import MavaAPI

/// Turns records into requested changes, or into issues.
///
/// It makes no String for a record. Ids become keys. Statuses and priorities become small numbers. Agents and
/// categories become numbers of a table, and planning resolves each name once.
package struct RequestMapper: ~Copyable {
    /// The columns' meanings; for JSON Lines, of all keys so far.
    package private(set) var columns: ColumnMap
    /// The last record's requested change.
    ///
    /// It is valid when ``map(_:)`` returned `true`. Its ticket is also valid when only ``hasTicket`` is
    /// true.
    package internal(set) var request = RequestedChange(ticket: TicketKey(interned: 0))
    /// The last record's preconditions.
    package private(set) var preconditions = Preconditions()
    /// The last record's issues; empty when ``map(_:)`` returned `true`.
    package private(set) var issues: [RowIssue] = []
    /// Whether the last record names a possible ticket.
    package internal(set) var hasTicket = false

    /// The agents that records name, in any form.
    package var agents = NameTable()
    /// The categories that records name, by id or by name.
    package var categories = NameTable()
    /// The statuses in preconditions.
    package var statuses = NameTable()
    /// The ticket ids that are not ObjectIds.
    package var ticketIDs = NameTable()

    /// The columns' roles, for the loop over every value.
    var roles: UnsafeMutablePointer<ColumnRole>
    var roleCount: Int
    /// The columns' positions, for records that have every column in order.
    var places: ColumnPlaces
    /// Statistics about the forms of ids and about unwrapped values.
    package internal(set) var survey = IDSurvey()
    /// The issues of wrong values so far, because a wrong word often occurs again.
    private var wrongValues: [WrongValue: RowIssue] = [:]
    private static let mostWrongValues = 256
    /// Whether words are mapped; then no word has its own meaning before it was looked up in the map.
    let isMapped: Bool
    /// The selection's comparisons about columns; `nil` when there are none.
    private var comparisons: ColumnComparisons?
    /// The lines of word maps that were used.
    package internal(set) var usedMapLines: [TicketField: Set<Int>] = [:]
    /// Whether the last record has any ticket id, valid or not.
    private(set) var isTicketNamed = false

    /// Makes a mapper for an input's columns.
    ///
    /// - Parameters:
    ///   - columns: The columns' names; for JSON Lines none are known yet.
    ///   - format: The input's format.
    ///   - choices: The options about the columns.
    /// - Throws: ``ColumnError`` when a CSV input's columns are unusable.
    package init(
        columns: [String], format: RecordFormat, choices: ColumnChoices = ColumnChoices()
    ) throws(ColumnError) {
        self.init(
            columns: format == .csv
                ? try ColumnMap(header: columns, choices: choices) : ColumnMap(choices: choices))
    }

    /// Makes a mapper for known columns.
    init(columns: ColumnMap) {
        self.columns = columns
        isMapped = !columns.choices.words.isEmpty
        comparisons = ColumnComparisons(columns.choices.selection)
        roles = .allocate(capacity: self.columns.roles.count)
        roles.initialize(from: self.columns.roles, count: self.columns.roles.count)
        roleCount = self.columns.roles.count
        places = isMapped ? ColumnPlaces() : ColumnPlaces(self.columns.roles)
    }

    deinit { roles.deallocate() }

    /// Whether a selection needs the columns of every record.
    var selects: Bool { comparisons != nil }

    /// A record's results of the comparisons about columns, a bit for each.
    mutating func results(of record: borrowing Record) -> ColumnComparisons.Results {
        if record.columns.count > roleCount { learnColumns(record.columns) }
        return comparisons?.results(of: record, columns) ?? 0
    }

    /// Refuses a selection that names a column which the input does not have.
    func checkComparisons() throws(ConditionError) {
        guard let (place, name) = comparisons?.firstMissing(columns) else { return }
        let meant = closest(to: ColumnRole.plain(name), among: columns.names, by: ColumnRole.plain)
        let role = ColumnRole(columnName: name)
        let advice =
            meant.map { "did you mean \(quoted($0))? " }
            ?? (role.isChange
                ? "write old.\(name) for what the ticket holds, new.\(name) for what is wanted: "
                : "")
        throw columns.choices.selection.error(
            advice + "the input has no column \(quoted(name))", at: place)
    }

    /// Starts a part of an input: removes all names, and the statistics about ids.
    mutating func begin() {
        agents.removeAll()
        categories.removeAll()
        statuses.removeAll()
        ticketIDs.removeAll()
        survey = IDSurvey()
        usedMapLines = [:]
    }

    /// The text of a ticket's id.
    ///
    /// - Parameter key: A key made by this mapper.
    /// - Returns: The id as sent to the API.
    package func ticketID(_ key: TicketKey) -> String {
        key.isObjectID ? key.hexadecimal : ticketIDs.name(Int(key.low))
    }

    /// Reads the change that a record requests.
    ///
    /// - Parameter record: The record.
    /// - Returns: `true` when ``request`` holds the change, `false` when ``issues`` explain why there is
    ///   none.
    package mutating func map(_ record: borrowing Record) -> Bool {
        if !issues.isEmpty { issues.removeAll(keepingCapacity: true) }
        preconditions = Preconditions()
        guard record.problem == nil, let change = changeByPlace(record) ?? changePlainly(record)
        else { return mapAnew(record) }
        request = change
        hasTicket = true
        return true
    }

    /// Reads a record by the slow path, which handles every kind of value.
    private mutating func mapAnew(_ record: borrowing Record) -> Bool {
        if record.columns.count > roleCount { learnColumns(record.columns) }
        hasTicket = false
        isTicketNamed = false
        request = RequestedChange(ticket: TicketKey(interned: 0))
        if let problem = record.problem {
            issues.append(RowIssue(code: .malformedRecord, message: problem.message))
            return false
        }
        let contested = columns.hasContested ? contestedBits(of: record) : 0
        for index in 0..<record.count {
            let column = record.column(of: index)
            let role = roles[column]
            if role.isPassive || contested & role.groupBit != 0 { continue }
            read(role, record.kind(of: index), record, at: index, column: column)
        }
        if contested != 0 { readContested(record, contested) }
        if !isTicketNamed { reportMissingTicket(record) }
        if issues.isEmpty, !request.asksForChange, columns.choices.allowsNoRequest {
            request.statusCode = RequestedChange.nothingItself
        }
        if issues.isEmpty, !request.asksForChange {
            issues.append(
                refusal(record)
                    ?? RowIssue(
                        code: .nothingToChange,
                        message:
                            "fill in a status, priority, category or assignee, or leave the row out: "
                            + "it asks for nothing"))
        }
        return issues.isEmpty
    }

    /// Why a row that asks for nothing must not be carried out, if it says so itself and may.
    private func refusal(_ record: borrowing Record) -> RowIssue? {
        guard columns.choices.takesRefusals else { return nil }
        for index in 0..<record.count
        where columns.names[record.column(of: index)] == GeneratedRows.refusalKey {
            return RowIssue(
                code: .cannotBeUndone,
                message: String(decoding: record.bytes(of: index), as: UTF8.self))
        }
        return nil
    }

    /// Reads one value of any kind.
    mutating func read(
        _ role: ColumnRole, _ kind: ValueKind, _ record: borrowing Record, at index: Int,
        column: Int
    ) {
        let isNumber = kind == .number && (role == .priority || role == .expectPriority)
        guard kind.isText || isNumber else {
            if role == .ticketID, kind != .null {
                isTicketNamed = true
                survey.hasOther = true
            }
            readWithoutText(role, kind: kind, column: column, record.rawText(of: index))
            return
        }
        let text = trimmed(record.bytes(of: index))
        if text.isEmpty { return }
        let value = unwrapped(unescaped(text, kind), role)
        if !value.isEmpty { read(role, value, column: column) }
    }

    /// Reads one text value that is not blank.
    mutating func read(
        _ role: ColumnRole, _ text: UnsafeBufferPointer<UInt8>, column: Int
    ) {
        switch role {
        case .ticketID:
            isTicketNamed = true
            readTicketID(text, column: column)
        case .status:
            if let code = code(text, .status, column, as: statusNumber) {
                request.statusCode = code
            }
        case .priority:
            if let code = code(text, .priority, column, as: priorityNumber) {
                request.priorityCode = code
            }
        case .categoryID, .categoryName:
            if equalsIgnoringCase(text, "not listed") { break }
            if equalsIgnoringCase(text, "null") {
                report(role, text, column: column)
            } else {
                request.category = NameReference(categories.intern(text))
                request.categoryIsName = role == .categoryName
            }
        case .assignee:
            if equalsIgnoringCase(text, "not listed") { break }
            request.assignee =
                Self.isNobody(text) ? .null : NameReference(agents.intern(text))
        case .expectStatus, .expectPriority, .expectCategoryID, .expectAssignee, .expectUpdatedAt:
            readExpectation(role, text, column: column)
        case .reserved, .ignored, .unknown: break
        }
    }

    /// The code of a status or priority, mapped if it has a map; `nil` after an issue was reported.
    private mutating func code(
        _ text: UnsafeBufferPointer<UInt8>, _ role: ColumnRole, _ column: Int,
        as number: (UnsafeBufferPointer<UInt8>) -> UInt8?
    ) -> UInt8? {
        if isMapped, let words = role.field.flatMap({ columns.choices.words[$0] }) {
            let name = String(decoding: text, as: UTF8.self)
            if let (code, line) = words[name] {
                usedMapLines[words.map.field, default: []].insert(line)
                return code
            }
            if words.map.unmapped == .invalid {
                issues.append(words.map.unmappedIssue(name, column: columns.names[column]))
                return nil
            }
        }
        if let number = number(text) { return number }
        // This value is valid only for a ticket that already has it. That is checked after the tickets were
        // read.
        if role == .status, equalsIgnoringCase(text, "spam") {
            return UnwritableValue.status
        }
        if role == .priority, equalsIgnoringCase(text, "4") {
            return UnwritableValue.priority
        }
        report(role, text, column: column)
        return nil
    }

    /// Reads one JSON value that has no text, or a number where a text belongs.
    private mutating func readWithoutText(
        _ role: ColumnRole, kind: ValueKind, column: Int, _ raw: String
    ) {
        if kind == .null {
            switch role {
            case .ticketID: return
            case .assignee: request.assignee = .null
            case .expectAssignee:
                preconditions.assignee = .null
                request.hasPreconditions = true
            case .expectCategoryID:
                preconditions.category = .null
                request.hasPreconditions = true
            default: issues.append(Self.notClearable(role, column: columns.names[column]))
            }
            return
        }
        issues.append(Self.wrongType(role, kind: kind, raw: raw, column: columns.names[column]))
    }

    private mutating func readExpectation(
        _ role: ColumnRole, _ text: UnsafeBufferPointer<UInt8>, column: Int
    ) {
        request.hasPreconditions = true
        switch role {
        case .expectStatus:
            if let number = statusNumber(text) {
                var name = TicketStatus.allCases[Int(number) - 1].rawValue
                let index = name.withUTF8 { statuses.intern($0) }
                preconditions.status = NameReference(index)
            } else if equalsIgnoringCase(text, "null") {
                issues.append(Self.notClearable(role, column: columns.names[column]))
            } else {
                preconditions.status = NameReference(statuses.intern(text))
            }
        case .expectPriority:
            if let number = priorityNumber(text) {
                preconditions.priority = number
            } else {
                report(.priority, text, column: column)
            }
        case .expectCategoryID:
            preconditions.category =
                equalsIgnoringCase(text, "null") ? .null : NameReference(categories.intern(text))
        case .expectAssignee:
            preconditions.assignee =
                Self.isNobody(text) ? .null : NameReference(agents.intern(text))
        default:
            if let time = WrittenTime(text) {
                preconditions.updatedAt = time.start
                preconditions.updatedWithin = time.length
            } else {
                report(role, text, column: column)
            }
        }
    }

    /// Adds the columns that appeared since the last call.
    mutating func learnColumns(_ names: [String]) {
        if names.count == roleCount { return }
        columns.append(newIn: names)
        roles.deallocate()
        roles = .allocate(capacity: columns.roles.count)
        roles.initialize(from: columns.roles, count: columns.roles.count)
        roleCount = columns.roles.count
        places = isMapped ? ColumnPlaces() : ColumnPlaces(columns.roles)
    }

    mutating func reportDoubled(_ column: Int) {
        issues.append(
            RowIssue(
                code: .valueInvalid,
                message: "remove one: another key of the object says the same thing",
                column: columns.names[column]))
    }

    private mutating func report(
        _ role: ColumnRole, _ text: UnsafeBufferPointer<UInt8>, column: Int
    ) {
        let value = WrongValue(
            role: role, column: column, text: String(decoding: text, as: UTF8.self))
        if let issue = wrongValues[value] { return issues.append(issue) }
        let issue = Self.issue(role, found: value.text, column: columns.names[column])
        if wrongValues.count < Self.mostWrongValues, text.count <= 100 {
            wrongValues[value] = issue
        }
        issues.append(issue)
    }

    mutating func report(_ issue: RowIssue) {
        issues.append(issue)
    }

    mutating func setTicket(_ key: TicketKey) {
        request.ticket = key
        hasTicket = true
    }

    /// Whether a text clears the assignee.
    static func isNobody(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        equalsIgnoringCase(text, "unassigned") || equalsIgnoringCase(text, "null")
    }

    /// The text without `="…"` around it, or without a leading `'` where no value can start with one.
    mutating func unwrapped(
        _ text: UnsafeBufferPointer<UInt8>, _ role: ColumnRole
    ) -> UnsafeBufferPointer<UInt8> {
        if let inside = insideFormula(text) {
            survey.unwrapped.formulas += 1
            return inside
        }
        // An agent's name may start with an apostrophe.
        let isWord = [.status, .priority, .expectStatus, .expectPriority].contains(role)
        if isWord, text.count > 1, text[0] == UInt8(ascii: "'") {
            survey.unwrapped.apostrophes += 1
            return UnsafeBufferPointer(rebasing: text[1...])
        }
        return text
    }

    /// The text without the `'` that reports put before text that a spreadsheet would run as a formula.
    func unescaped(
        _ text: UnsafeBufferPointer<UInt8>, _ kind: ValueKind
    ) -> UnsafeBufferPointer<UInt8> {
        guard text.count > 1, text[0] == UInt8(ascii: "'"), kind == .text || kind == .quotedText
        else { return text }
        switch text[1] {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D:
            return UnsafeBufferPointer(rebasing: text[1...])
        default: return text
        }
    }
}

/// A value without a meaning in its column.
private struct WrongValue: Hashable {
    var role: ColumnRole
    var column: Int
    var text: String
}

extension ValueKind {
    /// Whether a value of this kind is a text.
    @inline(__always)
    var isText: Bool {
        self == .text || self == .quotedText || self == .string
    }
}
