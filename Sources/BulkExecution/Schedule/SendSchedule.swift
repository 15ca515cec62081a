import BulkSystem

/// When a run may send, and how fast.
public struct SendSchedule: Hashable, Sendable {
    /// The hours in which updates are sent; `nil` for all.
    public var windows: SendWindows?
    /// Lower quotas at certain hours; `nil` for none.
    public var timetable: QuotaTimetable?
    /// The most that one request takes; it must end inside the hours, too.
    public var longestRequest: Duration

    /// Makes a schedule; by default the run sends at any time, at one pace.
    ///
    /// - Parameters:
    ///   - windows: The hours in which updates are sent; `nil` for all.
    ///   - timetable: Lower quotas at certain hours; `nil` for none.
    ///   - longestRequest: The most that one request takes, which is its timeout.
    public init(
        windows: SendWindows? = nil, timetable: QuotaTimetable? = nil,
        longestRequest: Duration = .seconds(30)
    ) {
        self.windows = windows
        self.timetable = timetable
        self.longestRequest = longestRequest
    }

    /// Whether the time of day makes no difference.
    public var isPlain: Bool { windows == nil && timetable?.isPlain ?? true }

    /// When the last of so many requests may be sent.
    ///
    /// - Parameters:
    ///   - requests: The requests.
    ///   - quota: The quota where the timetable has no lower one.
    ///   - time: When the first may be sent, in seconds since 1970.
    /// - Returns: Seconds since 1970; `nil` where the hours of 400 days do not suffice.
    package func end(ofRequests requests: Int, _ quota: Quota, from time: Int) -> Int? {
        let length = Int(Nanoseconds(longestRequest).wholeSeconds)
        var (left, at) = (requests, time)
        while at - time < 400 * 86_400 {
            var last = Int.max
            if let windows {
                guard let opening = windows.opening(at: at, lasting: length) else { return nil }
                (at, last) = (opening.start, opening.lastStart)
            }
            var pace = quota
            if let timetable {
                let (quotas, until) = timetable.bounds(at: at)
                pace =
                    (quotas + [quota]).min { $0.requestsPerSecond < $1.requestsPerSecond } ?? quota
                last = min(last, until - 1)
            }
            let window = max(1, Int(Nanoseconds(pace.window).wholeSeconds))
            // The first window's requests go out at once. Each further batch goes out one window later.
            let (batches, room) = ((left - 1) / pace.share, (last - at) / window)
            if left <= 0 || batches <= room { return at + max(0, batches) * window }
            left -= (room + 1) * pace.share
            at = last + 1
        }
        return nil
    }

    /// When the next hours begin.
    ///
    /// - Parameter now: The present, in seconds since 1970.
    /// - Returns: Seconds since 1970; `nil` where the present is within the hours, or none come within 400 days.
    package func nextHours(after now: Int) -> Int? {
        guard let windows, !windows.contains(now) else { return nil }
        return windows.nextChange(after: now)
    }

    /// The hours and the quotas, and when the next hours begin, for a person.
    ///
    /// - Parameter now: The present, in seconds since 1970; `nil` to leave the next hours out.
    /// - Returns: The words; `nil` for a schedule without hours.
    package func words(now: Int?) -> String? {
        var words = [windows?.text, windows?.exceptionsText.map { "not \($0)" }]
            .compactMap(\.self).joined(separator: ", ")
        if let now, let next = nextHours(after: now) {
            words += ", next from \(CivilTime(secondsSince1970: next).iso8601)"
        }
        let quotas = timetable.flatMap { $0.isPlain ? nil : "quota \($0.text)" }
        let parts = [words.isEmpty ? nil : words, quotas].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}
