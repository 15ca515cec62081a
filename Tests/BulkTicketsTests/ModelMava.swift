import BulkSystem
import BulkTestSupport
import MavaAPI
import Synchronization

@testable import BulkTickets

/// A model of the listing whose tickets change between two pages.
final class ModelMava: TicketPageSource {
    /// The order in which the model lists tickets.
    enum Order: CaseIterable { case ascending, descending, shuffled, byLastChange }

    private struct Entry {
        var ticket: ListedTicket
        /// In microseconds since 1970.
        var created: Int64
        var number: Int
        var changed: Int
        /// Whether the filter has matched at every moment so far.
        var alwaysMatched: Bool
        var everMatched: Bool
    }

    private struct State {
        /// In the order of the listing.
        var entries: [Entry] = []
        var deleted: [Entry] = []
        var generator: SeededGenerator
        var pages = 0
        var moment = 0
        var nextNumber = 0
    }

    /// The present of the model, in seconds since 1970: 2026-07-01T00:00:00Z.
    static let now: Int64 = 1_782_864_000

    private let order: Order
    private let showsTotal: Bool
    private let changesPerPage: Int
    private let pageSize: Int
    private let state: Mutex<State>

    init(
        seed: UInt64, order: Order, changesPerPage: Int, tickets: Int, crowd: Int,
        showsTotal: Bool, pageSize: Int = 100
    ) {
        self.order = order
        self.pageSize = pageSize
        self.changesPerPage = changesPerPage
        self.showsTotal = showsTotal
        var state = State(generator: SeededGenerator(seed: seed))
        // Two dense stretches, one crowded second, and a few tickets anywhere in eight years.
        let starts = [Self.now - 86_400 * 400, Self.now - 86_400 * 30]
        for _ in 0..<tickets {
            let draw = state.generator.below(10)
            let second =
                draw == 0
                ? Self.now - Int64(1 + state.generator.below(86_400 * 2900))
                : starts[draw % 2] + Int64(state.generator.below(4000))
            state.entries.append(Self.entry(second, &state))
        }
        for _ in 0..<crowd { state.entries.append(Self.entry(Self.now - 86_400 * 200, &state)) }
        state.entries.sort { Self.key($0, order) < Self.key($1, order) }
        self.state = Mutex(state)
    }

    /// The tickets that matched from the beginning to the end, and those that ever did.
    var matched: (always: Set<TicketID>, ever: Set<TicketID>) {
        state.withLock { state in
            (
                Set(state.entries.filter(\.alwaysMatched).map(\.ticket.id)),
                Set((state.entries + state.deleted).filter(\.everMatched).map(\.ticket.id))
            )
        }
    }

    var pages: Int { state.withLock { $0.pages } }

    func page(_ query: TicketQuery) async throws -> ListedTicketPage {
        state.withLock { state in
            state.pages += 1
            let range = Int64(query.startSecond) * 1_000_000..<Int64(query.endSecond) * 1_000_000
            let found = state.entries.filter {
                range.contains($0.created)
                    && (query.statuses.isEmpty || query.statuses.contains($0.ticket.status ?? ""))
            }
            let limit = min(query.limit, pageSize)
            let page = found.dropFirst(query.skip).prefix(limit).map(\.ticket)
            for _ in 0..<changesPerPage { change(&state) }
            return ListedTicketPage(
                tickets: Array(page), total: showsTotal ? found.count : nil)
        }
    }

    /// What a listing is sorted by.
    private static func key(_ entry: Entry, _ order: Order) -> (Int64, Int64, Int64) {
        let number = Int64(entry.number)
        return switch order {
        case .ascending: (entry.created, number, 0)
        case .descending: (-entry.created, -number, 0)
        case .shuffled: (Int64(scattered(entry.number)), number, 0)
        case .byLastChange: (Int64(entry.changed), entry.created / 1_000_000, number)
        }
    }

    /// Puts an entry to its place in the listing.
    private func insert(_ entry: Entry, _ state: inout State) {
        let key = Self.key(entry, order)
        let place = state.entries.indices.partitionPoint {
            Self.key(state.entries[$0], order) < key
        }
        state.entries.insert(entry, at: place)
    }

    private func change(_ state: inout State) {
        state.moment += 1
        let place = state.generator.below(state.entries.count)
        switch state.generator.below(10) {
        case 0: state.deleted.append(state.entries.remove(at: place))
        case 1:
            var entry = Self.entry(Self.now, &state)
            entry.alwaysMatched = false
            insert(entry, &state)
        default:
            let isOpen = state.generator.chance(60)
            var entry = state.entries.remove(at: place)
            entry.ticket.status = isOpen ? "Open" : "Pending"
            entry.changed = state.moment
            if !isOpen { entry.alwaysMatched = false }
            if isOpen { entry.everMatched = true }
            insert(entry, &state)
        }
    }

    /// A number's last digits, which decide the shuffled order, so they must not rise with time.
    private static func scattered(_ number: Int) -> UInt64 {
        UInt64(number) &* 0x9E37_79B9 & 0xFF_FFFF
    }

    /// Makes the next ticket, created in a second.
    private static func entry(_ second: Int64, _ state: inout State) -> Entry {
        let number = state.nextNumber
        state.nextNumber += 1
        let tail = String(scattered(number) | 1 << 24, radix: 16).suffix(6)
        let middle = String(1 << 40 | number, radix: 16).suffix(10)
        var ticket = ListedTicket(id: TicketID(String(second, radix: 16) + middle + tail)!)
        let created = second * 1_000_000 + Int64(state.generator.below(1000)) * 1000
        ticket.createdAt = CivilTime.iso8601(millisecondsSince1970: created / 1000)
        ticket.status = state.generator.chance(70) ? "Open" : "Pending"
        let matches = ticket.status == "Open"
        return Entry(
            ticket: ticket, created: created, number: number, changed: number % 7,
            alwaysMatched: matches, everMatched: matches)
    }
}
