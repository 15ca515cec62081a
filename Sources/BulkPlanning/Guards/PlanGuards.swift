import BulkSystem
public import BulkPlan
import MavaAPI

/// The limits beyond which there is to be no plan.
public struct PlanGuards: Hashable, Sendable {
    /// The most tickets that may change; `nil` for no limit.
    public var maxChanges: Int?
    /// The largest part of the known tickets that may change, in percent; `nil` for no limit.
    ///
    /// The known tickets are those of the snapshot, or else those that were read, wanted or not.
    public var maxChangePercent: Double?
    /// The limit beside what earlier runs of the same label updated; `nil` for no limit.
    public var maxOfLastRuns: LastRunsGuard?
    /// What the last runs of the plan's label updated; `nil` for a plan without a label.
    ///
    /// Only ``maxOfLastRuns`` uses it. A run fills it in from the directory of runs.
    public var lastRuns: LastRuns?
    /// Whether any invalid row refuses the whole plan.
    public var isStrict: Bool
    /// Limits on changes from some values to some values.
    public var rules: [GuardRule] = []
    /// The tickets that must not change.
    public var protected = ProtectedTickets()
    /// The fields that may only be written where they are empty.
    public var fillOnly: Set<TicketField> = []
    /// The rules that may be exceeded, each up to a number of tickets.
    public var waivers: [GuardWaiver] = []
    /// The file that the guards were read from, for messages; `nil` for guards made otherwise.
    public internal(set) var path: String?

    /// Makes limits; without arguments there are none.
    public init(
        maxChanges: Int? = nil, maxChangePercent: Double? = nil, isStrict: Bool = false
    ) {
        self.maxChanges = maxChanges
        self.maxChangePercent = maxChangePercent
        self.isStrict = isStrict
    }

    /// The rule names of the guards that are not rules of their own.
    static let fixedNames = FixedName.allCases.map(\.rawValue)

    /// The rule names that waivers can have.
    public var ruleNames: [String] { rules.map(\.name) + Self.fixedNames }

    /// Whether a guard looks at single tickets, beyond their number.
    var looksAtTickets: Bool { !rules.isEmpty || !protected.isEmpty || !fillOnly.isEmpty }

    /// Whether a guard names agents, or categories.
    func names(_ field: TicketField) -> Bool {
        rules.contains { $0.field == field && $0.hasNames }
            || field == .assignedTo && !protected.agents.isEmpty
            || field == .categoryID && !protected.categories.isEmpty
    }

    /// The fields that guards look at even where no row changes them.
    var fieldsAsked: FieldSet {
        var fields: FieldSet = []
        if !protected.agents.isEmpty { fields.insert(.assignee) }
        if !protected.categories.isEmpty { fields.insert(.category) }
        return fields
    }

    /// Refuses a plan that is too large, or that has invalid rows where none is wanted.
    ///
    /// - Parameters:
    ///   - counts: What the plan holds.
    ///   - requests: The tickets that the plan changes, each by one request.
    ///   - ticketsRead: The distinct tickets that are known, wanted or not; `nil` where none is.
    ///   - source: Where the tickets' values come from.
    /// - Returns: The waivers without which the plan would be refused.
    /// - Throws: A ``PlanError`` that names both numbers.
    @discardableResult
    public func check(
        counts: PlanCounts, requests: Int, ticketsRead: Int?, source: PlanHeader.Source = .live
    ) throws(PlanError) -> [PlanHeader.Waiver] {
        try settle(
            violations(
                counts: counts, requests: requests, ticketsRead: ticketsRead, source: source))
    }

