import BulkSystem

extension ReadPlanner {
    /// How far before and after the time inside its id to look for a ticket, in seconds.
    var currentSlack: (before: Int64, after: Int64) {
        isSecondSearch ? clock.wideSlack : clock.slack
    }

    /// Returns the next window to open; `nil` when this search has no open ticket left.
    mutating func nextWindow() -> Progress? {
        guard let low = firstOpen(), let high = lastOpen() else { return nil }
        let slack = currentSlack
        let reach = Self.longestWindow - slack.before - slack.after
        switch order {
        case .ascending:
            let end = firstPosition(notBefore: Int64(wanted[low]) + reach + 1) - 1
            return window(low...min(max(end, low), high), slack)
        case .descending, .unknown:
            // Both ends of the window are at wanted tickets, so the first page is useful in either order.
            let start = firstOpen(from: firstPosition(notBefore: Int64(wanted[high]) - reach))
            return window(min(start ?? high, high)...high, slack)
        case .unsorted:
            return window(low...joined(from: low, through: high, slack, reach), slack)
        }
    }

    /// Returns the last position of the windows that are joined with the one at `low`.
    ///
    /// A window is joined when that costs fewer unneeded tickets than a page holds.
    private func joined(
        from low: Int, through high: Int, _ slack: (before: Int64, after: Int64), _ reach: Int64
    ) -> Int {
        var last = low
        for position in low...high where states[position] == .open {
            let gap = Int64(wanted[position]) - Int64(wanted[last]) - slack.before - slack.after
            if Int64(wanted[position]) - Int64(wanted[low]) > reach { break }
            if gap > 0, Double(gap) * clock.ticketsPerSecond > Double(Self.pageLimit) { break }
            last = position
        }
        return last
    }

    private func window(
        _ covers: ClosedRange<Int>, _ slack: (before: Int64, after: Int64)
    ) -> Progress {
        Progress(
            window: TicketWindow(
                start: Int64(wanted[covers.lowerBound]) - slack.before,
                end: Int64(wanted[covers.upperBound]) + slack.after, skip: 0,
                limit: Self.pageLimit),
            covers: covers, isForUnsorted: order == .unsorted)
    }

    func hasOpen(_ covers: ClosedRange<Int>) -> Bool {
        covers.contains { states[$0] == .open }
    }

    /// The first position whose ticket is still open.
    mutating func firstOpen() -> Int? {
        guard let position = firstOpen(from: lowest) else {
            lowest = wanted.count
            return nil
        }
        lowest = position
        return position
    }

    private func firstOpen(from start: Int) -> Int? {
        guard start <= highest else { return nil }
        return (start...highest).first { states[$0] == .open }
    }

    /// The last position whose ticket is still open.
    mutating func lastOpen() -> Int? {
        while highest >= lowest {
            if states[highest] == .open { return highest }
            highest -= 1
        }
        return nil
    }

    /// The first position whose time is at or after an instant.
    func firstPosition(notBefore instant: Int64) -> Int {
        wanted.indices.partitionPoint { Int64(wanted[$0]) < instant }
    }
}
