import BulkSystem
import MavaAPI

extension PlanSummary {
    /// Why a change cannot be undone later.
    ///
    /// The first reason is the one that counts.
    package enum Finality: CaseIterable, Comparable, Hashable, Sendable {
        /// The ticket was not read, so what the change replaces is not known.
        case notRead
        /// The ticket has no category, and no update clears one.
        case noCategory
        /// The ticket has a priority that no update sets.
        case priority
        /// The ticket has a status that no update sets.
        case status
        /// The ticket's category is not listed, so no update sets it again.
        case category
        /// The ticket's agent is not listed, so no update assigns it again.
        case agent
        /// The AI goes on handling the ticket, so assigning its agent again would be held back.
        case heldByAI

        /// Finds out why a change cannot be undone.
        ///
        /// The result is `nil` if it can be undone, as far as is known.
        ///
        /// - Parameters:
        ///   - field: The field.
        ///   - before: What the change replaces; `nil` if the ticket was not read.
        ///   - isGone: Whether the agent or the category with this id is known not to be listed.
        package init?(
            _ field: TicketField, _ before: FieldValue?,
            isGone: (TicketField, String) -> Bool
        ) {
            switch (field, before) {
            case (_, nil): self = .notRead
            case (.categoryID, .text(let id)?) where isGone(.categoryID, id): self = .category
            case (.categoryID, .text?): return nil
            case (.categoryID, _?): self = .noCategory
            case (.priority, .number(1...3)?): return nil
            case (.priority, _?): self = .priority
            case (.status, .text(let text)?) where TicketStatus(rawValue: text) != nil: return nil
            case (.status, _?): self = .status
            case (.assignedTo, .text(let id)?) where isGone(.assignedTo, id): self = .agent
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
                case .category:
                    one
                        ? "replaces a category that is not listed"
                        : "replace a category that is not listed"
                case .heldByAI:
                    one
                        ? "takes an agent off a ticket that the AI is handling"
                        : "take agents off tickets that the AI is handling"
                }
            return "\(Words.number(count)) \(text)"
        }
    }
}

extension PlanSummary.Finality {
    /// Finds the first reason why equal changes of tickets cannot be undone.
    ///
    /// The result is `nil` if they can be undone, as far as their values say.
    ///
    /// - Parameters:
    ///   - changes: The changes of one ticket.
    ///   - listed: The names that are listed.
    package init?(_ changes: [PlanSummary.Change], _ listed: PlanSummary.ListedNames) {
        var first: Self?
        for change in changes {
            guard let reason = Self(change.field, change.before, isGone: listed.lack) else {
                continue
            }
            first = first.map { min($0, reason) } ?? reason
        }
        guard let first else { return nil }
        self = first
    }
}

extension PlanSummary {
    /// The agents and categories that are listed, as far as a plan's header says.
    package struct ListedNames {
        /// The names by their ids; empty where a name that is missing may be listed nevertheless.
        private let agents: [String: String]
        private let categories: [String: String]

        package init(_ header: PlanHeader) {
            // Only a full list shows that a name is missing. Without any name there was no list.
            let known = { (names: [String: String]) in
                names.count < PlanHeader.nameLimit && !header.takesNamesFromSnapshot ? names : [:]
            }
            agents = known(header.agentNames)
            categories = known(header.categoryNames)
        }

        /// Whether the agent or the category with an id is known not to be listed.
        fileprivate func lack(_ field: TicketField, _ id: String) -> Bool {
            let names = field == .assignedTo ? agents : categories
            return !names.isEmpty && names[id] == nil
        }
    }
}

extension PlanSummary.Notice {
    /// Reports the rows of an undo that cannot be undone, with all causes.
    static func refusedUndo(_ header: PlanHeader, _ problems: [PlanSummary.Problem]) -> Self? {
        let count = header.counts.invalid
        guard header.follows?.kind == .undo, count > 0 else { return nil }
        var obstacles: [UndoObstacle: Int] = [:]
        var (agents, categories, others) = (0, 0, 0)
        for problem in problems where problem.disposition == .invalid {
            switch problem.code {
            case .cannotBeUndone:
                var known = 0
                for value in problem.values.listed {
                    guard let obstacle = UndoObstacle(name: value.text) else { continue }
                    obstacles[obstacle, default: 0] += value.count
                    known += value.count
                }
                others += problem.rows - known
            case .agentUnknown: agents += problem.rows
            case .categoryUnknown: categories += problem.rows
            default: others += problem.rows
            }
        }
        var parts = UndoObstacle.allCases.compactMap { kind in obstacles[kind].map(kind.words) }
        if categories > 0 {
            parts.append("\(Words.number(categories)) had a category before that is not listed")
        }
        if agents > 0 {
            parts.append("\(Words.number(agents)) had an agent before who is not listed")
        }
        if others > 0 { parts.append("\(Words.number(others)) for other reasons") }
        return Self(
            kind: .cannotBeUndone, count: count,
            message: "\(Words.rows(count)) cannot be undone: \(parts.joined(separator: ", "))",
            samples: [])
    }

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
        var counts: [PlanSummary.Finality: Int] = [:]
        var samples: [String] = []
        let listed = PlanSummary.ListedNames(header)
        for group in groups {
            guard let reason = PlanSummary.Finality(group.changes, listed) else { continue }
            counts[reason, default: 0] += group.tickets
            if samples.count < 3 { samples += group.samples }
        }
        if header.unassignedFromAI > 0 { counts[.heldByAI] = header.unassignedFromAI }
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
