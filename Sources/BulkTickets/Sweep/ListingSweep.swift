// The rule by which all tickets of a time range are read while tickets change. docs/export.md explains it to
// operators, and ListingSweepTests checks it against a model of a server whose tickets change between pages.
//
// One answer is one moment of the server. An answer with fewer tickets than it may hold shows its whole window at
// that moment, so nothing can be lost between two pages of it: there is only one. The sweep therefore cuts the
// range into windows of creation times, which never change, and does not page:
//
// - A listing in order of creation is cut where a full page ends. The next window begins with the second of the
//   page's last ticket, so that second is read twice and the tickets of it that come again are dropped.
// - A listing in another order is cut into windows that are small enough by the density seen so far. One that
//   turns out to be full is read again as smaller ones.
// - A single second that holds more than a page has to be paged by `skip`. Each page begins ten tickets before
//   the end of the one before. As long as one of these ten comes again, no ticket behind them was passed over,
//   because the order of the tickets that are there does not change. Otherwise the second is read again.
//
// What must stay true: a window counts as read only by an answer that was not full, and a range leaves `ranges` only
// when all its seconds were read. An order is believed only after a check: the part that the first full page
// claims to hold is read once more, and must hold nothing new.

package import MavaAPI

/// Decides which pages of the listing to ask for, so that every ticket of a time range is seen.
///
/// It does no input or output: ``next()`` says what to ask for, ``observe(_:entries:total:)`` takes what came back,
/// and the two alternate until ``next()`` returns `nil`.
package struct ListingSweep {
    /// One ticket of a page, as far as the sweep is concerned.
    package struct Sighting {
        /// The ticket.
        package var id: TicketID
        /// When the listing says it was created, in microseconds since 1970; `nil` where it does not say.
        package var createdAt: Int64?
        /// Whether the sweep had not seen it before.
        package var isNew: Bool

        package init(id: TicketID, createdAt: Int64?, isNew: Bool) {
            self.id = id
            self.createdAt = createdAt
            self.isNew = isNew
        }
    }

    /// A part of the time range, in seconds since 1970; the end is not in it.
    package struct Window: Hashable, Sendable {
        package var start: Int64
        package var end: Int64

        package init(_ start: Int64, _ end: Int64) {
            self.start = start
            self.end = end
        }
    }

    /// What to ask for.
    package struct Request: Hashable, Sendable {
        package var window: Window
        package var skip = 0
        package var limit = TicketQuery.maximumLimit
    }

    /// Tickets of one second that cannot be read, because they change faster than they are read.
    package struct Unsteady: Error, CustomStringConvertible {
        package var second: Int64
        package var description: String {
            "more than \(TicketQuery.maximumLimit) tickets have the creation time \(second) "
                + "(seconds since 1970), and they change faster than they can be read: try again later"
        }
    }

    enum Order { case unknown, ascending, descending, unsorted }

    private enum Step {
        /// The whole of the last range.
        case range
        /// What a full page claims to have shown wholly; how often this was checked already.
        case check(Window, tries: Int)
        /// A part of the last range, of a listing in no known order.
        case part(Window)
        case second(SecondRead)
    }

    /// A second that is read page by page.
    private struct SecondRead {
        var window: Window
        var skip = 0
        var passes = 1
        /// The last tickets of the page before.
        var tail: [TicketID] = []
        var isBroken = false
        var seen: Set<TicketID> = []
    }

    /// The longest window that the API takes: a year of 365 days, in seconds.
    package static let longestWindow: Int64 = 365 * 86_400
    /// How many tickets of a page are read again by the next one, where a second is paged.
    package static let overlap = 10
    /// How many tickets a window is to hold where the order is not known: below a page, with room to err.
    private static let wantedPerPart: Int64 = 70
    private static let mostPasses = 8
    /// How often a full page's claim may bring something new, which a changing ticket can be as well.
    private static let mostChecks = 3

    private let whole: [Window]
    /// What is left to read, the next range last.
    private var ranges: [Window]
    private(set) var order = Order.unknown
    private var isChecked = false
    private var step = Step.range
    /// How many seconds a window is long, where the order is not known.
    private var span = longestWindow
    /// The end of the last window that was too full: before it, windows grow by halves of what is left, so that
    /// a crowd behind a long gap is not run into again and again.
    private var fullUntil = Int64.min
    /// How many tickets that window still holds behind what was read of it, as far as is known.
    private var fullRest: Int64 = 0
    /// How many pages were asked for.
    package private(set) var reads = 0

    /// Begins with the ranges to read.
    ///
    /// - Parameter ranges: The ranges in ascending order; none may overlap another.
    package init(_ ranges: [Window]) {
        whole = ranges.flatMap(Self.years).reversed()
        self.ranges = whole
    }

    /// The range in parts of at most a year.
    private static func years(_ range: Window) -> [Window] {
        stride(from: range.start, to: range.end, by: Int(longestWindow)).map {
            Window($0, min($0 + longestWindow, range.end))
        }
    }

    /// What to ask for next; `nil` when everything was read.
    package mutating func next() -> Request? {
        guard let range = ranges.last else { return nil }
        reads += 1
        switch step {
        case .second(let second): return Request(window: second.window, skip: second.skip)
        case .check(let window, _): return Request(window: window)
        case .range, .part:
            guard order == .unsorted else {
                step = .range
                return Request(window: range)
            }
            var length = min(span, range.end - range.start)
            if range.start < fullUntil, fullRest >= Self.wantedPerPart {
                length = min(length, (fullUntil - range.start + 1) / 2)
            }
            let window = Window(range.start, range.start + length)
            step = .part(window)
            return Request(window: window)
        }
    }

    /// Takes the page that came for what was last asked for.
    ///
    /// - Parameters:
    ///   - page: The tickets in the order of the listing.
    ///   - entries: How many entries the page has.
    ///   - total: How many tickets the listing says the window holds, where it says so.
    /// - Throws: ``Unsteady`` when a second cannot be read.
    package mutating func observe(
        _ page: [Sighting], entries: Int, total: Int?
    ) throws(Unsteady) {
        guard let range = ranges.last else { return }
        switch step {
        case .range:
            if Self.isWhole(entries, total) {
                ranges.removeLast()
            } else {
                cut(range, after: page)
            }
        case .check(let window, let tries):
            check(window, tries, holds: page, isWhole: Self.isWhole(entries, total))
        case .part(let window): take(window, of: range, page, entries, total)
        case .second(let second): try take(second, page, entries, total)
        }
    }

    /// Whether an answer from the start of a window shows all of it.
    private static func isWhole(_ entries: Int, _ total: Int?, skip: Int = 0) -> Bool {
        entries < TicketQuery.maximumLimit && (total ?? 0) <= skip + entries
    }

    // MARK: A listing in order

    /// Cuts a range behind a full page.
    private mutating func cut(_ range: Window, after page: [Sighting]) {
        learnOrder(page, in: range)
        guard order == .ascending || order == .descending,
            let last = page.last?.createdAt.map(Self.second),
            let first = page.first?.createdAt.map(Self.second)
        else {
            // `unknown` stays only where all tickets of the page have one creation time.
            if order == .unknown, let only = page.first?.createdAt.map(Self.second) {
                split(range, at: only)
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

    /// Splits a range into what is before a second, the second, and what is behind it.
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

    /// Takes the listing as one in no order: what was read by trusting an order is read again.
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

    private mutating func take(
        _ window: Window, of range: Window, _ page: [Sighting], _ entries: Int, _ total: Int?
    ) {
        let length = window.end - window.start
        if Self.isWhole(entries, total) {
            advance(past: window.end)
            fullRest -= Int64(entries)
            let density = Int64(max(entries, 1))
            span = min(
                max(1, length * min(8 * density, Self.wantedPerPart) / density), Self.longestWindow)
        } else if length > 1 {
            let smaller = total.map { length * Self.wantedPerPart / Int64(max($0, 1)) }
            span = max(1, min(smaller ?? length, length / 2))
            fullUntil = window.end
            fullRest = Int64(max(total ?? entries, entries))
        } else {
            // The page is the first of its second.
            step = .second(SecondRead(window: window))
        }
    }

    private mutating func advance(past end: Int64) {
        ranges[ranges.count - 1].start = end
        if ranges[ranges.count - 1].start >= ranges[ranges.count - 1].end { ranges.removeLast() }
        step = .range
    }

    // MARK: A second with more tickets than a page

    private mutating func take(
        _ before: SecondRead, _ page: [Sighting], _ entries: Int, _ total: Int?
    ) throws(Unsteady) {
        var second = before
        let ids = page.map(\.id)
        second.seen.formUnion(ids)
        if !second.tail.isEmpty, Set(second.tail).isDisjoint(with: ids) { second.isBroken = true }
        guard Self.isWhole(entries, total, skip: second.skip) else {
            second.tail = ids.suffix(Self.overlap)
            // An empty page that says there are more brings nothing: begin again.
            if entries <= Self.overlap { second.isBroken = true }
            second.skip += max(entries - Self.overlap, 1)
            step = .second(second)
            return
        }
        if second.isBroken || second.seen.count < total ?? 0 {
            guard second.passes < Self.mostPasses else {
                throw Unsteady(second: second.window.start)
            }
            step = .second(SecondRead(window: second.window, passes: second.passes + 1))
        } else {
            advance(past: second.window.end)
        }
    }

    /// The second that a time in microseconds lies in.
    private static func second(_ microseconds: Int64) -> Int64 {
        microseconds >= 0 ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000
    }
}
