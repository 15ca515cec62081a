import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("Reading the tickets as they are")
struct LiveReaderTests {
    struct Result {
        var reads: Int
        var found: Int
        var wanted: Int
        var fewest: Int
    }

    /// Reads some of a workspace's tickets, and others that are not in it.
    private static func read(
        _ tickets: [Ticket], order: GeneratedListing.Order = .descending, every step: Int = 1,
        missing: [String] = [], total: Int? = nil,
        disturbances: [GeneratedListing.Disturbance] = [], skew: Int = 0, pageSize: Int = 100
    ) async throws -> Result {
        let wanted = stride(from: 0, to: tickets.count, by: step).map { tickets[$0].id }
        let listing = GeneratedListing(
            tickets, order: order, total: total, disturbances: disturbances, skew: skew,
            pageSize: pageSize)
        var state = TicketState(hash: ByteHash())
        for id in wanted.map(\.rawValue) + missing {
            var id = id
            let key = try #require(id.withUTF8 { TicketKey(hexadecimal: $0) })
            _ = state.tickets.add(state.tickets.key(key))
        }
        let reader = LiveReader(listing: listing, readsUpdateTimes: false)
        let (reads, read) = try await reader.read(into: &state) { _ in }
        #expect(reads == listing.pages)
        // Pages overlap, and each ticket counts once.
        #expect(read >= state.found && read <= tickets.count + disturbances.count)
        return Result(
            reads: reads, found: state.found, wanted: wanted.count + missing.count,
            fewest: GeneratedListing.fewestPages(tickets, wanted: Set(wanted)))
    }

