#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// One change of one field of one ticket, as recorded in the audit log.
public struct AuditMessage: Hashable, Sendable {
    /// The organisation's name.
    public var organisation: String
    /// The ticket's id.
    public var ticketID: String
    /// The field: `status`, `priority`, `category` or `assignedTo`.
    public var field: String
    /// The value before, a priority as its digit; nil for none.
    public var from: String?
    /// The value after, a priority as its digit; nil for none.
    public var to: String?
    /// When it changed, to the millisecond.
    public var at: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// ``at`` in milliseconds since 1970.
    var milliseconds: Int64

    func encode(into output: inout JSONOutput) {
        output.raw("{\"organisation\":")
        output.string(organisation)
        output.raw(",\"ticketId\":")
        output.string(ticketID)
        output.raw(",\"field\":")
        output.string(field)
        output.raw(",\"from\":")
        output.string(orNull: from)
        output.raw(",\"to\":")
        output.string(orNull: to)
        output.raw(",\"at\":\"")
        Timestamp(milliseconds: milliseconds).append(to: &output.bytes)
        output.raw("\"}")
    }
}

extension Organisation {
    /// The message for an entry of the log.
    func message(_ entry: AuditEntry) -> AuditMessage {
        func side(_ value: UInt32) -> String? {
            guard entry.field == .priority else { return pool.text(value) }
            return value == 0 ? nil : String(value)
        }
        return AuditMessage(
            organisation: name, ticketID: text(of: tickets[Int(entry.ticket)].key),
            field: "\(entry.field.name)", from: side(entry.from), to: side(entry.to),
            milliseconds: entry.at)
    }

    /// The text of an id.
    func text(of key: TicketKey) -> String {
        var bytes: [UInt8] = []
        key.append(to: &bytes, pool: pool)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Finds a ticket by its id.
    func place(of id: String) -> Int? {
        var id = id
        return id.withUTF8 { place(of: $0) }
    }
}
