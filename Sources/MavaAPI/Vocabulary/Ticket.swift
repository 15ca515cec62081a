/// One ticket as `GET /api/tickets` lists it.
///
/// Only what planning needs is kept. `status` is text, because a listing can hold a status that the
/// update does not take; `priority` is a number for the same reason.
public struct Ticket: Hashable, Sendable {
    /// The ticket's identifier.
    public var id: TicketID
    /// The status as listed, such as `Open` or `Spam`; `nil` where the listing has none.
    public var status: String?
    /// The priority as listed, normally 1, 2 or 3; `nil` where the listing has none.
    public var priority: Int?
    /// The category's id; `nil` where the ticket has none.
    public var categoryID: String?
    /// The assigned agent's id; `nil` where no agent is assigned.
    public var assignedTo: String?
    /// The state of the AI's handling, as listed; `nil` where the AI never had the ticket.
    public var aiStatus: String?
    /// When the ticket was created, as the listing writes it (ISO 8601).
    public var createdAt: String?
    /// When the ticket last changed, as the listing writes it (ISO 8601).
    public var updatedAt: String?
    /// The names and ids of the tags as listed; `nil` where the listing does not say.
    ///
    /// A text that is set here is taken as the only name or id of its tag.
    public var tags: [String]? {
        get { tagNames?.texts }
        set { tagNames = newValue.map(TagNames.init) }
    }
    /// The names and ids of the tags, with what is known of each.
    package var tagNames: TagNames?
    /// Whether the listing has something, even null, about the AI's handling.
    package var saysAIStatus = true
    /// Where the ticket came from, empty for nowhere; `nil` where the listing does not say.
    public var origin: String?

    /// Makes a ticket from its parts.
    public init(
        id: TicketID, status: String? = nil, priority: Int? = nil, categoryID: String? = nil,
        assignedTo: String? = nil, aiStatus: String? = nil, createdAt: String? = nil,
        updatedAt: String? = nil, tags: [String]? = nil, origin: String? = nil
    ) {
        self.id = id
        self.status = status
        self.priority = priority
        self.categoryID = categoryID
        self.assignedTo = assignedTo
        self.aiStatus = aiStatus
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        tagNames = tags.map(TagNames.init)
        self.origin = origin
    }

    /// Whether the AI is handling the ticket, so that assigning it would end that.
    public var isHandledByAI: Bool { Self.isAIHandling(aiStatus) }

    /// Whether an `aiStatus` says that the AI is handling the ticket now.
    ///
    /// Assumption: Mava does not document the values. Anything present is taken to mean "handling" unless it
    /// plainly says that the handling is over: a needless `held` row costs a second look, but an unnoticed
    /// hand-off cannot be undone.
    ///
    /// - Parameter aiStatus: The status as listed, or `nil`.
    /// - Returns: `true` when the AI must be taken to be handling the ticket.
    public static func isAIHandling(_ aiStatus: String?) -> Bool {
        guard let aiStatus else { return false }
        let plain = aiStatus.lowercased().filter { $0.isLetter }
        let over: Set<String> = [
            "", "none", "null", "inactive", "disabled", "off", "handedoff", "handoff", "escalated",
            "resolved", "closed", "ended", "done", "completed", "finished", "false",
        ]
        return !over.contains(plain)
    }
}
