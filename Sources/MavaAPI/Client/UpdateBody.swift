#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The JSON of one `PUT /api/ticket`: a field that stays is absent, no assignee is an explicit null.
struct UpdateBody: Encodable {
    let update: TicketUpdate

    private enum Key: String, CodingKey {
        case ticketId
        case status
        case priority
        case categoryId
        case assignedTo
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(update.ticketID.rawValue, forKey: .ticketId)
        try container.encodeIfPresent(update.status?.rawValue, forKey: .status)
        try container.encodeIfPresent(update.priority?.rawValue, forKey: .priority)
        try container.encodeIfPresent(update.categoryID, forKey: .categoryId)
        switch update.assignedTo {
        case nil: break
        case .agent(let id): try container.encode(id, forKey: .assignedTo)
        case .unassigned: try container.encodeNil(forKey: .assignedTo)
        }
    }

    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        // The same update is the same bytes, every time.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

    /// The bytes of the body.
    ///
    /// Encoding strings and whole numbers cannot fail.
    var bytes: [UInt8] {
        do {
            return Array(try Self.encoder.encode(self))
        } catch {
            preconditionFailure("an update of strings and whole numbers must encode: \(error)")
        }
    }
}
