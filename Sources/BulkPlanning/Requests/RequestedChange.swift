package import MavaAPI

/// A name in the input, as a number of a ``NameTable``; or that nothing was said, or null.
@usableFromInline
package struct NameReference: Hashable, Sendable, BitwiseCopyable {
    @usableFromInline let raw: UInt32

    private init(raw: UInt32) {
        self.raw = raw
    }

    /// Nothing was said: the field stays as it is, or is not checked.
    package static let absent = NameReference(raw: 0)
    /// None: the field is cleared, or is expected to be empty.
    package static let null = NameReference(raw: 1)

    /// Names a text.
    ///
    /// - Parameter index: The text's number in its table.
    package init(_ index: Int) {
        raw = UInt32(index) + 2
    }

    /// Whether anything was said.
    @inlinable
    package var isPresent: Bool { raw != 0 }
    /// The text's number in its table; `nil` where there is none.
    package var index: Int? { raw >= 2 ? Int(raw) - 2 : nil }
    /// The reference's place among all that a table can give: nothing, null, then the texts.
    @inline(__always)
    var place: Int { Int(raw) }
}

/// What one record asks of one ticket, in 28 bytes.
///
/// Agents and categories are still named as the input names them; what the ticket must be like before is
/// said by ``Preconditions``.
@usableFromInline
package struct RequestedChange: Hashable, Sendable, BitwiseCopyable {
    /// The ticket.
    package var ticket: TicketKey
    /// The agent wanted, in the mapper's `agents`; `null` for none.
    @usableFromInline package var assignee = NameReference.absent
    /// The category wanted, in the mapper's `categories`; never `null`.
    @usableFromInline package var category = NameReference.absent
    /// Whether the category is named by its name instead of its id.
    package var categoryIsName = false
    /// Whether the record has preconditions.
    package var hasPreconditions = false
    @usableFromInline var statusNumber: UInt8 = 0
    @usableFromInline var priorityNumber: UInt8 = 0

    /// Makes a request that asks for nothing yet.
    package init(ticket: TicketKey) {
        self.ticket = ticket
    }

    /// The status wanted; `nil` to leave it.
    package var status: TicketStatus? {
        get {
            let place = Int(statusNumber) - 1
            return TicketStatus.allCases.indices.contains(place)
                ? TicketStatus.allCases[place] : nil
        }
        set { statusNumber = newValue.map(Self.number) ?? 0 }
    }

    /// The status wanted as its place in `TicketStatus.allCases`, from 1, or the number of the status that tickets can
    /// only hold; 0 to leave it.
    package var statusCode: UInt8 {
        get { statusNumber }
        set { statusNumber = newValue }
    }

    /// The priority wanted; `nil` to leave it.
    package var priority: TicketPriority? {
        get { TicketPriority(rawValue: Int(priorityNumber)) }
        set { priorityNumber = UInt8(newValue?.rawValue ?? 0) }
    }

    /// The priority wanted, 1 to 3; 0 to leave it.
    package var priorityCode: UInt8 {
        get { priorityNumber }
        set { priorityNumber = newValue }
    }

    /// The status of a request that asks for nothing itself, because a value is filled in later.
    static let nothingItself: UInt8 = 0xFE
    /// The status or the priority that a map of values leaves as it is.
    static let leftByMap: UInt8 = 0xFF

    /// Whether the request asks for any change.
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

/// What a ticket must be like for a record's request to be carried out.
package struct Preconditions: Hashable, Sendable, BitwiseCopyable {
    /// The status expected, in the mapper's `statuses`: one of the four in its proper writing, or
    /// another that a listing can hold, as written.
    package var status = NameReference.absent
    /// The category expected, by its id, in the mapper's `categories`; `null` for none.
    package var category = NameReference.absent
    /// The agent expected, in the mapper's `agents`; `null` for none.
    package var assignee = NameReference.absent
    /// The priority expected, 1 to 3; 0 for any.
    package var priority: UInt8 = 0
    /// When the ticket must have changed last, in microseconds since 1970; `nil` for whenever.
    package var updatedAt: Int64?
    /// How many microseconds that time lasts, as precisely as it is written: a second, a minute, a day.
    package var updatedWithin: Int64 = 1

    /// Makes preconditions that every ticket meets.
    package init() {}
}
