import BulkSystem

extension RunMessage {
    /// The form in which a receiver takes messages.
    enum Form: Hashable, Sendable {
        /// An object with `text`, which Slack and many others show, and members for programs.
        case plain
        /// An Adaptive Card, which is all that Microsoft Teams takes.
        case teams

        /// The domains of Teams: of workflows, which Power Automate runs, and of the connectors that they replace.
        ///
        /// Source: learn.microsoft.com, microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
        /// ("Workflows support Adaptive Cards only").
        private static let domainsOfTeams = [
            "logic.azure.com", "powerplatform.com", "webhook.office.com",
        ]

        /// The form that a host takes.
        init(of host: String) {
            let host = host.lowercased()
            let isTeams = Self.domainsOfTeams.contains { host.hasSuffix("." + $0) }
            self = isTeams ? .teams : .plain
        }
    }

    /// The message as a card.
    ///
    /// Its text is in runs, which have no Markdown: a name with a link in it stays text.
    var card: JSONValue {
        let blocks = lines.map { line in
            JSONValue.object([
                ("type", .text("RichTextBlock")),
                (
                    "inlines",
                    .list([.object([("type", .text("TextRun")), ("text", .text(line))])])
                ),
            ])
        }
        let content = JSONValue.object([
            ("$schema", .text("http://adaptivecards.io/schemas/adaptive-card.json")),
            ("type", .text("AdaptiveCard")), ("version", .text("1.2")),
            ("msteams", .object([("width", .text("Full"))])), ("body", .list(blocks)),
        ])
        let attachment = JSONValue.object([
            ("contentType", .text("application/vnd.microsoft.card.adaptive")),
            ("content", content),
        ])
        return .object([("type", .text("message")), ("attachments", .list([attachment]))])
    }
}
