import MavaAPI

/// Chooses the pages of the ticket listing that show all wanted tickets in the fewest requests.
///
/// This is the state machine behind ``LiveReader``. It does no input or output. `next()` returns what to ask
/// for and `observe` takes the answer. The two alternate until `next()` returns `nil`.
///
/// This is how it saves requests (docs/planning.md has the cost model). The first page shows whether the
/// listing is in order of creation. If it is, every window starts (or, newest first, ends) at the next wanted
/// ticket, and is left after its page was read. A gap before the next wanted ticket is skipped with a new
/// window. If there is no gap, the next page of the same window is read. If the listing is not in order,
/// windows are joined while the tickets between them, by the observed density, cost less than another page.
/// Joined windows are read until their wanted tickets were seen.
///
/// Invariants: `reads` never exceeds the number of wanted tickets, apart from the pages that show whether the
/// one before was the last. A ticket counts as missing only when a page proves that the listing has
/// passed it. Within one search, positions only change from `.open` to another state.
package struct ReadPlanner {
    /// A ticket of the listing, reduced to what the planner needs.
    package struct Sighting {
        /// The ticket's listed creation time, in seconds since 1970; `nil` if the listing has none.
        package var createdAt: Int64?
        /// The time inside the ticket's id, in seconds since 1970; `nil` for an id without one.
        package var idTime: Int64?
        /// The ticket's position in ``ReadPlanner/wanted``; `nil` when it is not wanted.
        package var position: Int?

        package init(createdAt: Int64?, idTime: Int64?, position: Int?) {
            self.createdAt = createdAt
            self.idTime = idTime
            self.position = position
        }

        var time: Int64? { createdAt ?? idTime }
    }

    /// The most tickets on a page.
    package static let pageLimit = 100
    /// The longest window that the API accepts: a year of 365 days, in seconds.
    static let longestWindow: Int64 = 365 * 86_400

    /// The order of the listing.
    enum Order { case unknown, ascending, descending, unsorted }
    enum State: UInt8 { case open, seen, missing }

    /// The creation times of the wanted tickets, in ascending order.
    let wanted: [UInt32]
    var states: [State]
    var order = Order.unknown
    var clock = CreationClock()
    var current: Progress?
    var isSecondSearch = false
    private var size = PageSize()
    /// The number of pages that were read to know whether the one before was the last.
    private var proofs = 0
    /// The limits of the positions that can still be open.
    var lowest = 0
    var highest: Int
    /// The number of pages requested.
    package private(set) var reads = 0
    /// The number of wanted tickets seen.
    package private(set) var found = 0

    /// A window being read.
    struct Progress {
        var window: TicketWindow
        /// The positions whose tickets must be in the window if they are listed at all.
        var covers: ClosedRange<Int>
        /// Whether the window was chosen for a listing without an order.
        var isForUnsorted: Bool
        var pages = 0
        /// The length of the page before, if only this page shows whether that was the last one.
        var unproven: Int?
    }

    /// Starts with the creation times of all wanted tickets.
    ///
    /// - Parameter wanted: Seconds since 1970, in ascending order.
    package init(wanted: [UInt32]) {
        self.wanted = wanted
        states = Array(repeating: .open, count: wanted.count)
        highest = wanted.count - 1
    }

    /// Returns the next window to read; `nil` when no more tickets can be found at a reasonable cost.
    package mutating func next() -> TicketWindow? {
        guard reads < wanted.count + proofs else { return nil }
        if current == nil {
            current = nextWindow()
            if current == nil, beginSecondSearch() { current = nextWindow() }
        }
        guard current != nil else { return nil }
        reads += 1
        current!.pages += 1
        return current!.window
    }

    /// Records the page of the window requested last.
    ///
    /// - Parameters:
    ///   - page: The tickets in the order of the listing.
    ///   - entries: The number of entries on the page, including unreadable ones.
    ///   - total: The number of tickets in the window by the listing; `nil` if it does not say.
    package mutating func observe(_ page: [Sighting], entries: Int, total: Int?) {
        guard var progress = current else { return }
        for sighting in page { see(sighting) }
        learn(page)
        if let total, total > entries { clock.count(tickets: total, over: progress) }
        progress.window.skip += entries
        current = nil
        if isExhausted(entries, &progress, total: total) {
            clock.count(tickets: progress.window.skip, over: progress)
            giveUp(progress.covers)
            return
        }
        let goesOn = hasOpen(progress.covers) && goesOn(after: page, in: progress)
        if progress.unproven == nil {
            current = goesOn ? progress : nil
        } else if hasOpen(progress.covers) {
            proofs += 1
            current = progress
        } else {
            // Most likely these were all.
            clock.count(tickets: progress.window.skip, over: progress)
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
        // After a page out of order, a few tickets in order prove nothing.
        if order == .unsorted { return }
        let times = page.compactMap(\.time)
        guard times.count > 1, times.count == page.count else {
            if page.count == Self.pageLimit { order = .unsorted }
            return
        }
        let rises = zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }
        let falls = zip(times, times.dropFirst()).allSatisfy { $0 >= $1 }
        switch (rises, falls) {
        // All times are equal, which proves nothing.
        case (true, true): break
        case (true, false): order = order == .descending ? .unsorted : .ascending
        case (false, true): order = order == .ascending ? .unsorted : .descending
        case (false, false): order = .unsorted
        }
    }

    /// Whether the window has no further page.
    ///
    /// A total equal to the page's length may be only the page's count, so it proves nothing.
    private mutating func isExhausted(
        _ count: Int, _ progress: inout Progress, total: Int?
    ) -> Bool {
        if let before = progress.unproven, count > 0 { _ = size.isLast(before, hasMore: true) }
        progress.unproven = nil
        let hasMore = total.map { $0 > count && $0 > progress.window.skip } ?? false
        let isLast = size.isLast(count, hasMore: hasMore)
        if count > 0, let total, total > count { return !hasMore }
        if isLast == nil { progress.unproven = count }
        return isLast ?? false
    }

    /// Whether to read the next page of the same window; otherwise the planner leaves the window.
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
            // This window was chosen for an ordered listing and is too wide to read to its end.
            if !progress.isForUnsorted { return false }
            // A window may cost at most as many pages as it has wanted tickets.
            if progress.pages < covers.count || progress.unproven != nil { return true }
            giveUp(covers)
            return false
        }
    }

    /// Marks the open tickets at some positions as missing.
    private mutating func giveUp(_ positions: ClosedRange<Int>) {
        for position in positions where states[position] == .open { states[position] = .missing }
    }

    /// Reopens the tickets that the first search did not find, for one search in wider windows.
    private mutating func beginSecondSearch() -> Bool {
        // None of many tickets was found: they are not in this listing, and more requests would not help.
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
