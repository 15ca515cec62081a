/// An estimate from the pages seen so far of clock skew and ticket density.
///
/// The skew is the difference between creation times and the times inside ids. The density is the number of
/// tickets per second.
struct CreationClock {
    /// The largest skew that different clocks explain, in seconds; imported tickets can have a larger one.
    private static let plausibleSkew: Int64 = 60

    private var samples = 0
    private var smallest: Int64 = 0
    private var largest: Int64 = 0
    /// Half a ticket in five seconds: the first window outweighs this.
    private var tickets = 0.5
    private var seconds = 5.0

    /// Tickets per second in the pages seen so far; one in ten seconds before the first page.
    var ticketsPerSecond: Double { tickets / seconds }

    /// How far before and after the time inside its id to look for a ticket, in seconds.
    ///
    /// It is five seconds each way until enough tickets have shown the real difference of the clocks.
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
        // A full page in order contains all tickets between its first and its last.
        let times = page.compactMap(\.time)
        guard isOrdered, page.count == ReadPlanner.pageLimit, let low = times.min(),
            let high = times.max()
        else { return }
        tickets += Double(page.count)
        seconds += Double(max(high - low, 1))
    }

    /// Counts a window and the number of all its tickets.
    ///
    /// The window was chosen for its wanted tickets, so only its other tickets show the density.
    mutating func count(tickets count: Int, over progress: ReadPlanner.Progress) {
        let chosenFor = progress.isForUnsorted ? progress.covers.count : 0
        tickets += Double(max(count - chosenFor, 0))
        seconds += Double(max(progress.window.end - progress.window.start, 1))
    }
}
