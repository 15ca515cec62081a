package import BulkPlan
package import MavaAPI

/// A name in the input, as a number of a ``NameTable``, or the absence of a value, or null.
@usableFromInline
package struct NameReference: Hashable, Sendable, BitwiseCopyable {
    @usableFromInline let raw: UInt32

    private init(raw: UInt32) {
        self.raw = raw
    }

    /// No value: the field stays as it is, or is not checked.
    package static let absent = NameReference(raw: 0)
    /// Null: the field is cleared, or is expected to be empty.
    package static let null = NameReference(raw: 1)

    /// Refers to a text.
    ///
    /// - Parameter index: The text's number in its table.
    package init(_ index: Int) {
        raw = UInt32(index) + 2
    }

    /// Whether there is a value or null.
    @inlinable
    package var isPresent: Bool { raw != 0 }
    /// The text's number in its table; `nil` when there is no text.
    package var index: Int? { raw >= 2 ? Int(raw) - 2 : nil }
    /// The reference's index among all references to a table: absent, null, then the texts.
    @inline(__always)
    var place: Int { Int(raw) }
}

/// The change that one record requests for one ticket, in 28 bytes.
///
/// Agents and categories are still the names in the input. The required state of the ticket is in
/// ``Preconditions``.
@usableFromInline
package struct RequestedChange: Hashable, Sendable, BitwiseCopyable {
    /// The ticket.
    package var ticket: TicketKey
    /// The wanted agent, in the mapper's `agents`; `null` for no agent.
    @usableFromInline package var assignee = NameReference.absent
    /// The wanted category, in the mapper's `categories`; never `null`.
    @usableFromInline package var category = NameReference.absent
    /// Whether the category is given by name and not by id.
    package var categoryIsName = false
    /// Whether the record has preconditions.
    package var hasPreconditions = false
    @usableFromInline var statusNumber: UInt8 = 0
    @usableFromInline var priorityNumber: UInt8 = 0

    /// Makes a request without changes.
    package init(ticket: TicketKey) {
        self.ticket = ticket
    }

    /// The wanted status; `nil` to leave it.
    package var status: TicketStatus? {
        get {
            let place = Int(statusNumber) - 1
            return TicketStatus.allCases.indices.contains(place)
                ? TicketStatus.allCases[place] : nil
        }
        set { statusNumber = newValue.map(Self.number) ?? 0 }
    }

    /// The wanted status as a number; 0 to leave it.
    ///
    /// It is the position in `TicketStatus.allCases`, from 1, or the number of the status that tickets can
    /// only have.
    package var statusCode: UInt8 {
        get { statusNumber }
        set { statusNumber = newValue }
    }

    /// The wanted priority; `nil` to leave it.
    package var priority: TicketPriority? {
        get { TicketPriority(rawValue: Int(priorityNumber)) }
        set { priorityNumber = UInt8(newValue?.rawValue ?? 0) }
    }

    /// The wanted priority, 1 to 3; 0 to leave it.
    package var priorityCode: UInt8 {
        get { priorityNumber }
        set { priorityNumber = newValue }
    }

    /// The status code of a row that requests nothing itself, because a value is filled in later.
    static let nothingItself: UInt8 = 0xFE
    /// The code of a status or priority that a map leaves unchanged.
    static let leftByMap: UInt8 = 0xFF

    /// Whether the request has any change.
    @inlinable
    package var asksForChange: Bool {
        statusNumber != 0 || priorityNumber != 0 || category.isPresent || assignee.isPresent
    }

    private static func number(_ status: TicketStatus) -> UInt8 {
        switch status {
        case .open: 1
        case .resolved: 2
        case .pending: 3
        case .waiting: 4
        }
    }
}

/// The state that a ticket must have for a record's request to be sent.
package struct Preconditions: Hashable, Sendable, BitwiseCopyable {
    /// The expected status, in the mapper's `statuses`.
    ///
    /// It is one of the four in its canonical spelling, or another one that a listing can have, as written.
    package var status = NameReference.absent
    /// The expected category, by id, in the mapper's `categories`; `null` for no category.
    package var category = NameReference.absent
    /// The expected agent, in the mapper's `agents`; `null` for no agent.
    package var assignee = NameReference.absent
    /// The expected priority, 1 to 4; 0 for any, and ``noPriority`` for none.
    package var priority: UInt8 = 0
    /// Stands for no priority, which some tickets have.
    package static let noPriority = UInt8.max
    /// When the ticket must have last changed, in microseconds since 1970; `nil` for any time.
    package var updatedAt: Int64?
    /// The precision of that time in microseconds, from its spelling: a second, a minute, a day.
    package var updatedWithin: Int64 = 1
    /// Why the row must not be carried out, which only rows that the program made can say.
    package var obstacle: UndoObstacle?

    /// Makes preconditions that every ticket meets.
    package init() {}
}
