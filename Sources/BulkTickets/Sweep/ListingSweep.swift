// The rule by which all tickets of a time range are read while tickets change. docs/export.md explains it to
// operators. ListingSweepTests checks it against a model of a server whose tickets change between pages.
//
// One answer shows the server at one moment. An answer with fewer tickets than its limit shows its whole
// window at that moment, and no ticket can be lost between pages, because there is only one. So the sweep
// does not page. It cuts the range into windows of creation times, which never change:
//
// - A listing in order of creation is cut at the end of each full page. The next window starts with the
//   second of the page's last ticket. So that second is read twice, and its repeated tickets are dropped.
// - A listing in another order is cut into windows that are small enough by the density seen so far. A window
//   that turns out to be full is read again as smaller ones.
// - A single second with more tickets than a page must be paged by `skip`. Each page starts ten tickets
//   before the end of the one before. As long as one of these ten appears again, no ticket after them was
//   skipped, because the order of the remaining tickets does not change. Otherwise the second is read again.
//
// Invariants: a window counts as read only after an answer that was not full: it had fewer tickets than
// another page before, or the page after it, which repeats its last tickets, showed no others. A range
// leaves `ranges` only when all its seconds were read. An order is trusted only after a check: the part that
// the first full page should have shown completely is read again, and must contain nothing new.

package import MavaAPI

