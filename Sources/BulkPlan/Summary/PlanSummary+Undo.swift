import BulkSystem
import MavaAPI

extension PlanSummary {
    /// Why a change cannot be undone later.
    package enum Finality: CaseIterable, Hashable, Sendable {
        /// The ticket was not read, so what the change replaces is not known.
        case notRead
        /// The ticket has no category, and no update clears one.
        case noCategory
        /// The ticket has a priority that no update sets.
        case priority
        /// The ticket has a status that no update sets.
        case status
        /// The ticket's agent is not listed, so no update assigns it again.
        case agent

        /// Finds out why a change cannot be undone.
        ///
        /// The result is `nil` if it can be undone, as far as is known.
        ///
        /// - Parameters:
        ///   - field: The field.
        ///   - before: What the change replaces; `nil` if the ticket was not read.
        ///   - isAgentGone: Whether an agent with this id is known not to be listed.
        package init?(
            _ field: TicketField, _ before: FieldValue?, isAgentGone: (String) -> Bool
        ) {
            switch (field, before) {
            case (_, nil): self = .notRead
            case (.categoryID, .text?): return nil
            case (.categoryID, _?): self = .noCategory
            case (.priority, .number(1...3)?): return nil
            case (.priority, _?): self = .priority
            case (.status, .text(let text)?) where TicketStatus(rawValue: text) != nil: return nil
            case (.status, _?): self = .status
            case (.assignedTo, .text(let id)?) where isAgentGone(id): self = .agent
            case (.assignedTo, _?): return nil
            }
        }

        /// The reason with the number of its tickets, such as `4 set a category where none was`.
        fileprivate func words(_ count: Int) -> String {
            let one = count == 1
            let text =
                switch self {
                case .notRead: one ? "was not read" : "were not read"
                case .noCategory:
                    one ? "sets a category where none was" : "set a category where none was"
                case .priority:
                    one
                        ? "replaces a priority that cannot be set"
                        : "replace a priority that cannot be set"
                case .status:
                    one
                        ? "replaces a status that cannot be set"
                        : "replace a status that cannot be set"
                case .agent:
                    one
                        ? "replaces an agent who is not listed"
                        : "replace an agent who is not listed"
                }
            return "\(Words.number(count)) \(text)"
        }
    }
}

extension PlanSummary.Notice {
    /// Reports the tickets that an undo leaves as they are, because something else changed them since.
    static func movedOn(_ header: PlanHeader) -> Self? {
        let count = header.counts.conflict
        guard let follows = header.follows, follows.kind == .undo, count > 0 else { return nil }
        let runs = follows.runs.count == 1 ? "the run" : "the runs"
        return Self(
            kind: .movedOn, count: count,
            message:
                "\(Words.rows(count)) left as \(count == 1 ? "it is" : "they are"), because the "
                + "\(count == 1 ? "ticket has" : "tickets have") moved on: something else changed "
                + "\(count == 1 ? "it" : "them") after \(runs)", samples: [])
    }

    /// Reports the changes that cannot be undone later, so that they are known before they are made.
    ///
    /// A ticket with several such changes is counted for the first reason.
    static func final(_ groups: [PlanSummary.Group], _ header: PlanHeader) -> Self? {
        // Only a full list of agents shows that one is missing.
        let knowsAgents =
            !header.agentNames.isEmpty && header.agentNames.count < PlanHeader.nameLimit
            && !header.takesNamesFromSnapshot
        var counts: [PlanSummary.Finality: Int] = [:]
        var samples: [String] = []
        for group in groups {
            let reasons = group.changes.compactMap { change in
                PlanSummary.Finality(change.field, change.before) {
                    knowsAgents && header.agentNames[$0] == nil
                }
            }
            guard let reason = PlanSummary.Finality.allCases.first(where: reasons.contains) else {
                continue
            }
            counts[reason, default: 0] += group.tickets
            samples += group.samples
        }
        let count = counts.values.reduce(0, +)
        guard count > 0 else { return nil }
        let parts = PlanSummary.Finality.allCases.compactMap { reason in
            counts[reason].map(reason.words)
        }
        return Self(
            kind: .cannotBeUndone, count: count,
            message: "\(Words.number(count)) of these changes cannot be undone: "
                + parts.joined(separator: ", "),
            samples: Array(samples.prefix(3)))
    }
}
