internal import BulkRecords
internal import BulkSystem
public import MavaAPI

/// What is asked of one ticket, for rows that come from a program instead of a file.
///
/// Names are looked up as those of a file's rows are, and a field that is `nil` stays as it is. A name that is blank, or
/// that a file would read as "no agent", makes the row invalid, because ``Assignee/unassigned`` says that.
public struct TicketChange: Hashable, Sendable {
    /// Who is to have the ticket.
    public enum Assignee: Hashable, Sendable {
        /// The agent with this id, e-mail, username or wallet address.
        case agent(String)
        /// No agent.
        case unassigned
    }

    /// The ticket's id.
    public var ticketID: String
    /// The status wanted.
    public var status: TicketStatus?
    /// The priority wanted.
    public var priority: TicketPriority?
    /// The category wanted, by its name or id.
    public var category: String?
    /// The assignee wanted.
    public var assignee: Assignee?
    /// The status that the ticket must have; else the row ends as a conflict.
    public var expectedStatus: TicketStatus?
    /// The agent that the ticket must be assigned to; else the row ends as a conflict.
    public var expectedAssignee: Assignee?
    /// The priority that the ticket must have; else the row ends as a conflict.
    public var expectedPriority: TicketPriority?
    /// The category that the ticket must have, by its name or id; else the row ends as a conflict.
    public var expectedCategory: String?
    /// When the ticket must have changed last, such as `2026-11-27T10:00:00.000Z`; else the row ends as a conflict.
    public var expectedUpdatedAt: String?

    /// Makes a change from its parts.
    ///
    /// - Parameters:
    ///   - ticketID: The ticket's id.
    ///   - status: The status wanted.
    ///   - priority: The priority wanted.
    ///   - category: The category wanted, by its name or id.
    ///   - assignee: The assignee wanted.
    ///   - expectedStatus: The status that the ticket must have.
    ///   - expectedAssignee: The agent that the ticket must be assigned to.
    ///   - expectedPriority: The priority that the ticket must have.
    ///   - expectedCategory: The category that the ticket must have, by its name or id.
    ///   - expectedUpdatedAt: When the ticket must have changed last, as a listing says it.
    public init(
        ticketID: String, status: TicketStatus? = nil, priority: TicketPriority? = nil,
        category: String? = nil, assignee: Assignee? = nil, expectedStatus: TicketStatus? = nil,
        expectedAssignee: Assignee? = nil, expectedPriority: TicketPriority? = nil,
        expectedCategory: String? = nil, expectedUpdatedAt: String? = nil
    ) {
        self.ticketID = ticketID
        self.status = status
        self.priority = priority
        self.category = category
        self.assignee = assignee
        self.expectedStatus = expectedStatus
        self.expectedAssignee = expectedAssignee
        self.expectedPriority = expectedPriority
        self.expectedCategory = expectedCategory
        self.expectedUpdatedAt = expectedUpdatedAt
    }
}

extension PlanInput {
    /// Creates an input from rows in memory.
    ///
    /// They are kept as JSON Lines, about 100 bytes each, and planned as a file with those lines would be.
    ///
    /// - Parameters:
    ///   - rows: The changes, one a row.
    ///   - name: What previews and reports call the input.
    public init(rows: some Sequence<TicketChange>, name: String = "rows") {
        self.init(path: name, format: .jsonLines)
        var buffer = OutputBuffer()
        for row in rows { buffer.append(row) }
        bytes = buffer.withUnsafeBytes { Array($0) }
    }

    /// Creates an input from rows as they come, until the last one.
    ///
    /// - Parameters:
    ///   - rows: The changes, one a row.
    ///   - name: What previews and reports call the input.
    /// - Throws: What the sequence throws, and a `CancellationError` when the task is cancelled.
    nonisolated(nonsending)
        public init<Rows: AsyncSequence>(rows: Rows, name: String = "rows") async throws
    where Rows.Element == TicketChange {
        self.init(path: name, format: .jsonLines)
        var buffer = OutputBuffer()
        for try await row in rows { buffer.append(row) }
        // A stream ends in a task that is cancelled as if there were no more rows.
        try Task.checkCancellation()
        bytes = buffer.withUnsafeBytes { Array($0) }
    }
}

extension OutputBuffer {
    /// Appends a change as a JSON line.
    fileprivate mutating func append(_ change: TicketChange) {
        append(#"{"ticketId":"#)
        append(jsonString: change.ticketID)
        append("status", change.status?.rawValue)
        append("priority", change.priority)
        append(category: "category", change.category)
        append("assignedTo", change.assignee)
        append("expectStatus", change.expectedStatus?.rawValue)
        append("expectPriority", change.expectedPriority)
        append(category: "expectCategory", change.expectedCategory)
        append("expectAssignedTo", change.expectedAssignee)
        append("expectUpdatedAt", name: change.expectedUpdatedAt, unlike: [])
        append("}\n")
    }

    private mutating func append(key: String) {
        append(",")
        append(jsonString: key)
        append(":")
    }

    private mutating func append(_ key: String, _ value: String?) {
        guard let value else { return }
        append(key: key)
        append(jsonString: value)
    }

    private mutating func append(_ key: String, _ priority: TicketPriority?) {
        append(key, (priority?.rawValue).map(String.init))
    }

    /// Appends a text that means itself.
    ///
    /// A row of a file can also say nothing, or "no agent", with a text. Such a text is put into a list, which makes
    /// the row invalid.
    ///
    /// - Parameters:
    ///   - key: The member's key.
    ///   - value: The text; `nil` for no member.
    ///   - words: The lower-case words that do not mean themselves.
    private mutating func append(_ key: String, name value: String?, unlike words: [StaticString]) {
        guard var value else { return }
        append(key: key)
        let isName = value.withUTF8 { bytes in
            let text = trimmed(bytes)
            return !text.isEmpty && !words.contains { equalsIgnoringCase(text, $0) }
        }
        if !isName { append("[") }
        append(jsonString: value)
        if !isName { append("]") }
    }

    private mutating func append(category key: String, _ name: String?) {
        append(key, name: name, unlike: ["null", "not listed"])
    }

    private mutating func append(_ key: String, _ assignee: TicketChange.Assignee?) {
        switch assignee {
        case nil: break
        case .agent(let name):
            append(key, name: name, unlike: ["null", "not listed", "unassigned"])
        case .unassigned:
            append(key: key)
            append("null")
        }
    }
}
