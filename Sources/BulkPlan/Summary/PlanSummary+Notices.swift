import BulkSystem
import MavaAPI

extension PlanSummary.Notice {
    /// From this many tickets on, it is reported that one agent receives most of them.
    private static let manyTickets = 20

    /// Everything in a plan that deserves a second look, most serious first.
    package static func all(
        header: PlanHeader, groups: [PlanSummary.Group], problems: [PlanSummary.Problem]
    ) -> [PlanSummary.Notice] {
        var notices: [PlanSummary.Notice] = []
        if header.namesNoObjectID {
            notices.append(
                Self(
                    kind: .noObjectID, count: 0,
                    message:
                        "no ticket id in the input has the form of Mava's, 24 hexadecimal digits: "
                        + "is it the right column?", samples: []))
        }
        notices += header.waivers.map(Self.init)
        if header.handOffs > 0 {
            notices.append(
                Self(
                    kind: .handOff, count: header.handOffs,
                    message:
                        "\(Words.tickets(header.handOffs)) the AI is handling will be handed to "
                        + "an agent, which cannot be taken back", samples: []))
        } else if header.allowsHandOff, header.blindAssignments == 0,
            groups.contains(where: \.assigns)
        {
            notices.append(
                Self(
                    kind: .handOff, count: 0,
                    message:
                        "tickets that the AI takes over before the plan is applied are handed to an agent, "
                        + "too: the plan allows that", samples: []))
        }
        notices += held(problems)
        if header.blindAssignments > 0 {
            notices.append(
                Self(
                    kind: .blindAssignment, count: header.blindAssignments,
                    message:
                        "it is not known whether the AI is handling "
                        + "\(Words.tickets(header.blindAssignments)) that an agent will get: "
                        + "assigning a ticket ends that", samples: []))
        }
        if let notice = refusedUndo(header, problems) { notices.append(notice) }
        if let notice = movedOn(header) { notices.append(notice) }
        if let notice = reopened(groups) { notices.append(notice) }
        if let notice = foreign(groups) { notices.append(notice) }
        if let notice = oneAgent(groups) { notices.append(notice) }
        if let notice = unassigned(groups) { notices.append(notice) }
        if header.undiffed > 0 {
            notices.append(
                Self(
                    kind: .undiffed, count: header.undiffed,
                    message: header.source == .none
                        ? "no ticket was read, so what differs is not known: all are sent"
                        : "\(Words.tickets(header.undiffed)) not found when reading: sent without "
                            + "knowing what differs", samples: []))
        }
        if let notice = final(groups, header) { notices.append(notice) }
        let merged = header.counts.update - header.requests
        if merged > 0 {
            notices.append(
                Self(
                    kind: .merged, count: merged,
                    message:
                        "\(Words.rows(merged)) \(merged == 1 ? "shares" : "share") the request of another row for the same "
                        + "ticket", samples: []))
        }
        for note in header.notes {
            notices.append(Self(kind: .note, count: 0, message: note, samples: []))
        }
        return notices
    }

    /// Reports a rule that is exceeded with permission.
    init(_ waiver: PlanHeader.Waiver) {
        self.init(
            kind: .waived, count: waiver.count,
            message:
                "the guard \(waiver.rule) is waived up to \(Words.tickets(waiver.number)): the "
                + "plan has \(Words.number(waiver.count)), the guard allows "
                + Words.number(waiver.most), samples: [])
    }

    /// Reports another run that changes some of the tickets.
    package init(recentRun message: String, tickets: Int, samples: [String]) {
        self.init(kind: .recentRun, count: tickets, message: message, samples: samples)
    }

    /// Held rows, by the reason why they are held.
    private static func held(_ problems: [PlanSummary.Problem]) -> [Self] {
        let reasons: [(RowIssue.Code, Kind, String)] = [
            (
                .aiHandling, .held,
                "the AI is handling the ticket (\(SettingName.allowHandOff) lets"
            ),
            (
                .ticketNotRead, .notRead,
                "the ticket was not found (\(SettingName.sendUnread) lets"
            ),
        ]
        return reasons.compactMap { code, kind, reason in
            let count = problems.filter { $0.code == code }.reduce(0) { $0 + $1.rows }
            guard count > 0 else { return nil }
            return Self(
                kind: kind, count: count,
                message: "\(Words.rows(count)) held back, because \(reason) "
                    + (count == 1 ? "it through)" : "them through)"), samples: [])
        }
    }

    private static func gather(
        _ groups: [PlanSummary.Group], where isMeant: (PlanSummary.Change) -> Bool
    ) -> (count: Int, samples: [String]) {
        var count = 0
        var samples: [String] = []
        for group in groups where group.changes.contains(where: isMeant) {
            count += group.tickets
            if samples.count < 3 { samples += group.samples }
        }
        return (count, Array(samples.prefix(3)))
    }

    private static func reopened(_ groups: [PlanSummary.Group]) -> Self? {
        let (count, samples) = gather(groups) { change in
            change.field == .status
                && FieldChange(field: change.field, before: change.before, after: change.after)
                    .reopens
        }
        guard count > 0 else { return nil }
        return Self(
            kind: .reopened, count: count,
            message: "\(Words.tickets(count)) resolved now will reopen",
            samples: samples)
    }

    private static func foreign(_ groups: [PlanSummary.Group]) -> Self? {
        var names: Set<String> = []
        let (count, samples) = gather(groups) { change in
            guard change.field == .status, case .text(let status) = change.before,
                TicketStatus(rawValue: status) == nil
            else { return false }
            names.insert(status)
            return true
        }
        guard count > 0 else { return nil }
        let listed = names.sorted().prefix(3).map { quoted($0) }.joined(separator: ", ")
        return Self(
            kind: .foreignStatus, count: count,
            message: "\(Words.tickets(count)) in a status that cannot be set again (\(listed))",
            samples: samples)
    }

    private static func oneAgent(_ groups: [PlanSummary.Group]) -> Self? {
        var received: [FieldValue: (tickets: Int, name: String)] = [:]
        var all = 0
        for group in groups {
            for change in group.changes where change.field == .assignedTo && change.after != .null {
                all += group.tickets
                received[change.after, default: (0, change.afterName)].tickets += group.tickets
            }
        }
        guard all >= manyTickets, received.count > 0,
            let most = received.values.max(by: { $0.tickets < $1.tickets }),
            most.tickets * 2 > all
        else { return nil }
        return Self(
            kind: .oneAgent, count: most.tickets,
            message: "\(most.name) receives \(Words.number(most.tickets)) of "
                + "\(Words.number(all)) tickets assigned", samples: [])
    }

    private static func unassigned(_ groups: [PlanSummary.Group]) -> Self? {
        let (count, samples) = gather(groups) { $0.field == .assignedTo && $0.after == .null }
        guard count > 0 else { return nil }
        return Self(
            kind: .unassigned, count: count,
            message: "\(Words.tickets(count)) left without an assignee",
            samples: samples)
    }
}

extension PlanSummary.Group {
    /// Whether it gives tickets to an agent.
    fileprivate var assigns: Bool {
        changes.contains { $0.field == .assignedTo && $0.after != .null }
    }
}
