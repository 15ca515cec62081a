import BulkSystem
import MavaBulk

/// The line that shows a run's progress.
enum ProgressText {
    /// For example `412/1902 done, 3 failed, 90 requests per 30 s, 8 min left, waiting for the quota (12 s)`.
    ///
    /// - Parameters:
    ///   - progress: How far the run is.
    ///   - trouble: Why the last request failed; `nil` where it did not.
    /// - Returns: The line.
    static func line(_ progress: RunProgress, _ trouble: String? = nil) -> String {
        var parts = [
            progress.total.map { "\(progress.done)/\($0) done" } ?? "\(progress.done) done"
        ]
        if progress.failed > 0 { parts.append("\(progress.failed) failed") }
        if progress.retries > 0 { parts.append("\(progress.retries) retried") }
        if progress.quota != nil, let quota = progress.quotaInForce { parts.append("\(quota)") }
        if let left = progress.timeLeft, left >= .seconds(1) {
            parts.append(duration(left) + " left")
        }
        if let wait = wait((progress.waiting, progress.timeToWait), trouble) { parts.append(wait) }
        return parts.joined(separator: ", ")
    }

    /// For example `reading the tickets: 12 pages, 1,140 of 9,000 found, waiting for the quota (12 s)`.
    ///
    /// - Parameters:
    ///   - progress: What planning does; `nil` where nothing is planned, or nothing is known yet.
    ///   - reading: What is read for an export or a count; `nil` for another command.
    ///   - waiting: What the reads wait for, and the remaining time; `nil` while they do not wait.
    ///   - trouble: Why the last request failed; `nil` where it did not.
    /// - Returns: The line; `nil` where there is nothing to say.
    static func line(
        _ progress: PlanProgress?, _ reading: ReadingProgress? = nil,
        waiting: (reason: WaitReason, remaining: Duration?)?, _ trouble: String? = nil
    ) -> String? {
        let parts = [
            progress.map(line), reading.map(line), waiting.flatMap { wait($0, trouble) },
        ].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private static func line(_ progress: PlanProgress) -> String {
        switch progress {
        case .readingRows(let count): "reading the rows: \(Words.number(count))"
        case .readingTickets(let pages, let found, let wanted):
            "reading the tickets: \(Words.counted(pages, "page")), \(Words.number(found)) of "
                + "\(Words.number(wanted)) found"
        case .writingRows(let count): "writing the plan: \(Words.rows(count))"
        }
    }

    private static func line(_ progress: ReadingProgress) -> String {
        "\(Words.counted(progress.seen, "ticket")) seen on \(Words.counted(progress.pages, "page")), "
            + "\(Words.number(progress.taken)) taken"
    }

    /// A span of time as a person says it, rounded up to the second.
    static func duration(_ span: Duration) -> String {
        let (seconds, attoseconds) = span.components
        let whole = seconds + (attoseconds > 0 ? 1 : 0)
        if whole < 90 { return "\(whole) s" }
        if whole < 5400 { return "\((whole + 30) / 60) min" }
        return "\(whole / 3600) h \(whole / 60 % 60) min"
    }

    /// A span as a person gave it, such as `500 ms` or `100 s`; whole minutes as ``duration(_:)`` writes them.
    static func exact(_ span: Duration) -> String {
        let milliseconds = Nanoseconds(span).quotient(by: .millisecond)
        guard milliseconds % 60_000 != 0 else { return duration(span) }
        guard milliseconds % 1000 != 0 else { return "\(milliseconds / 1000) s" }
        return milliseconds < 1000
            ? "\(milliseconds) ms" : "\(milliseconds / 1000) s \(milliseconds % 1000) ms"
    }

    /// For example `waiting for the quota (12 s)`, or `waiting before another try: HTTP 503 (2 s)`.
    static func wait(
        _ wait: (reason: WaitReason, remaining: Duration?), _ trouble: String? = nil
    ) -> String? {
        let failed = [.backOff, .outage].contains(wait.reason) ? trouble : nil
        return reason(wait.reason).map { reason in
            reason + (failed.map { ": \($0)" } ?? "")
                + (wait.remaining.map { " (\(duration($0)))" } ?? "")
        }
    }

    private static func reason(_ reason: WaitReason) -> String? {
        switch reason {
        case .none, .answers: nil
        case .quota: "waiting for the quota"
        case .others: "waiting for others who use the key"
        case .paused: "waiting because Mava asked to"
        case .pausedByControl: "paused by the control file"
        case .backOff: "waiting before another try"
        case .localShortage: "waiting because this machine is short of descriptors, memory or ports"
        case .outage: "waiting for Mava to work again"
        case .window: "waiting for the hours of --window"
        case .draining: "waiting for the last answers"
        }
    }
}