    @Test(
        "reads never exceed the wanted tickets, and are within 10 % of the fewest pages where dense",
        arguments: GeneratedListing.Shape.allCases, [GeneratedListing.Order.ascending, .descending])
    func readsFewPages(shape: GeneratedListing.Shape, order: GeneratedListing.Order) async throws {
        let tickets = GeneratedListing.workspace(shape, count: 10_000, seed: 7)
        for step in [1, 3, 20, 90, 130, 700, 6_000] {
            let result = try await Self.read(tickets, order: order, every: step)
            #expect(result.found == result.wanted)
            #expect(result.reads <= result.wanted)
            let tenth = max(1, Double(result.fewest) * 0.1)
            #expect(
                Double(result.reads) <= Double(result.fewest) + tenth,
                "one ticket in \(step): \(result.reads) reads, \(result.fewest) at best")
        }
    }

    @Test("of 100,000 tickets, reads and writes stand beside the best possible and a blind run")
    func printsTheCost() async throws {
        let count = RandomInputs.count(100_000)
        for shape in GeneratedListing.Shape.allCases {
            let tickets = GeneratedListing.workspace(shape, count: count, seed: 11)
            for step in [10, 200] {
                let result = try await Self.read(tickets, every: step)
                #expect(result.found == result.wanted)
                #expect(result.reads <= result.wanted)
                // As in a nightly job, one wanted ticket in five really changes.
                let writes = result.wanted / 5
                print(
                    "\(shape.rawValue), \(result.wanted) of \(count) wanted: \(result.reads) reads + "
                        + "\(writes) writes = \(result.reads + writes); best possible "
                        + "\(result.fewest + writes); blind \(result.wanted)")
                #expect(result.reads <= result.fewest + max(1, result.fewest / 10))
            }
        }
    }

    @Test("a listing in no order is read through, never beyond one page a wanted ticket")
    func readsUnordered() async throws {
        for shape in GeneratedListing.Shape.allCases {
            let tickets = GeneratedListing.workspace(shape, count: 5_000, seed: 3)
            for step in [1, 10, 400] {
                let result = try await Self.read(tickets, order: .shuffled, every: step)
                #expect(result.reads <= result.wanted)
                #expect(Double(result.found) >= Double(result.wanted) * (step == 400 ? 0.5 : 1))
            }
        }
    }

    @Test("tickets that are not listed cost no more than one read each, and hide no other")
    func boundsTheSearchForMissing() async throws {
        let tickets = GeneratedListing.workspace(.dense, count: 3_000, seed: 5)
        let missing = (0..<40).map { number in
            let seconds = String(1_700_000_000 + number * 300, radix: 16)
            return "\(seconds)ffffffff000000\(10 + number)"
        }
        let result = try await Self.read(tickets, every: 50, missing: missing)
        #expect(result.found == 60)
        #expect(result.reads <= result.wanted)
        let none = try await Self.read(tickets, every: 5_000, missing: missing)
        #expect(none.found == 1)
        #expect(none.reads <= none.wanted)
    }

    @Test("totals, true, too small or only the page's own, lose no ticket", arguments: [0, -1, 7])
    func survivesTotals(error: Int) async throws {
        for count in [99, 100, 101, 200, 1_000] {
            let tickets = GeneratedListing.workspace(.dense, count: count, seed: 9)
            for order in [GeneratedListing.Order.ascending, .descending] {
                let result = try await Self.read(tickets, order: order, total: error)
                #expect(result.found == result.wanted)
            }
        }
    }

    @Test(
        "a listing with fewer tickets on a page than asked for loses no ticket",
        arguments: [50, 99])
    func survivesShortPages(pageSize: Int) async throws {
        for count in [1, 49, 50, 51, 250] {
            let tickets = GeneratedListing.workspace(.dense, count: count, seed: 9)
            for order in GeneratedListing.Order.allCases {
                for step in [1, 3] {
                    let result = try await Self.read(
                        tickets, order: order, every: step, pageSize: pageSize)
                    #expect(result.found == result.wanted, "\(count) \(order) \(step)")
                    #expect(result.reads <= 2 * result.wanted)
                }
            }
        }
    }

    @Test("a page more is read where only that shows that a ticket is not listed")
    func readsOnePageMore() async throws {
        for (count, reads) in [(9, 1), (10, 2), (60, 2)] {
            let tickets = GeneratedListing.workspace(.dense, count: count, seed: 9)
            // Created in the same second as the first of the listing.
            let missing = String(tickets[0].id.rawValue.prefix(8)) + "ffffffff00000001"
            let result = try await Self.read(
                tickets, order: .shuffled, every: count, missing: [missing])
            #expect((result.found, result.wanted) == (1, 2))
            #expect(result.reads <= reads + 1, "\(count): \(result.reads)")
        }
    }

    @Test("tickets that come and go while pages are read shift them, and are found all the same")
    func survivesShifts() async throws {
        let tickets = GeneratedListing.workspace(.dense, count: 1_000, seed: 13)
        for order in [GeneratedListing.Order.ascending, .descending] {
            let gone = try await Self.read(
                tickets, order: order,
                disturbances: [.init(page: 2, removes: order == .ascending ? 10 : 990)])
            #expect(gone.found >= gone.wanted - 1)
            #expect(gone.reads <= gone.fewest + 3)
            let came = try await Self.read(
                tickets, order: order, disturbances: [.init(page: 3, adds: true)])
            #expect(came.found == came.wanted)
        }
    }

    @Test(
        "creation times some seconds from those in the ids are found",
        arguments: [-4_000, 900, 4_500])
    func survivesSkew(milliseconds: Int) async throws {
        let tickets = GeneratedListing.workspace(.threeYears, count: 2_000, seed: 17)
        let result = try await Self.read(tickets, every: 3, skew: milliseconds)
        #expect(result.found == result.wanted)
    }

    @Test("creation times minutes from those in the ids are found by the wider search")
    func findsFarSkew() async throws {
        let tickets = GeneratedListing.workspace(.sparse, count: 60, seed: 19)
        let result = try await Self.read(tickets, every: 10, skew: 600_000)
        #expect(result.found == result.wanted)
        #expect(result.reads <= result.wanted)
    }

    @Test("planning asks for agents and categories only when the rows name any")
    func looksUpWhatIsNamed() async throws {
        let tickets = GeneratedListing.workspace(.dense, count: 300, seed: 23)
        let fixture = try PlanFixture()
        var options = fixture.options
        options.agents = nil
        options.categories = nil
        options.source = .live
        for (column, value, lookups) in [
            ("status", "Resolved", 0), ("assignee", "Ada", 1), ("category", "Billing", 1),
        ] {
            let listing = GeneratedListing(tickets, order: .descending, total: 0)
            let rows = tickets.map { "\($0.id.rawValue),\(value)\n" }.joined()
            let path = try fixture.directory.write("id,\(column)\n" + rows, to: "rows.csv")
            let plan = try await Planner(options: options, listing: listing).plan(
                PlanInput(path: path), now: 0)
            #expect(listing.lookups == lookups)
            #expect(plan.header.price.reads == lookups + listing.pages)
            #expect(listing.pages == 3)
            #expect(plan.header.requests == 300)
            #expect(plan.header.undiffed == 0)
            #expect(plan.header.ticketsRead == 300)
        }
    }
}
