import BulkSystem
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkTickets

@Suite("Every ticket is read once, whatever happens between two pages")
struct ListingSweepTests {
    /// Reads a model, and returns what was taken in the order in which it came.
    private func read(
        _ model: ModelMava, statuses: [String]
    ) async throws -> [TicketID] {
        var filter = TicketFilter()
        filter.statuses = statuses
        var taken: [TicketID] = []
        _ = try await TicketReader(model, filter).read(now: ModelMava.now, progress: { _ in }) {
            taken.append($0.id)
            return .goOn
        }
        return taken
    }

    @Test(
        "A ticket that matches from beginning to end is taken once, and one that never does is not",
        arguments: ModelMava.Order.allCases, [UInt64](0..<15))
    func moving(order: ModelMava.Order, seed: UInt64) async throws {
        // A second that is paged needs a stable order, which the last change is not.
        let crowd = order == .byLastChange ? 40 : [0, 150, 420][Int(seed % 3)]
        let model = ModelMava(
            seed: seed, order: order, changesPerPage: Int(seed % 5), tickets: 700, crowd: crowd,
            showsTotal: seed.isMultiple(of: 2))
        let taken = try await read(model, statuses: ["Open"])
        #expect(Set(taken).count == taken.count)
        let (always, ever) = model.matched
        #expect(always.subtracting(taken).isEmpty, "lost")
        #expect(Set(taken).subtracting(ever).isEmpty, "never matched")
    }

