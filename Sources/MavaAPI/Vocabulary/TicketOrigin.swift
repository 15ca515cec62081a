/// Where tickets come from.
package enum TicketOrigin {
    /// The origins that `GET /api/ticket` documents; a ticket can have another one.
    package static let known = ["web", "discord", "telegram", "telegram-group", "email"]
}