/// Chooses the pages of the listing that show every ticket of a time range.
///
/// It does no input or output. ``next()`` returns what to ask for and ``observe(_:entries:total:)`` takes the
/// answer. The two alternate until ``next()`` returns `nil`.
package struct ListingSweep {
    /// One ticket of a page, reduced to what the sweep needs.
    package struct Sighting {
        /// The ticket.
        package var id: TicketID
        /// The listed creation time, in microseconds since 1970; `nil` if the listing has none.
        package var createdAt: Int64?
        /// Whether the sweep sees the ticket for the first time.
        package var isNew: Bool

        package init(id: TicketID, createdAt: Int64?, isNew: Bool) {
            self.id = id
            self.createdAt = createdAt
            self.isNew = isNew
        }
    }

    /// A part of the time range, in seconds since 1970; the end is exclusive.
    package struct Window: Hashable, Sendable {
        package var start: Int64
        package var end: Int64

        package init(_ start: Int64, _ end: Int64) {
            self.start = start
            self.end = end
        }
    }

    /// The next page to ask for.
    package struct Request: Hashable, Sendable {
        package var window: Window
        package var skip = 0
        package var limit = TicketQuery.maximumLimit
    }

    /// A page that may be the last one of its window, until the page after it is read.
    private struct Unproven {
        var window: Window
        var page: [Sighting]
        var entries: Int
        var total: Int?
    }

    enum Order { case unknown, ascending, descending, unsorted }

    private enum Step {
        /// The whole of the last range.
        case range
        /// The window that a full page should have shown completely, and how often this was checked.
        case check(Window, tries: Int)
        /// A part of the last range, for a listing in no known order.
        case part(Window)
        case second(SecondRead)
    }

    /// A second that is read page by page.
    private struct SecondRead {
        var window: Window
        var skip = 0
        var passes = 1
        /// The last tickets of the previous page.
        var tail: [TicketID] = []
        var isBroken = false
        var seen: Set<TicketID> = []
    }

    /// The longest window that the API accepts: a year of 365 days, in seconds.
    package static let longestWindow: Int64 = 365 * 86_400
    /// The number of a page's tickets that the next page repeats, where pages follow one another.
    package static let overlap = 10
    /// The same for a short page, of which no more than half is repeated.
    private static func overlap(_ entries: Int) -> Int { min(overlap, entries / 2) }
    /// The target number of tickets in a window when the order is not known: less than a page, with a margin.
    private var wantedPerPart: Int64 { Int64(max(1, size.most * 7 / 10)) }
    private static let mostPasses = 8
    /// The most checks of the first full page; new tickets can also appear because a ticket changes.
    private static let mostChecks = 3

    private let whole: [Window]
    /// The ranges that are still to be read; the next one is the last element.
    private var ranges: [Window]
    private(set) var order = Order.unknown
    private var isChecked = false
    private var step = Step.range
    /// The length of a window in seconds, when the order is not known.
    private var span = longestWindow
    /// The end of the last window that was too full.
    ///
    /// Before this time, each window covers at most half of what is left. So a dense part after a long gap
    /// does not fill a window again and again.
    private var fullUntil = Int64.min
    /// The known number of tickets in that window that are not read yet.
    private var fullRest: Int64 = 0
    private var size = PageSize()
    private var unproven: Unproven?
    /// The length of a page after which another one came, until the window is read again.
    ///
    /// If it has as many tickets again, that is a page's size. Otherwise tickets were created meanwhile.
    private var suspectedSize: Int?
    /// How often the page after a possibly last one did not show whether it was.
    private var proofs = 0
    private var window = Window(0, 0)
    /// The number of pages requested.
    package private(set) var reads = 0

    /// Starts with the ranges to read.
    ///
    /// - Parameter ranges: The ranges in ascending order, without overlaps.
    package init(_ ranges: [Window]) {
        whole = ranges.flatMap(Self.years).reversed()
        self.ranges = whole
    }

    /// Splits a range into parts of at most a year.
    private static func years(_ range: Window) -> [Window] {
        stride(from: range.start, to: range.end, by: Int(longestWindow)).map {
            Window($0, min($0 + longestWindow, range.end))
        }
    }

    /// Returns what to ask for next; `nil` when everything was read.
    package mutating func next() -> Request? {
        guard let range = ranges.last else { return nil }
        reads += 1
        if let unproven {
            return Request(
                window: unproven.window,
                skip: unproven.entries - Self.overlap(unproven.entries))
        }
        let request = request(range)
        window = request.window
        return request
    }

    private mutating func request(_ range: Window) -> Request {
        switch step {
        case .second(let second): return Request(window: second.window, skip: second.skip)
        case .check(let window, _): return Request(window: window)
        case .range, .part:
            guard order == .unsorted else {
                step = .range
                return Request(window: range)
            }
            var length = min(span, range.end - range.start)
            if range.start < fullUntil, fullRest >= wantedPerPart {
                length = min(length, (fullUntil - range.start + 1) / 2)
            }
            let window = Window(range.start, range.start + length)
            step = .part(window)
            return Request(window: window)
        }
    }

    /// Records the page requested last.
    ///
    /// - Parameters:
    ///   - page: The tickets in the order of the listing.
    ///   - entries: The number of entries on the page.
    ///   - total: The number of tickets in the window by the listing; `nil` if it does not say.
    /// - Throws: ``Unreadable`` when a second cannot be read, or the listing ignores the times.
    package mutating func observe(
        _ page: [Sighting], entries: Int, total: Int?
    ) throws(Unreadable) {
        if let short = unproven {
            unproven = nil
            let overlap = Self.overlap(short.entries)
            let tail = Set(short.page.suffix(overlap).map(\.id))
            if entries > overlap {
                suspectedSize = short.entries
            } else if !page.contains(where: \.isNew), !tail.isDisjoint(with: page.map(\.id)) {
                proofs = 0
                return try take(short.page, short.entries, short.total)
            }
            // Otherwise tickets came or went meanwhile.
            proofs += 1
            return
        }
        let isFull = suspectedSize == entries || proofs >= Self.mostPasses
        let hasMore = total.map { $0 > skip + entries } == true || entries > 0 && isFull
        suspectedSize = nil
        guard size.isLast(entries, hasMore: hasMore) != nil else {
            unproven = Unproven(window: window, page: page, entries: entries, total: total)
            return
        }
        proofs = 0
        try take(page, entries, total)
    }

    /// The number of tickets that the page requested last passes over.
    private var skip: Int {
        if case .second(let second) = step { second.skip } else { 0 }
    }

    /// Records a page of which it is known whether it is the last one of its window.
    private mutating func take(
        _ page: [Sighting], _ entries: Int, _ total: Int?
    ) throws(Unreadable) {
        guard let range = ranges.last else { return }
        try requireTimes(page, entries)
        if case .second = step { return try readSecond(page, entries, total) }
        switch step {
        case .range, .second:
            if isWhole(entries, total) {
                ranges.removeLast()
            } else {
                cut(range, after: page)
            }
        case .check(let window, let tries):
            check(window, tries, holds: page, isWhole: isWhole(entries, total))
        case .part(let window): handle(window, of: range, page, entries, total)
        }
    }

    /// Whether an answer from the start of a window shows the whole window.
    private func isWhole(_ entries: Int, _ total: Int?, skip: Int = 0) -> Bool {
        entries < size.most && (total ?? 0) <= skip + entries
    }

    /// Refuses a full page without a ticket of its window, which would never end.
    ///
    /// The API's clock and time zone may differ from those of the listed times.
    private func requireTimes(_ page: [Sighting], _ entries: Int) throws(Unreadable) {
        guard entries >= size.most else { return }
        let near = window.start - 86_400..<window.end + 86_400
        let isElsewhere = page.allSatisfy {
            $0.createdAt.map { !near.contains(Self.second($0)) } ?? false
        }
        if isElsewhere { throw .elsewhere(window) }
    }

    // MARK: A listing in order

    /// Cuts a range after a full page.
    private mutating func cut(_ range: Window, after page: [Sighting]) {
        learnOrder(page, in: range)
        guard order == .ascending || order == .descending,
            let last = page.last?.createdAt.map(Self.second),
            let first = page.first?.createdAt.map(Self.second)
        else {
            // The order stays `unknown` only if all tickets of the page have the same creation time, or there are none.
            if order == .unknown, let only = page.first?.createdAt.map(Self.second) {
                split(range, at: only)
            } else if order != .unsorted {
                distrust()
            }
            return
        }
        let isFirstCut = !isChecked
        var shown: Window
        switch order {
        case .ascending where last > range.start:
            ranges[ranges.count - 1].start = last
            shown = Window(range.start, last)
        case .descending where last + 1 < range.end:
            ranges[ranges.count - 1].end = last + 1
            shown = Window(last + 1, range.end)
        default:
            split(range, at: order == .ascending ? first : last)
            return
        }
        if isFirstCut { step = .check(shown, tries: 1) }
    }

    /// Splits a range into the part before a second, the second, and the part after it.
    private mutating func split(_ range: Window, at second: Int64) {
        ranges.removeLast()
        let parts = [
            Window(second + 1, range.end), Window(second, second + 1), Window(range.start, second),
        ].filter { $0.start < $0.end }
        ranges += parts
        if parts.count == 1 { step = .second(SecondRead(window: range)) }
    }

    private mutating func learnOrder(_ page: [Sighting], in window: Window) {
        let times = page.compactMap(\.createdAt)
        guard times.count == page.count,
            times.allSatisfy({ (window.start..<window.end).contains(Self.second($0)) })
        else { return distrust() }
        let rises = zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }
        let falls = zip(times, times.dropFirst()).allSatisfy { $0 >= $1 }
        switch (rises, falls, order) {
        case (true, true, _): break
        case (true, false, .unknown): order = .ascending
        case (false, true, .unknown): order = .descending
        case (true, false, .ascending), (false, true, .descending): break
        default: distrust()
        }
    }

    /// Treats the listing as unordered, and reads again what was read by trusting an order.
    private mutating func distrust() {
        order = .unsorted
        ranges = whole
        step = .range
    }

    private mutating func check(
        _ window: Window, _ tries: Int, holds page: [Sighting], isWhole: Bool
    ) {
        let hasNew = page.contains(where: \.isNew)
        if isWhole, !hasNew {
            isChecked = true
            step = .range
        } else if isWhole, tries < Self.mostChecks {
            step = .check(window, tries: tries + 1)
        } else {
            distrust()
        }
    }

    // MARK: A listing in no order

    private mutating func handle(
        _ window: Window, of range: Window, _ page: [Sighting], _ entries: Int, _ total: Int?
    ) {
        let length = window.end - window.start
        if isWhole(entries, total) {
            advance(past: window.end)
            fullRest -= Int64(entries)
            let density = Int64(max(entries, 1))
            span = min(
                max(1, length * min(8 * density, wantedPerPart) / density), Self.longestWindow)
        } else if length > 1 {
            let smaller = total.map { length * wantedPerPart / Int64(max($0, 1)) }
            span = max(1, min(smaller ?? length, length / 2))
            fullUntil = window.end
            fullRest = Int64(max(total ?? entries, entries))
        } else {
            // This page is the first of its second.
            step = .second(SecondRead(window: window))
        }
    }

    private mutating func advance(past end: Int64) {
        ranges[ranges.count - 1].start = end
        if ranges[ranges.count - 1].start >= ranges[ranges.count - 1].end { ranges.removeLast() }
        step = .range
    }

    // MARK: A second with more tickets than a page

    private mutating func readSecond(
        _ page: [Sighting], _ entries: Int, _ total: Int?
    ) throws(Unreadable) {
        guard case .second(var second) = step else { return }
        step = .range  // Nothing else holds its set of tickets, so it is not copied for each page.
        let (ids, seenBefore) = (page.map(\.id), second.seen.count)
        second.seen.formUnion(ids)
        if !second.tail.isEmpty, Set(second.tail).isDisjoint(with: ids) { second.isBroken = true }
        let isWhole = isWhole(entries, total, skip: second.skip)
        // A page that shows nothing new although there is more leads nowhere, as where a server ignores `skip`.
        guard isWhole || second.seen.count == seenBefore else {
            let overlap = Self.overlap(entries)
            second.tail = ids.suffix(overlap)
            if overlap == 0 { second.isBroken = true }
            second.skip += max(entries - overlap, 1)
            step = .second(second)
            return
        }
        if !isWhole || second.isBroken || second.seen.count < total ?? 0 {
            guard second.passes < Self.mostPasses else {
                throw .unsteady(second: second.window.start, pageSize: size.most)
            }
            step = .second(SecondRead(window: second.window, passes: second.passes + 1))
        } else {
            advance(past: second.window.end)
        }
    }

    /// The second that contains a time in microseconds.
    private static func second(_ microseconds: Int64) -> Int64 {
        microseconds >= 0 ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000
    }
}
