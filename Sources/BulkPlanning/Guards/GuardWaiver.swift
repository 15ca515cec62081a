import BulkSystem
package import BulkPlan
import MavaAPI

/// The permission to exceed one rule, up to a number of tickets.
public struct GuardWaiver: Hashable, Sendable {
    /// The name of the rule.
    public var rule: String
    /// The most tickets that the plan may have against the rule.
    public var number: Int

    /// Makes a waiver.
    public init(rule: String, number: Int) {
        self.rule = rule
        self.number = number
    }

    /// The waiver as the command line gives it.
    var text: String { "\(rule)=\(number)" }
}

/// One rule that a plan exceeds.
struct GuardViolation {
    var rule: String
    /// The tickets that count against the rule.
    var count: Int
    /// The tickets that the rule allows.
    var most: Int
    var code: PlanError.Code
    /// What is wrong, without advice.
    var message: String
    /// What to do besides waiving, with a comma at its end.
    var advice = "look at them,"
}

extension PlanGuards {
    /// Finds the waiver of a rule that is exceeded.
    ///
    /// - Parameters:
    ///   - violation: The rule.
    ///   - others: The other rules that are exceeded and not waived, to be named as well.
    /// - Returns: The waiver as plans note it.
    /// - Throws: A ``PlanError`` when there is none, or it is for fewer tickets.
    func settle(
        _ violation: GuardViolation, others: [GuardViolation] = []
    ) throws(PlanError) -> PlanHeader.Waiver {
        let waiver = waivers.first { $0.rule == violation.rule }
        if let waiver, violation.count <= waiver.number {
            return PlanHeader.Waiver(
                rule: violation.rule, number: waiver.number, count: violation.count,
                most: violation.most)
        }
        let short =
            waiver.map { ", and the waiver covers only \(Words.number($0.number))" } ?? ""
        let more = others.map { "\($0.rule) (\(Words.number($0.count)))" }
        throw PlanError(
            code: violation.code,
            message: violation.message + short + ": " + violation.advice
                + " or waive it with "
                + "\(SettingName.waiver(rule: violation.rule, count: violation.count))"
                + (more.isEmpty ? "" : "; also exceeded: " + more.joined(separator: ", ")))
    }

    /// Settles all rules that are exceeded.
    ///
    /// - Returns: The waivers as plans note them.
    /// - Throws: A ``PlanError`` about the first rule without a sufficient waiver.
    func settle(_ violations: [GuardViolation]) throws(PlanError) -> [PlanHeader.Waiver] {
        let open = violations.filter { violation in
            !waivers.contains { $0.rule == violation.rule && violation.count <= $0.number }
        }
        if let first = open.first { _ = try settle(first, others: Array(open.dropFirst())) }
        var used: [PlanHeader.Waiver] = []
        for violation in violations { used.append(try settle(violation)) }
        return used
    }

    /// Refuses limits that are no percentages, waivers of rules that do not exist, and two waivers of one rule.
    func requireUsable() throws(PlanError) {
        for share in [maxChangePercent, maxOfLastRuns?.percent].compactMap(\.self)
        where !(0...1_000_000).contains(share) {
            throw PlanError(
                code: .guardsUnusable,
                message: "a limit in percent is a number from 0 to 1,000,000, and not \(share)",
                path: path)
        }
        var seen: Set<String> = []
        for waiver in waivers {
            guard ruleNames.contains(waiver.rule) else {
                throw PlanError(
                    code: .guardsUnusable,
                    message: "a waiver names the rule \(quoted(waiver.rule)), which no guard has",
                    path: path)
            }
            guard seen.insert(waiver.rule).inserted else {
                throw PlanError(
                    code: .guardsUnusable,
                    message: "the rule \(waiver.rule) is waived twice: leave one waiver out",
                    path: path)
            }
        }
    }

    /// Notes about waivers that were not needed.
    ///
    /// - Parameter used: The waivers that were.
    /// - Returns: A note for each.
    package func unusedWaivers(_ used: [PlanHeader.Waiver]) -> [String] {
        waivers.filter { waiver in !used.contains { $0.rule == waiver.rule } }.map {
            "the waiver \($0.text) was not needed"
        }
    }
}
