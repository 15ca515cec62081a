/// The cost of applying a plan.
public struct PlanPrice: Hashable, Sendable {
    /// The requests that planning made to read the tickets.
    public var reads: Int
    /// The updates that the plan sends.
    public var writes: Int
    /// The updates that the plan would send if no ticket had been read; `nil` if none was, or if the choice of
    /// rows depended on it.
    public var writesWithoutReading: Int?
    /// The fields written.
    ///
    /// The audit log gets a message for each one, as far as the tickets were read.
    public var auditEntries: Int
    /// How many requests the quota allows in one window.
    public var quotaLimit: Int
    /// ``quotaWindow`` in seconds, as the plan's file has it.
    package var quotaSeconds: Int
    /// ``duration`` in seconds, as the plan's file has it.
    package var seconds: Int

    /// The window's length, in whole seconds.
    public var quotaWindow: Duration { .seconds(quotaSeconds) }
    /// The shortest time in which the quota allows the updates, in whole seconds.
    public var duration: Duration { .seconds(seconds) }

    /// Computes the cost of a plan.
    ///
    /// - Parameters:
    ///   - reads: The requests that planning made.
    ///   - writes: The updates to send.
    ///   - auditEntries: The fields to write.
    ///   - quotaLimit: The requests allowed in one window; Mava's documentation says 90.
    ///   - quotaWindow: The window's length, which is rounded down to whole seconds but to no less than one;
    ///     Mava's documentation says 30 seconds.
    public init(
        reads: Int, writes: Int, auditEntries: Int, quotaLimit: Int = 90,
        quotaWindow: Duration = .seconds(30)
    ) {
        self.init(
            reads: reads, writes: writes, auditEntries: auditEntries, quotaLimit: quotaLimit,
            quotaSeconds: max(1, Int(quotaWindow.components.seconds)))
    }

    /// Computes the cost of a plan, with the window's length as the plan's file has it.
    package init(
        reads: Int, writes: Int, auditEntries: Int, quotaLimit: Int, quotaSeconds: Int
    ) {
        self.reads = reads
        self.writes = writes
        self.auditEntries = auditEntries
        (self.quotaLimit, self.quotaSeconds, seconds) = (1, 0, 0)
        setQuota(limit: quotaLimit, seconds: quotaSeconds)
    }

    /// Computes the time for another quota than the one that the plan was made for.
    ///
    /// - Parameters:
    ///   - limit: The requests allowed in one window.
    ///   - window: The window's length, which is rounded down to whole seconds but to no less than one.
    package mutating func setQuota(limit: Int, window: Duration) {
        setQuota(limit: limit, seconds: max(1, Int(window.components.seconds)))
    }

    private mutating func setQuota(limit: Int, seconds window: Int) {
        // No larger numbers, so that a program in any language reads the plan as it was written.
        (quotaLimit, quotaSeconds) = (min(max(1, limit), 1 << 40), min(max(0, window), 1 << 40))
        // The first window's requests go out at once. Each further batch goes out one window later.
        let batches = max(0, writes - 1) / quotaLimit
        let (time, overflows) = batches.multipliedReportingOverflow(by: quotaSeconds)
        seconds = overflows ? .max : time
    }

    /// The time in words, such as `55 min 30 s`.
    public var durationText: String {
        if seconds == 0 { return "seconds" }
        let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")]
        return parts.filter { $0.0 > 0 }.prefix(2).map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }
}