    /// The limits that a plan exceeds.
    ///
    /// - Parameters:
    ///   - counts: What the plan holds.
    ///   - requests: The tickets that the plan changes, each by one request.
    ///   - ticketsRead: The distinct tickets that are known, wanted or not; `nil` where none is.
    ///   - source: Where the tickets' values come from.
    /// - Returns: The limits, waived or not.
    /// - Throws: A ``PlanError`` where rows are invalid and none is wanted.
    func violations(
        counts: PlanCounts, requests: Int, ticketsRead: Int?, source: PlanHeader.Source
    ) throws(PlanError) -> [GuardViolation] {
        try requireUsable()
        if isStrict, counts.invalid > 0 {
            throw PlanError(
                code: .rowsInvalid,
                message: "\(counts.invalid) of \(Words.rows(counts.rows)) "
                    + "\(counts.invalid == 1 ? "is" : "are") invalid, and \(SettingName.strict) wants none: correct "
                    + "them, or leave \(SettingName.strict) out to send the others")
        }
        var violations: [GuardViolation] = []
        if let maxChanges, requests > maxChanges {
            violations.append(
                .init(
                    rule: FixedName.maxChanges.rawValue, count: requests, most: maxChanges,
                    code: .tooManyChanges,
                    message: "the plan changes \(Words.tickets(requests)), "
                        + "\(shown(.maxChanges, as: .maxChanges)) allows \(maxChanges)",
                    advice: "check the input, raise the limit,"))
        }
        violations += [lastRunsViolation(requests: requests)].compactMap(\.self)
        guard let maxChangePercent, requests > 0 else { return violations }
        let name = shown(.maxChangePercent, as: .maxChangePercent)
        guard let ticketsRead, ticketsRead > 0 else {
            violations.append(
                .init(
                    rule: FixedName.maxChangePercent.rawValue, count: requests, most: 0,
                    code: .shareUnknown,
                    message: "\(name) compares with the tickets in the snapshot, or else with "
                        + "those read, and there is none",
                    advice: "read the tickets, use \(SettingName.maxChanges) instead,"))
            return violations
        }
        let percent = Double(requests) * 100 / Double(ticketsRead)
        if percent > maxChangePercent {
            violations.append(
                .init(
                    rule: FixedName.maxChangePercent.rawValue, count: requests,
                    most: Int(maxChangePercent * Double(ticketsRead) / 100),
                    code: .tooLargeShare,
                    message: "the plan changes "
                        + Self.shareText(requests, of: ticketsRead, source)
                        + ", \(name) allows \(Self.rounded(maxChangePercent)) %",
                    advice: "check the input, raise the limit,"))
        }
        return violations
    }

    /// What share of the known tickets a plan changes, beside the limit; `nil` without a limit.
    func shareNote(requests: Int, ticketsRead: Int?, source: PlanHeader.Source) -> String? {
        guard let maxChangePercent, let ticketsRead, ticketsRead > 0 else { return nil }
        return "\(Self.shareBeginning)\(Self.shareText(requests, of: ticketsRead, source)); "
            + "\(shown(.maxChangePercent, as: .maxChangePercent)) allows "
            + "\(Self.rounded(maxChangePercent)) %"
    }

    /// How the note about the share begins.
    static let shareBeginning = "the plan changes "

    private static func shareText(
        _ requests: Int, of tickets: Int, _ source: PlanHeader.Source
    ) -> String {
        let percent = Double(requests) * 100 / Double(tickets)
        return "\(Words.number(requests)) of the \(Words.tickets(tickets)) "
            + (source == .snapshot ? "in the snapshot" : "read") + " (\(rounded(percent)) %)"
    }

    static func rounded(_ percent: Double) -> String {
        let tenths = Int((percent * 10).rounded(.up))
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    /// How messages name a limit: as the setting, unless a file may have given it.
    private func shown(_ name: FixedName, as setting: SettingName) -> String {
        path == nil ? "\(setting)" : "the guard \(name.rawValue)"
    }
}

extension PlanGuards {
    /// The rule names of the guards that are not rules of their own.
    enum FixedName: String, CaseIterable {
        case maxChanges = "max-changes"
        case maxChangePercent = "max-change-percent"
        case maxOfLastRuns = "max-of-last-runs"
        case protect
        case fill
    }
}
