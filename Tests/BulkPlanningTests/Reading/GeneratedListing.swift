import BulkPlanningTestSupport
import BulkSystem
import BulkTestSupport
import MavaAPI
import Synchronization

@testable import BulkPlan
@testable import BulkPlanning

/// A listing of generated tickets that counts its requests, and misbehaves on request.
final class GeneratedListing: TicketListing {
    enum Order: CaseIterable { case ascending, descending, shuffled }
    /// The distribution of tickets over time.
    enum Shape: String, CaseIterable {
        /// About one ticket every five seconds.
        case dense
        /// About one ticket every half hour.
        case sparse
        /// Groups of a thousand, weeks apart.
        case clustered
        /// Over three years, with busy and quiet days.
        case threeYears = "three years"
    }

    /// How the n-th request changes the tickets of the listing.
    struct Disturbance {
        var page: Int
        /// The index, in order of creation, of a ticket that disappears.
        var removes: Int?
        /// Whether a ticket is added at the front.
        var adds = false
    }

    struct State {
        var tickets: [Ticket] { didSet { shuffled = nil } }
        var pages = 0
        var lookups = 0
        /// The range of tickets that was listed in no order, and their places in the listing's order.
        private var shuffled: (range: Range<Int>, places: [Int])?

        init(tickets: [Ticket]) { self.tickets = tickets }

        /// The places of a range of tickets in an order that is unrelated to time, by their ids' random tails.
        mutating func shuffledPlaces(_ range: Range<Int>) -> [Int] {
            if let shuffled, shuffled.range == range { return shuffled.places }
            let tails = range.map { UInt32(tickets[$0].id.rawValue.suffix(8), radix: 16)! }
            let low = range.lowerBound
            let places = range.sorted { tails[$0 - low] < tails[$1 - low] }
            shuffled = (range, places)
            return places
        }
    }

    private let state: Mutex<State>
    private let order: Order
    private let total: Int?
    private let pageSize: Int
    private let disturbances: [Disturbance]
    /// How much later each ticket was created than the time in its id, in milliseconds.
    let skew: Int

    /// Makes a listing.
    ///
    /// `total` is added to the true total, and `nil` leaves the total out. `pageSize` is the most tickets that it gives,
    /// however many are asked for.
    init(
        _ tickets: [Ticket], order: Order, total: Int? = nil, disturbances: [Disturbance] = [],
        skew: Int = 0, pageSize: Int = 100
    ) {
        self.pageSize = pageSize
        state = Mutex(State(tickets: tickets))
        self.order = order
        self.total = total
        self.disturbances = disturbances
        self.skew = skew
    }

    var pages: Int { state.withLock { $0.pages } }
    var lookups: Int { state.withLock { $0.lookups } }

    func tickets(in window: TicketWindow) async throws -> ListedPage {
        state.withLock { state in
            state.pages += 1
            precondition(window.end > window.start, "an empty window")
            precondition(window.end - window.start <= 366 * 86_400, "a window of over a year")
            precondition((1...100).contains(window.limit) && window.skip >= 0)
            for disturbance in disturbances where disturbance.page == state.pages {
                if let place = disturbance.removes { state.tickets.remove(at: place) }
                if disturbance.adds {
                    let first = state.tickets[0].id.creationSeconds! - 1
                    state.tickets.insert(Self.ticket(seconds: first, number: 0xFFFFF), at: 0)
                }
            }
            let low = lowerBound(state.tickets, window.start)
            let high = lowerBound(state.tickets, window.end)
            let places: [Int]
            let from = min(window.skip, high - low)
            let count = min(window.limit, pageSize, high - low - from)
            switch order {
            case .ascending: places = Array(low + from..<low + from + count)
            case .descending: places = (0..<count).map { high - 1 - from - $0 }
            case .shuffled:
                places = Array(state.shuffledPlaces(low..<high)[from..<from + count])
            }
            return ListedPage(
                tickets: places.map { state.tickets[$0] }, entries: count,
                total: total.map { high - low + $0 })
        }
    }

    func agents() async throws -> [Agent] {
        state.withLock { $0.lookups += 1 }
        return PlanFixture.agents
    }

    func categories() async throws -> [MavaAPI.Category] {
        state.withLock { $0.lookups += 1 }
        return PlanFixture.categories
    }

    private func lowerBound(_ tickets: [Ticket], _ instant: Int64) -> Int {
        tickets.indices.partitionPoint {
            tickets[$0].id.creationSeconds! * 1000 + skew < Int(instant) * 1000
        }
    }

    /// Makes tickets in order of creation.
    static func workspace(_ shape: Shape, count: Int, seed: UInt64) -> [Ticket] {
        var random = SeededGenerator(seed: seed)
        var seconds = 1_700_000_000
        return (0..<count).map { number in
            switch shape {
            case .dense: seconds += Int.random(in: 0...10, using: &random)
            case .sparse: seconds += Int.random(in: 1...3_600, using: &random)
            case .clustered:
                seconds +=
                    number % 1000 == 0
                    ? Int.random(in: 1_000_000...3_000_000, using: &random)
                    : Int.random(in: 0...30, using: &random)
            case .threeYears:
                let isBusy = seconds / 86_400 % 3 == 0
                let mean = 2 * 94_608_000 / count
                seconds += Int.random(in: 0...(isBusy ? mean / 2 : mean * 2), using: &random)
            }
            return ticket(
                seconds: seconds, number: Int.random(in: 0..<0x1_0000_0000, using: &random))
        }
    }

    private static func ticket(seconds: Int, number: Int) -> Ticket {
        let tail = String(number, radix: 16)
        let id =
            String(seconds, radix: 16) + "00000000"
            + String(repeating: "0", count: 8 - tail.count) + tail
        return Ticket(
            id: TicketID(id)!, status: "Open", priority: 1, createdAt: nil)
    }

    /// The fewest pages that can show some tickets, if each page has a hundred consecutive tickets.
    static func fewestPages(_ tickets: [Ticket], wanted: Set<TicketID>) -> Int {
        var pages = 0
        var place = 0
        while place < tickets.count {
            if wanted.contains(tickets[place].id) {
                pages += 1
                place += 100
            } else {
                place += 1
            }
        }
        return pages
    }
}
