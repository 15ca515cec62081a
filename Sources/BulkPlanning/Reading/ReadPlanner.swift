/// Decides which pages of the ticket listing to ask for, so that the wanted tickets are seen in the
/// fewest requests.
///
/// The state machine behind ``LiveReader``: it does no input or output. `next()` says what to ask for,
/// `observe` takes what came back, and the two alternate until `next()` returns `nil`.
///
/// How it saves requests (docs/planning.md has the cost model): the first page tells whether the listing
/// is in the order of creation. Where it is, every window starts (or, newest first, ends) at the next
/// wanted ticket and is left when its page has been read: the gap to the next wanted ticket is jumped by
/// asking for a new window, or, where there is no gap, crossed by asking for the next page. Where it is
/// not, windows are joined while the tickets between them, by the density learnt so far, cost less than
/// another page, and read until their wanted tickets were seen.
///
/// What must stay true: `reads` never exceeds the number of wanted tickets; a ticket counts as missing
/// only when a page proves that the listing has gone past it; positions only ever go from `.open` to
/// another state within one search.
package struct ReadPlanner {
    /// One ticket of the listing, as far as reading is concerned.
    package struct Sighting {
        /// When the listing says it was created, in seconds since 1970; `nil` where it does not say.
        package var createdAt: Int64?
        /// The time inside its id, in seconds since 1970; `nil` for an id without one.
        package var idTime: Int64?
        /// The position in ``ReadPlanner/wanted`` when the ticket is wanted.
        package var position: Int?

        package init(createdAt: Int64?, idTime: Int64?, position: Int?) {
            self.createdAt = createdAt
            self.idTime = idTime
            self.position = position
        }

        var time: Int64? { createdAt ?? idTime }
    }

    /// The most tickets that a page holds.
    package static let pageLimit = 100
    /// The longest window that the API takes: a year of 365 days, in seconds.
    static let longestWindow: Int64 = 365 * 86_400

    /// The order in which the listing comes.
    enum Order { case unknown, ascending, descending, unsorted }
    enum State: UInt8 { case open, seen, missing }

    /// The creation times of the wanted tickets, in ascending order.
    let wanted: [UInt32]
    var states: [State]
    var order = Order.unknown
    var clock = CreationClock()
    var current: Progress?
    var isSecondSearch = false
    /// Bounds of the positions that can still be open.
    var lowest = 0
    var highest: Int
    /// How many pages were asked for.
    package private(set) var reads = 0
    /// How many wanted tickets were seen.
    package private(set) var found = 0

    /// A window being read.
    struct Progress {
        var window: TicketWindow
        /// The positions whose tickets the window is sure to hold, if they are listed at all.
        var covers: ClosedRange<Int>
        /// Whether the window was chosen for a listing in no order.
        var isForUnsorted: Bool
        var pages = 0
    }

    /// Starts with the creation times of all wanted tickets.
    ///
    /// - Parameter wanted: Seconds since 1970, in ascending order.
    package init(wanted: [UInt32]) {
        self.wanted = wanted
        states = Array(repeating: .open, count: wanted.count)
        highest = wanted.count - 1
    }

    /// What to ask for next; `nil` when nothing more can be found at a reasonable cost.
    package mutating func next() -> TicketWindow? {
        guard reads < wanted.count else { return nil }
        if current == nil {
            current = nextWindow()
            if current == nil, beginSecondSearch() { current = nextWindow() }
        }
        guard current != nil else { return nil }
        reads += 1
        current!.pages += 1
        return current!.window
    }

    /// Takes the page that came for the window last asked for.
    ///
    /// - Parameters:
    ///   - page: The tickets in the order of the listing.
    ///   - entries: How many entries the page has, those that cannot be read included.
    ///   - total: How many tickets the listing says the window holds, where it says so.
    package mutating func observe(_ page: [Sighting], entries: Int, total: Int?) {
        guard var progress = current else { return }
        for sighting in page { see(sighting) }
        learn(page)
        if let total, total > entries { clock.count(tickets: total, over: progress) }
        progress.window.skip += entries
        current = nil
        if isExhausted(entries, progress.window, total: total) {
            clock.count(tickets: progress.window.skip, over: progress)
            giveUp(progress.covers)
        } else if hasOpen(progress.covers), goesOn(after: page, in: progress) {
            current = progress
        }
    }

    private mutating func see(_ sighting: Sighting) {
        if let position = sighting.position, states[position] != .seen {
            states[position] = .seen
            found += 1
        }
    }

    private mutating func learn(_ page: [Sighting]) {
        defer { clock.learn(from: page, isOrdered: order != .unsorted) }
        // Once out of order, a few tickets that happen to be in order prove nothing.
        if order == .unsorted { return }
        let times = page.compactMap(\.time)
        guard times.count > 1, times.count == page.count else {
            if page.count == Self.pageLimit { order = .unsorted }
            return
        }
        let rises = zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }
        let falls = zip(times, times.dropFirst()).allSatisfy { $0 >= $1 }
        switch (rises, falls) {
        // One instant only: says nothing.
        case (true, true): break
        case (true, false): order = order == .descending ? .unsorted : .ascending
        case (false, true): order = order == .ascending ? .unsorted : .descending
        case (false, false): order = .unsorted
        }
    }

    /// Whether the window holds no further page.
    ///
    /// A total equal to the page's own length may be just that (`count`), so it proves nothing.
    private func isExhausted(_ count: Int, _ window: TicketWindow, total: Int?) -> Bool {
        if count == 0 { return true }
        if let total, total > count { return window.skip >= total }
        return count < Self.pageLimit
    }

    /// Whether the next page of the same window is the best next request; where not, the window is left.
    private mutating func goesOn(after page: [Sighting], in progress: Progress) -> Bool {
        let slack = currentSlack
        let covers = progress.covers
        switch order {
        case .ascending:
            guard let last = page.last?.time else { return true }
            let passed = firstPosition(notBefore: last - slack.after) - 1
            if passed >= covers.lowerBound { giveUp(covers.clamped(to: 0...passed)) }
            guard let next = covers.first(where: { states[$0] == .open }) else { return false }
            return Int64(wanted[next]) - slack.before <= last
        case .descending:
            guard let last = page.last?.time else { return true }
            let passed = firstPosition(notBefore: last + slack.before + 1)
            if passed <= covers.upperBound {
                giveUp(covers.clamped(to: passed...covers.upperBound))
            }
            guard let next = covers.last(where: { states[$0] == .open }) else { return false }
            return Int64(wanted[next]) + slack.after >= last
        case .unknown: return true
        case .unsorted:
            // A window as wide as an ordered listing allows would have to be read to its end.
            if !progress.isForUnsorted { return false }
            // A window may cost as many pages as it holds wanted tickets, and no more.
            if progress.pages < covers.count { return true }
            giveUp(covers)
            return false
        }
    }

    /// Takes the open tickets of some positions as not listed there.
    private mutating func giveUp(_ positions: ClosedRange<Int>) {
        for position in positions where states[position] == .open { states[position] = .missing }
    }

    /// Opens the tickets that the first search did not find, for one search in wider windows.
    private mutating func beginSecondSearch() -> Bool {
        // Not one ticket found among many: they are not in this listing, and more requests would not help.
        guard !isSecondSearch, found > 0 || wanted.count < 20 else { return false }
        isSecondSearch = true
        lowest = 0
        highest = wanted.count - 1
        var isAnyOpen = false
        for position in states.indices where states[position] == .missing {
            states[position] = .open
            isAnyOpen = true
        }
        return isAnyOpen
    }
}
