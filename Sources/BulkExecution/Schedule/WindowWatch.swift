import BulkSystem

/// Says when a run may send its next update, without a look at the calendar for each.
struct WindowWatch: Sendable {
    let windows: SendWindows
    /// The most seconds that a request takes.
    private let length: Int
    /// The last stretch that was looked up; the dates, in milliseconds, in which it needs no second look.
    private var open: ClosedRange<Int64>?

    /// Makes a watch.
    ///
    /// - Parameters:
    ///   - windows: The hours.
    ///   - timeout: The most that a request takes.
    init(_ windows: SendWindows, timeout: Nanoseconds) {
        self.windows = windows
        length = Int(timeout.wholeSeconds)
    }

    /// When the next update may be sent.
    ///
    /// - Parameter date: The time of day in milliseconds since 1970.
    /// - Returns: `nil` for now, else the time of day.
    mutating func opening(at date: Int64) -> Int64? {
        if let open, open.contains(date) { return nil }
        let second = Int(date / 1000)
        guard let next = windows.opening(at: second, lasting: length) else {
            // The calendar of the next 400 days has none; look again in a day.
            return date + 86_400_000
        }
        let last = next.lastStart == .max ? Int64.max : Int64(next.lastStart) * 1000
        if next.start == second, date <= last {
            // Windows without a known end are looked up again after a day.
            open = date...min(last, date + 86_400_000)
            return nil
        }
        // The second has begun, so the last moment at which a request may start can be over.
        if next.start == second {
            return windows.opening(at: second + 1, lasting: length).map { Int64($0.start) * 1000 }
                ?? date + 86_400_000
        }
        return Int64(next.start) * 1000
    }
}
