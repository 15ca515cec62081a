import BulkSystem

/// Says which entries of a timetable hold for a quota, without a look at the calendar for each permit.
struct TimetableWatch: Sendable {
    private let timetable: QuotaTimetable
    private let timeOfDay: @Sendable () -> Int64
    /// The times of day, in milliseconds, in which the last look-up still holds.
    private var known: Range<Int64>?

    /// Makes a watch; `nil` for a timetable of one quota.
    ///
    /// - Parameters:
    ///   - timetable: The timetable.
    ///   - timeOfDay: Milliseconds since 1970.
    init?(_ timetable: QuotaTimetable, timeOfDay: @escaping @Sendable () -> Int64) {
        guard !timetable.isPlain else { return nil }
        self.timetable = timetable
        self.timeOfDay = timeOfDay
    }

    /// Sets the quotas that hold now.
    ///
    /// - Parameter quota: Gets them.
    /// - Returns: How long they hold.
    mutating func change(of quota: inout SharedQuota) -> Nanoseconds {
        let date = timeOfDay()
        if known?.contains(date) != true {
            let second = Int(date / 1000)
            let (quotas, until) = timetable.bounds(at: second)
            quota.schedule(quotas, longest: timetable.longestWindow)
            // A timetable without changes is looked up again after a day.
            let end = Int64(min(until, second + 86_400)) * 1000
            known = min(date, end - 1)..<max(end, date + 1)
        }
        return .milliseconds(Int((known?.upperBound ?? date) - date))
    }
}
