import BulkSystem
public import BulkPlan

/// The limits beyond which there is to be no plan.
public struct PlanGuards: Hashable, Sendable {
    /// The most tickets that may change; `nil` for no limit.
    public var maxChanges: Int?
    /// The largest part of the tickets read that may change, in percent; `nil` for no limit.
    public var maxChangePercent: Double?
    /// Whether any invalid row refuses the whole plan.
    public var isStrict: Bool

    /// Makes limits; without arguments there are none.
    public init(
        maxChanges: Int? = nil, maxChangePercent: Double? = nil, isStrict: Bool = false
    ) {
        self.maxChanges = maxChanges
        self.maxChangePercent = maxChangePercent
        self.isStrict = isStrict
    }

    /// Refuses a plan that goes beyond a limit.
    ///
    /// - Parameters:
    ///   - counts: What the plan holds.
    ///   - requests: The tickets that the plan changes, each by one request.
    ///   - ticketsRead: The distinct tickets that were read, wanted or not; `nil` where none was.
    /// - Throws: A ``PlanError`` that names both numbers.
    public func check(
        counts: PlanCounts, requests: Int, ticketsRead: Int?
    ) throws(PlanError) {
        if isStrict, counts.invalid > 0 {
            throw PlanError(
                code: .rowsInvalid,
                message: "\(counts.invalid) of \(Words.rows(counts.rows)) "
                    + "\(counts.invalid == 1 ? "is" : "are") invalid, and --strict wants none: correct "
                    + "them, or leave --strict out to send the others")
        }
        if let maxChanges, requests > maxChanges {
            throw PlanError(
                code: .tooManyChanges,
                message:
                    "the plan changes \(Words.tickets(requests)), --max-changes allows \(maxChanges): "
                    + "check the input, or raise the limit")
        }
        guard let maxChangePercent, requests > 0 else { return }
        guard let ticketsRead, ticketsRead > 0 else {
            throw PlanError(
                code: .shareUnknown,
                message: "--max-change-percent compares with the tickets read, and none was read: "
                    + "read the tickets, or use --max-changes")
        }
        let percent = Double(requests) * 100 / Double(ticketsRead)
        if percent > maxChangePercent {
            throw PlanError(
                code: .tooLargeShare,
                message: "the plan changes \(requests) of the \(Words.tickets(ticketsRead)) read "
                    + "(\(Self.rounded(percent)) %), --max-change-percent allows "
                    + "\(Self.rounded(maxChangePercent)) %: check the input, or raise the limit")
        }
    }

    private static func rounded(_ percent: Double) -> String {
        let tenths = Int((percent * 10).rounded(.up))
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
