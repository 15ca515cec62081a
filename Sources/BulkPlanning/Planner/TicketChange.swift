internal import BulkRecords
internal import BulkSystem
public import MavaAPI

/// What is asked of one ticket, for rows that come from a program instead of a file.
///
/// It says what a row of a file can say: names are looked up, and a field that is `nil` stays as it is.
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

    /// Makes a change from its parts.
    public init(
        ticketID: String, status: TicketStatus? = nil, priority: TicketPriority? = nil,
        category: String? = nil, assignee: Assignee? = nil, expectedStatus: TicketStatus? = nil,
        expectedAssignee: Assignee? = nil
    ) {
        self.ticketID = ticketID
        self.status = status
        self.priority = priority
        self.category = category
        self.assignee = assignee
        self.expectedStatus = expectedStatus
        self.expectedAssignee = expectedAssignee
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
    /// - Throws: What the sequence throws.
    nonisolated(nonsending)
        public init<Rows: AsyncSequence>(rows: Rows, name: String = "rows") async throws
    where Rows.Element == TicketChange {
        self.init(path: name, format: .jsonLines)
        var buffer = OutputBuffer()
        for try await row in rows { buffer.append(row) }
        bytes = buffer.withUnsafeBytes { Array($0) }
    }
}

extension OutputBuffer {
    /// Appends a change as a JSON line.
    fileprivate mutating func append(_ change: TicketChange) {
        append(#"{"ticketId":"#)
        append(jsonString: change.ticketID)
        append("status", change.status?.rawValue)
        append("priority", (change.priority?.rawValue).map(String.init))
        append("category", change.category)
        append("assignedTo", change.assignee)
        append("expectStatus", change.expectedStatus?.rawValue)
        append("expectAssignedTo", change.expectedAssignee)
        append("}\n")
    }

    private mutating func append(_ key: String, _ value: String?) {
        guard let value else { return }
        append(",")
        append(jsonString: key)
        append(":")
        append(jsonString: value)
    }

    private mutating func append(_ key: String, _ assignee: TicketChange.Assignee?) {
        switch assignee {
        case nil: break
        case .agent(let name): append(key, name)
        case .unassigned:
            append(",")
            append(jsonString: key)
            append(":null")
        }
    }
}
