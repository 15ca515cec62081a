package import BulkPlan
package import BulkRecords

/// Turns records into requested changes, or into issues.
///
/// It makes no String for a record. Ids become keys. Statuses and priorities become small numbers. Agents and
/// categories become numbers of a table, and planning resolves each name once.
///
/// There are two ways from a record to its request, over one set of ``FieldRules``. The exact way,
/// ``map(_:)``, reads any record value by value. The fast way, ``readColumns(of:into:)``, reads many plain
/// rows column by column and leaves each row that it does not understand to the exact way.
package struct RequestMapper: ~Copyable {
    /// The most names that are kept from one part of an input to the next.
    private static let mostNamesKept = 4096

    /// The columns' meanings; for JSON Lines, of all keys so far.
    package private(set) var columns: ColumnMap
    /// The last record's requested change.
    ///
    /// It is valid when ``map(_:)`` returned `true`. Its ticket is also valid when only ``hasTicket`` is
    /// true.
    package internal(set) var request = RequestedChange(ticket: TicketKey(interned: 0))
    /// The last record's preconditions.
    package internal(set) var preconditions = Preconditions()
    /// The last record's issues; empty when ``map(_:)`` returned `true`, and unless they are worded.
    package internal(set) var issues: [RowIssue] = []
    /// The cause of the last record's first issue; `nil` when ``map(_:)`` returned `true`.
    package internal(set) var issueCode: RowIssue.Code?
    /// Whether the words of issues are made.
    ///
    /// The first reading needs their causes alone. The second one finds them again, for the plan.
    var wordsIssues = true
    /// What to add to a record's lines, which count from the start of its block where there are blocks.
    var firstLine = 0
    /// The column that names tickets, where it is known that the whole input has one.
    var ticketColumn: String?
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
    /// The columns' positions, for plain rows.
    var places: ColumnPlaces
    /// Statistics about the forms of ids and about unwrapped values.
    package internal(set) var survey = IDSurvey()
    /// The issues of wrong values so far, because a wrong word often occurs again.
    var wrongValues: [WrongValue: RowIssue] = [:]
    /// The last malformed record's problem and its message, because most records of an input have the same one.
    var lastProblem: (problem: RecordProblem, message: String)?
    /// How many wrong values in a row were new.
    var wrongValueMisses = 0
    /// The names in the header; `nil` for JSON Lines.
    let headerNames: HeaderNames?
    /// Whether words are mapped; then no word has its own meaning before it was looked up in the map.
    let isMapped: Bool
    /// The meanings of texts.
    let rules = FieldRules.standard
    /// The selection's comparisons about columns; `nil` when there are none.
    var comparisons: ColumnComparisons?
    /// The lines of word maps that were used.
    package internal(set) var usedMapLines: [TicketField: Set<Int>] = [:]
    /// Whether the last record has any ticket id, valid or not.
    var isTicketNamed = false
    /// The place of the last record's value that names the ticket's column and no ticket.
    var ticketName: Int?
    /// The first line since ``begin(keepingNames:)`` that is a header with columns in another order.
    package internal(set) var otherHeaderLine: Int?

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
        headerNames = columns.hasHeader ? HeaderNames(columns.names) : nil
        comparisons = ColumnComparisons(columns.choices.selection)
        roles = .allocate(capacity: self.columns.roles.count)
        roles.initialize(from: self.columns.roles, count: self.columns.roles.count)
        roleCount = self.columns.roles.count
        places = Self.places(self.columns)
    }

    deinit { roles.deallocate() }

    /// Starts a part of an input: removes the statistics about ids, and names.
    ///
    /// - Parameter keepsNames: Whether the names of agents, categories and statuses are kept, if there are not too many.
    ///   The same names most likely occur again. A plain row with a new name is read value by value.
    /// - Returns: Whether they are kept.
    mutating func begin(keepingNames keepsNames: Bool) -> Bool {
        let count = agents.count + categories.count + statuses.count
        let isKept = keepsNames && count <= Self.mostNamesKept
        if !isKept {
            agents.removeAll()
            categories.removeAll()
            statuses.removeAll()
        }
        ticketIDs.removeAll()
        survey = IDSurvey()
        usedMapLines = [:]
        otherHeaderLine = nil
        return isKept
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
        removeIssues()
        preconditions = Preconditions()
        hasTicket = false
        isTicketNamed = false
        request = RequestedChange(ticket: TicketKey(interned: 0))
        if record.columnCount > roleCount { learnColumns(record.columns) }
        if let problem = record.problem {
            if problem.code == .invalidUTF8 { survey.hasInvalidUTF8 = true }
            if note(.malformedRecord) {
                if lastProblem?.problem.isWorded(like: problem) != true {
                    lastProblem = (problem, problem.message)
                }
                issues.append(
                    RowIssue(code: .malformedRecord, message: lastProblem?.message ?? ""))
            }
            return false
        }
        if columns.hasHeader { checkPlaces(record) }
        let contested = columns.hasContested ? contestedBits(of: record) : 0
        for index in 0..<record.count {
            let value = record.value(index)
            let role = roles[value.column]
            if role.isPassive { continue }
            if contested != 0, contested & role.groupBit != 0 { continue }
            if readPlain(role, value.kind, value.bytes) { continue }
            read(role, value.kind, record, at: index, column: value.column)
        }
        if contested != 0 { readContested(record, contested) }
        if !columns.otherTicketColumns.isEmpty { compareTickets(record) }
        if !columns.otherWordColumns.isEmpty { compareWords(record) }
        if !columns.wanted.isEmpty { noteWanted(record) }
        if let ticketName {
            self.ticketName = nil
            readHeaderAgain(record, at: ticketName)
        } else if headerNames != nil, !(hasTicket && request.ticket.isObjectID), mayBeHeader {
            reportMovedHeader(record)
        }
        if columns.choices.takesRefusals, isTicketNamed, let obstacle = refusal(record)?.obstacle {
            // Its values are known as far as they can be read, so that conditions can ask about them.
            removeIssues()
            preconditions.obstacle = obstacle
            request.hasPreconditions = true
            if !request.asksForChange { request.statusCode = RequestedChange.nothingItself }
            return true
        }
        if isTicketNamed, issueCode == nil, request.asksForChange { return true }
        return finish(record)
    }

    /// Reports what a record lacks; returns whether it has a request after all.
    private mutating func finish(_ record: borrowing Record) -> Bool {
        if !isTicketNamed { reportMissingTicket(record) }
        if issueCode == nil, !request.asksForChange, columns.choices.allowsNoRequest,
            columns.choices.allowsNoColumn || leavesValueOut(record)
        {
            request.statusCode = RequestedChange.nothingItself
        }
        if issueCode == nil, !request.asksForChange, note(.nothingToChange) {
            issues.append(
                RowIssue(
                    code: .nothingToChange,
                    message:
                        "fill in a status, priority, category or assignee, or leave the row out: "
                        + "it asks for nothing"))
        }
        return issueCode == nil
    }

    /// Notes an issue's cause; returns whether its words are wanted.
    mutating func note(_ code: RowIssue.Code) -> Bool {
        if issueCode == nil { issueCode = code }
        return wordsIssues
    }

    mutating func removeIssues() {
        guard issueCode != nil else { return }
        issueCode = nil
        issues.removeAll(keepingCapacity: true)
    }

    /// The member with which a row that the program made says why it must not be carried out.
    package static let refusalKey = "mavaBulkRefusal"

    /// Why a row that the program made must not be carried out, if it says so.
    ///
    /// - Parameter record: The row.
    /// - Returns: The obstacle, and what to do; `nil` for a row that can be carried out.
    func refusal(_ record: borrowing Record) -> (obstacle: UndoObstacle, message: String)? {
        guard let text = text(of: Self.refusalKey, in: record) else { return nil }
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let obstacle = UndoObstacle(name: parts[0]) else { return nil }
        return (obstacle, String(parts[1].drop { $0 == " " }))
    }

    /// The row of a run that a row which the program made undoes.
    func undoneRow(_ record: borrowing Record) -> Int? {
        text(of: PlanHeader.undoneRowColumn, in: record).flatMap { Int($0) }
    }

    private func text(of name: String, in record: borrowing Record) -> String? {
        for index in 0..<record.count where record.columns[record.column(of: index)] == name {
            return String(decoding: record.bytes(of: index), as: UTF8.self)
        }
        return nil
    }

    /// Adds the columns that appeared since the last call.
    mutating func learnColumns(_ names: [String]) {
        if names.count == roleCount { return }
        columns.append(newIn: names)
        roles.deallocate()
        roles = .allocate(capacity: columns.roles.count)
        roles.initialize(from: columns.roles, count: columns.roles.count)
        roleCount = columns.roles.count
        places = Self.places(columns)
    }

    /// The columns' positions; none where a value's meaning depends on more than its text.
    private static func places(_ columns: ColumnMap) -> ColumnPlaces {
        let choices = columns.choices
        let isPlain = columns.otherWordColumns.isEmpty && columns.wanted.isEmpty
        return isPlain && choices.words.isEmpty && !choices.takesRefusals
            ? ColumnPlaces(columns.roles) : ColumnPlaces()
    }
}