    @Test(
        "A server that gives fewer tickets than asked for loses none",
        arguments: ModelMava.Order.allCases, [10, 11, 20, 50, 99])
    func shortPages(order: ModelMava.Order, pageSize: Int) async throws {
        for seed in 1...8 as ClosedRange<UInt64> {
            let tickets = [250, 3, pageSize, pageSize + 1][Int(seed % 4)]
            for changes in [0, 2] {
                let model = ModelMava(
                    seed: seed, order: order, changesPerPage: changes, tickets: tickets,
                    crowd: order == .byLastChange ? 5 : pageSize / 2 * Int(seed % 5),
                    showsTotal: seed == 3,
                    pageSize: pageSize)
                let taken = try await read(model, statuses: ["Open"])
                #expect(Set(taken).count == taken.count)
                #expect(
                    model.matched.always.subtracting(taken).isEmpty,
                    "lost: seed \(seed), \(changes) changes")
            }
        }
    }

    @Test("A page that is longer than all before costs one more, to know that it is the last")
    func costOfShortPages() async throws {
        let model = ModelMava(
            seed: 7, order: .ascending, changesPerPage: 0, tickets: 60, crowd: 0, showsTotal: false)
        #expect(try await read(model, statuses: []).count == 60)
        // Twelve years, of which two have at least ten tickets.
        #expect(model.pages <= 14, "\(model.pages)")
    }

    @Test(
        "A short page is the last only if the one behind it shows its last tickets and no others",
        arguments: [(10..<20, true), (15..<22, false), (20..<25, false), (0..<0, false)])
    func lastPage(behind: Range<Int>, isLast: Bool) throws {
        var sweep = ListingSweep([.init(0, 1000)])
        func sightings(_ numbers: Range<Int>, seen: Int) -> [ListingSweep.Sighting] {
            numbers.map {
                .init(
                    id: TicketID("t\($0)")!, createdAt: Int64($0) * 1_000_000, isNew: $0 >= seen)
            }
        }
        #expect(sweep.next()?.skip == 0)
        try sweep.observe(sightings(0..<20, seen: 0), entries: 20, total: nil)
        #expect(sweep.next()?.skip == 10)
        try sweep.observe(sightings(behind, seen: 20), entries: behind.count, total: nil)
        // Otherwise the window is read again.
        #expect(sweep.next() == (isLast ? nil : .init(window: .init(0, 1000))))
    }

    @Test("A listing that ignores the times is an error, after a few pages")
    func ignoresTimes() async throws {
        for order in ListingSweepTests.orders {
            var sweep = ListingSweep([.init(0, 86_400 * 4000)])
            let all = (0..<250).map {
                (TicketID("t\($0)")!, Int64(200_000_000 + $0 * 900) * 1_000_000)
            }
            let listed = order(all)
            var failure: ListingSweep.Unreadable?
            var seen: Set<TicketID> = []
            while failure == nil, let request = sweep.next(), sweep.reads < 1000 {
                let page = listed.dropFirst(request.skip).prefix(100)
                do throws(ListingSweep.Unreadable) {
                    try sweep.observe(
                        page.map { .init(id: $0, createdAt: $1, isNew: seen.insert($0).inserted) },
                        entries: page.count, total: nil)
                } catch {
                    failure = error
                }
            }
            guard case .elsewhere? = failure else {
                Issue.record("\(String(describing: failure)) after \(sweep.reads) pages")
                continue
            }
            #expect(sweep.reads < 60)
        }
    }

    private static let orders: [@Sendable ([(TicketID, Int64)]) -> [(TicketID, Int64)]] = [
        { $0 }, { $0.reversed() }, { $0.filter { $1 % 7 == 0 } + $0.filter { $1 % 7 != 0 } },
    ]

    @Test("A listing in order costs hardly more pages than it fills")
    func cost() async throws {
        for order in [ModelMava.Order.ascending, .descending] {
            let model = ModelMava(
                seed: 7, order: order, changesPerPage: 0, tickets: 9000, crowd: 0, showsTotal: false
            )
            let taken = try await read(model, statuses: [])
            #expect(taken.count == 9000)
            // Ninety full pages, the tickets of boundary seconds again, a check, and twelve years.
            #expect(model.pages <= 120, "\(order): \(model.pages)")
        }
    }

    @Test("A listing in no order costs about two pages for each that it fills")
    func unsortedCost() async throws {
        let model = ModelMava(
            seed: 7, order: .shuffled, changesPerPage: 0, tickets: 9000, crowd: 0, showsTotal: true)
        #expect(try await read(model, statuses: []).count == 9000)
        #expect(model.pages < 250, "\(model.pages)")
    }

    @Test("A second whose tickets are never the same twice is an error and not a loss")
    func unsteady() throws {
        var sweep = ListingSweep([.init(100, 101)])
        var number = 0
        var steps = 0
        var failure: ListingSweep.Unreadable?
        while failure == nil, sweep.next() != nil, steps < 1000 {
            steps += 1
            // Every page is full and has other tickets than the one before, until the pass ends.
            let count = steps % 4 == 0 ? 50 : 100
            let page = (0..<count).map { _ in
                number += 1
                return ListingSweep.Sighting(
                    id: TicketID("t\(number)")!, createdAt: 100_000_000, isNew: true)
            }
            do throws(ListingSweep.Unreadable) {
                try sweep.observe(page, entries: count, total: nil)
            } catch {
                failure = error
            }
        }
        guard case .unsteady(second: 100, _)? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test("A server that shows the same page whatever is asked for is an error, after a few pages")
    func samePage() throws {
        for (total, limit) in [(nil, 60), (100, 60), (Int.max, 60)] as [(Int?, Int)] {
            for seconds in [1, 60] as [Int64] {
                var sweep = ListingSweep([.init(0, 86_400 * 400)])
                var seen: Set<TicketID> = []
                let page = (0..<100).map { number in
                    (TicketID("t\(number)")!, 100_000_000 + Int64(number) % seconds * 1_000_000)
                }
                var failure: ListingSweep.Unreadable?
                while failure == nil, sweep.next() != nil, sweep.reads < 1000 {
                    do throws(ListingSweep.Unreadable) {
                        try sweep.observe(
                            page.map {
                                .init(id: $0, createdAt: $1, isNew: seen.insert($0).inserted)
                            }, entries: 100, total: total)
                    } catch {
                        failure = error
                    }
                }
                #expect(failure != nil && sweep.reads <= limit, "\(sweep.reads) pages")
            }
        }
    }

    @Test("A second whose pages are empty although there are more tickets is an error")
    func emptyPages() throws {
        var sweep = ListingSweep([.init(100, 101)])
        var failure: ListingSweep.Unreadable?
        while failure == nil, sweep.next() != nil, sweep.reads < 1000 {
            do throws(ListingSweep.Unreadable) {
                try sweep.observe([], entries: 0, total: .max)
            } catch {
                failure = error
            }
        }
        guard case .unsteady(second: 100, _)? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    /// A listing by last change, in which most tickets never changed: full pages look like the order of creation.
    private struct NearlyOrdered: TicketPageSource {
        static let start: Int64 = 1_750_000_000

        func page(_ query: TicketQuery) async throws -> ListedTicketPage {
            let range = Int64(query.startSecond)..<Int64(query.endSecond)
            let numbers = (0..<900).filter { range.contains(Self.start + Int64($0) * 60) }
            let found = numbers.filter { $0 % 10 != 3 } + numbers.filter { $0 % 10 == 3 }
            let tickets = found.dropFirst(query.skip).prefix(query.limit).map { number in
                let second = Self.start + Int64(number) * 60
                var ticket = ListedTicket(
                    id: TicketID(String(second, radix: 16) + "c2b9e4a1d8f10000")!)
                ticket.createdAt = CivilTime(secondsSince1970: Int(second)).iso8601
                return ticket
            }
            return ListedTicketPage(tickets: Array(tickets))
        }
    }

    @Test("An order that only looks like the order of creation is found out")
    func nearlyOrdered() async throws {
        var taken = 0
        _ = try await TicketReader(NearlyOrdered(), TicketFilter()).read(
            now: ModelMava.now, progress: { _ in }
        ) { _ in
            taken += 1
            return .goOn
        }
        #expect(taken == 900)
    }

    @Test("No window is longer than a year, and none is left out")
    func years() throws {
        let start: Int64 = 1_420_070_400
        var sweep = ListingSweep([.init(start, start + 86_400 * 1000)])
        var windows: [ListingSweep.Window] = []
        while let request = sweep.next() {
            windows.append(request.window)
            try sweep.observe([], entries: 0, total: 0)
        }
        #expect(windows.first?.start == start)
        #expect(windows.last?.end == start + 86_400 * 1000)
        #expect(zip(windows, windows.dropFirst()).allSatisfy { $0.end == $1.start })
        #expect(windows.allSatisfy { $0.end - $0.start <= 365 * 86_400 })
    }

    @Test("Tickets are looked for by their ids in few pages")
    func ids() async throws {
        let model = ModelMava(
            seed: 3, order: .ascending, changesPerPage: 0, tickets: 3000, crowd: 0,
            showsTotal: false)
        let wanted = Set(try await read(model, statuses: []).shuffled().prefix(12))
        let before = model.pages
        var filter = TicketFilter()
        let absent = TicketID("66881679b3466f8a7bffffff")!
        filter.ids = wanted.union([absent])
        var taken: Set<TicketID> = []
        let result = try await TicketReader(model, filter).read(
            now: ModelMava.now, progress: { _ in }
        ) {
            taken.insert($0.id)
            return .goOn
        }
        #expect(taken == wanted)
        #expect(result.missing == [absent])
        #expect(model.pages - before < 60)
    }
}
