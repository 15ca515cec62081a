import BulkPlan
import BulkRecords
import BulkSystem
import MavaAPI
import Synchronization

/// The tags and origins whose tickets are protected, for reading tickets.
///
/// What is found is kept in the flags of a ticket, so it takes no memory of its own. Texts are compared without
/// letter case and surrounding blanks, because a guard that misses a ticket protects nothing.
struct ProtectedMarks: Sendable {
    private let tags: Set<String>
    private let origins: Set<String>
    /// Whether tags are protected by their names, and by their ids.
    private let byName: Bool
    private let byID: Bool
    private let seen = Seen()

    /// Collects the tags and origins of guards; the result is `nil` when they name none.
    init?(_ protected: ProtectedTickets) {
        guard protected.hasMarks else { return nil }
        tags = Set(protected.tags.map(Self.plain))
        origins = Set(protected.origins.map(Self.plain))
        byName = tags.contains { !TagNames.isID($0) }
        byID = tags.contains(where: TagNames.isID)
    }

    /// The flags of a ticket of which nothing was read yet.
    var unread: TicketTable.Flags {
        var flags: TicketTable.Flags = []
        if !tags.isEmpty { flags.insert(.lacksTags) }
        if !origins.isEmpty { flags.insert(.lacksOrigin) }
        return flags
    }

    /// Whether a kind of value in a snapshot is needed.
    func needs(_ kind: SnapshotKey.Kind) -> Bool {
        kind == .tags ? !tags.isEmpty : kind == .origin && !origins.isEmpty
    }

    /// The flags of a listed ticket.
    func flags(of ticket: Ticket) -> TicketTable.Flags {
        var flags = unread
        if let tags = ticket.tagNames { note(tags: tags, in: &flags) }
        if let origin = ticket.origin { note(origin: origin, in: &flags) }
        return flags
    }

    /// Notes a ticket's tags as a snapshot has them: a JSON array, a list in a cell, or null.
    ///
    /// Any other value leaves the tags unknown.
    func note(
        tags value: UnsafeBufferPointer<UInt8>, _ kind: ValueKind, in flags: inout TicketTable.Flags
    ) {
        switch kind {
        case .null: note(tags: TagNames(), in: &flags)
        case .array:
            if let tags = Self.tags(inArray: value) { note(tags: tags, in: &flags) }
        case .text, .quotedText, .string:
            note(tags: Self.tags(inCell: value, kind), in: &flags)
        default: break
        }
    }

    /// Notes a ticket's origin as a snapshot has it.
    ///
    /// Anything but the name of an origin leaves it unknown.
    func note(
        origin value: UnsafeBufferPointer<UInt8>, _ kind: ValueKind,
        in flags: inout TicketTable.Flags
    ) {
        guard kind.isText else { return }
        note(origin: String(decoding: cellWord(value, kind), as: UTF8.self), in: &flags)
    }

    /// Notes a ticket's tags.
    ///
    /// A tag that is given by its id alone is not known to have another name than a protected one, and the other
    /// way round; the ticket's tags stay unknown then.
    private func note(tags found: TagNames, in flags: inout TicketTable.Flags) {
        if tags.isEmpty { return }
        if !(byName && found.hasBareID), !(byID && found.hasBareName) { flags.remove(.lacksTags) }
        let marked = tags.intersection(found.texts.map(Self.plain))
        if marked.isEmpty { return }
        flags.insert(.isMarked)
        seen.tags.withLock { $0.formUnion(marked) }
    }

    /// Notes a ticket's origin; one that is not known may be another name of a protected one.
    private func note(origin: String, in flags: inout TicketTable.Flags) {
        let origin = Self.plain(origin)
        guard !origins.isEmpty, TicketOrigin.known.contains(origin) else { return }
        flags.remove(.lacksOrigin)
        if origins.contains(origin) { flags.insert(.isMarked) }
    }

    /// What to say of protected tags that no ticket has: the API has no list of tags that could be asked.
    ///
    /// - Parameter protected: What the guards protect.
    /// - Returns: A note that names them; none when tickets have them all.
    func notes(_ protected: ProtectedTickets) -> [String] {
        let seen = seen.tags.withLock { $0 }
        let missing = protected.tags.filter { !seen.contains(Self.plain($0)) }.map { quoted($0) }
        if missing.isEmpty { return [] }
        return [
            "no ticket that was read has the protected \(missing.count == 1 ? "tag" : "tags") "
                + missing.joined(separator: ", ")
        ]
    }

    /// The protected tags that tickets had, of all threads that read tickets.
    private final class Seen: Sendable {
        let tags = Mutex<Set<String>>([])
    }

    /// The names and ids of tags in a cell, which exports join with semicolons.
    ///
    /// A cell of CSV is escaped as a whole where its first tag needs it. What a spreadsheet puts around a cell is no
    /// part of its tags; a tag that begins with a `'` counts with it and without.
    private static func tags(
        inCell value: UnsafeBufferPointer<UInt8>, _ kind: ValueKind
    ) -> TagNames {
        let text = unwrappedCell(trimmed(value), kind, .unknown).text
        let texts = String(decoding: text, as: UTF8.self).split(separator: ";").map(String.init)
        var tags = TagNames(texts)
        guard kind != .string else { return tags }
        for text in texts {
            let inside = text.drop(while: \.isWhitespace)
            if inside.first == "'", inside.count > 1 { tags.add(String(inside.dropFirst())) }
        }
        return tags
    }

    /// The names and ids of tags in an array of texts or objects; `nil` when it has anything else.
    private static func tags(inArray text: UnsafeBufferPointer<UInt8>) -> TagNames? {
        var cursor = JSONCursor(UnsafeRawBufferPointer(text))
        var tags = TagNames()
        let whole: Void? = cursor.array { element in
            if let text = element.string() {
                tags.add(text)
                return true
            }
            guard let object = element.skippedText(),
                let tag = NamedReference(inObject: UnsafeRawBufferPointer(object)),
                tag.id != nil || tag.name != nil
            else { return false }
            tags.add(ids: [tag.id].compactMap(\.self), name: tag.name)
            return true
        }
        return whole == nil ? nil : tags
    }

    private static func plain(_ text: String) -> String {
        let lower = text.lowercased()
        return String(
            decoding: Array(lower.utf8).withUnsafeBufferPointer { Array(trimmed($0)) },
            as: UTF8.self)
    }
}
