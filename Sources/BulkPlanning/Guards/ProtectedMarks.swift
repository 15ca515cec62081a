import BulkPlan
import BulkRecords
import BulkSystem
import MavaAPI

/// The tags and origins whose tickets are protected, for reading tickets.
///
/// What is found is kept in the flags of a ticket, so it takes no memory of its own. Texts are compared without
/// letter case and surrounding blanks, because a guard that misses a ticket protects nothing.
struct ProtectedMarks: Sendable {
    private let tags: Set<String>
    private let origins: Set<String>

    /// Takes the tags and origins of guards; the result is `nil` when they name none.
    init?(_ protected: ProtectedTickets) {
        guard protected.hasMarks else { return nil }
        tags = Set(protected.tags.map(Self.plain))
        origins = Set(protected.origins.map(Self.plain))
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
        if let tags = ticket.tags { note(tags: tags, in: &flags) }
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
        case .null: note(tags: [], in: &flags)
        case .array:
            if let tags = Self.tags(inArray: value) { note(tags: tags, in: &flags) }
        case .text, .quotedText, .string:
            // Exports join tags with semicolons.
            let texts = String(decoding: value, as: UTF8.self).split(separator: ";")
            note(tags: texts.map(String.init), in: &flags)
        default: break
        }
    }

    /// Notes a ticket's origin as a snapshot has it.
    ///
    /// Anything but a text or null leaves the origin unknown.
    func note(
        origin value: UnsafeBufferPointer<UInt8>, _ kind: ValueKind,
        in flags: inout TicketTable.Flags
    ) {
        if kind == .null {
            note(origin: "", in: &flags)
        } else if kind.isText {
            note(origin: String(decoding: value, as: UTF8.self), in: &flags)
        }
    }

    private func note(tags found: [String], in flags: inout TicketTable.Flags) {
        if tags.isEmpty { return }
        flags.remove(.lacksTags)
        if found.contains(where: { tags.contains(Self.plain($0)) }) { flags.insert(.isMarked) }
    }

    private func note(origin: String, in flags: inout TicketTable.Flags) {
        if origins.isEmpty { return }
        flags.remove(.lacksOrigin)
        if origins.contains(Self.plain(origin)) { flags.insert(.isMarked) }
    }

    /// The names and ids of tags in an array of texts or objects; `nil` when it has anything else.
    private static func tags(inArray text: UnsafeBufferPointer<UInt8>) -> [String]? {
        var cursor = JSONCursor(UnsafeRawBufferPointer(text))
        var tags: [String] = []
        let whole: Void? = cursor.array { element in
            if let text = element.string() {
                tags.append(text)
                return true
            }
            guard let object = element.skippedText(),
                let tag = NamedReference(inObject: UnsafeRawBufferPointer(object)),
                tag.id != nil || tag.name != nil
            else { return false }
            tags += [tag.id, tag.name].compactMap(\.self)
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
