/// What the pages seen so far tell about time: how far creation times lie from the times inside ids,
/// and how many tickets a second brings.
struct CreationClock {
    /// Skews beyond this many seconds are another matter (imported tickets), not clocks that differ.
    private static let plausibleSkew: Int64 = 60

    private var samples = 0
    private var smallest: Int64 = 0
    private var largest: Int64 = 0
    /// Half a ticket in five seconds, which the first window outweighs.
    private var tickets = 0.5
    private var seconds = 5.0

    /// Tickets a second, by the pages seen so far; one in ten seconds until a page was seen.
    var ticketsPerSecond: Double { tickets / seconds }

    /// How far before and after the time inside its id a ticket is looked for, in seconds.
    ///
    /// Five seconds each way until enough tickets show how far the clocks really differ.
    var slack: (before: Int64, after: Int64) {
        guard samples >= 20 else { return (5, 6) }
        return (1 - min(smallest, 0), 2 + max(largest, 0))
    }

    /// The same for the second search: wide enough to fill a page, from a minute to a day.
    var wideSlack: (before: Int64, after: Int64) {
        let halfPage = Double(ReadPlanner.pageLimit) * 0.4 / ticketsPerSecond
        let reach = Int64(min(max(halfPage, 60), 86_400))
        return (reach, reach + 1)
    }

    mutating func learn(from page: [ReadPlanner.Sighting], isOrdered: Bool) {
        for sighting in page {
            guard let created = sighting.createdAt, let time = sighting.idTime,
                abs(created - time) <= Self.plausibleSkew
            else { continue }
            samples += 1
            smallest = min(smallest, created - time)
            largest = max(largest, created - time)
        }
        // A full page in order shows all tickets between its first and its last.
        let times = page.compactMap(\.time)
        guard isOrdered, page.count == ReadPlanner.pageLimit, let low = times.min(),
            let high = times.max()
        else { return }
        tickets += Double(page.count)
        seconds += Double(max(high - low, 1))
    }

    /// Counts a window that holds so many tickets in all.
    ///
    /// Its wanted tickets are why it was chosen; only the others tell how dense tickets are.
    mutating func count(tickets count: Int, over progress: ReadPlanner.Progress) {
        let chosenFor = progress.isForUnsorted ? progress.covers.count : 0
        tickets += Double(max(count - chosenFor, 0))
        seconds += Double(max(progress.window.end - progress.window.start, 1))
    }
}
