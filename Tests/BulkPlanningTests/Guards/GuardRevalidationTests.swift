import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("Guards when a saved plan is applied")
struct GuardRevalidationTests {
    private static func ticket(
        _ number: Int, status: String = "Open", category: String? = PlanFixture.billing,
        assignedTo: String? = PlanFixture.ada
    ) -> Ticket {
        Ticket(
            id: TicketID(PlanFixture.id(number))!, status: status, priority: 1,
            categoryID: category, assignedTo: assignedTo)
    }

    private static let rows = """
        id,status,assignee
        \(PlanFixture.id(1)),Pending,
        \(PlanFixture.id(2)),Pending,Grace
        \(PlanFixture.id(3)),Resolved,

        """

    /// What the guards say of a plan for three tickets when their values are these.
    private func refusal(
        _ guards: String, now: [Ticket], policy: ConflictPolicy = .overwrite,
        waivers: [GuardWaiver] = [], knowsNames: Bool = true
    ) async throws -> (message: String?, waivers: [PlanHeader.Waiver], lookups: Int) {
        var fixture = try PlanFixture()
        fixture.options.source = .live
        let before = GeneratedListing((1...3).map { Self.ticket($0) }, order: .ascending)
        let path = try fixture.directory.write(Self.rows, to: "rows.csv")
        let plan = try await Planner(options: fixture.options, listing: before).plan(
            PlanInput(path: path), now: 0)
        let listing = GeneratedListing(now, order: .ascending)
        var revalidator = PlanRevalidator(listing: listing, onConflict: policy)
        revalidator.guards = try PlanGuards(bytes: Array(guards.utf8), path: "g.json")
        revalidator.guards.waivers = waivers
        if knowsNames {
            revalidator.agents = PlanFixture.agents
            revalidator.categories = PlanFixture.categories
        }
        do {
            let revalidation = try await revalidator.revalidate(path: plan.path!)
            return (nil, revalidation.waivers, listing.lookups)
        } catch let error as PlanError {
            return (error.message, [], listing.lookups)
        }
    }

    @Test("a ticket that a protected agent got after the plan was made is protected")
    func protected() async throws {
        let guards = #"{"protect":{"agents":["Mei"]}}"#
        // The plan changes only the status of the first ticket, so it is no conflict.
        let mei = Agent(id: "6630a1f4c2b9e4a1d8f00b23", username: "Mei")
        var fixture = try PlanFixture()
        fixture.options.agents = PlanFixture.agents + [mei]
        fixture.options.source = .live
        fixture.options.guards = try PlanGuards(bytes: Array(guards.utf8), path: "g.json")
        let before = GeneratedListing((1...3).map { Self.ticket($0) }, order: .ascending)
        let path = try fixture.directory.write(Self.rows, to: "rows.csv")
        let plan = try await Planner(options: fixture.options, listing: before).plan(
            PlanInput(path: path), now: 0)
        let now = [Self.ticket(1, assignedTo: mei.id), Self.ticket(2), Self.ticket(3)]
        var revalidator = PlanRevalidator(
            listing: GeneratedListing(now, order: .ascending), onConflict: .skip)
        revalidator.guards = fixture.options.guards
        revalidator.agents = fixture.options.agents
        let checked = revalidator
        let error = await #expect(throws: PlanError.self) {
            try await checked.revalidate(path: plan.path!)
        }
        #expect(error?.code == .ticketsProtected)
        #expect(error?.message.contains("(row 1 \(PlanFixture.id(1)))") == true)
    }

    @Test("rules look at what tickets hold now, and only at rows that are still sent")
    func currentValues() async throws {
        let guards =
            #"{"rules":[{"name":"no-reopen","field":"status","from":"Resolved","most":0}]}"#
        let now = [
            Self.ticket(1, status: "Resolved"), Self.ticket(2), Self.ticket(3, status: "Resolved"),
        ]
        let overwriting = try await refusal(guards, now: now)
        #expect(
            overwriting.message?.hasSuffix("GuardWaiver(rule: \"no-reopen\", number: 1)") == true)
        // A conflict is not sent, and the third ticket is right already.
        #expect(try await refusal(guards, now: now, policy: .skip).message == nil)
        let waived = try await refusal(
            guards, now: now, waivers: [GuardWaiver(rule: "no-reopen", number: 1)])
        #expect(waived.message == nil)
        #expect(waived.waivers == [.init(rule: "no-reopen", number: 1, count: 1, most: 0)])
    }

    @Test("a ticket that is not found any more counts as if it were against the guard")
    func notFound() async throws {
        let now = [Self.ticket(1), Self.ticket(3)]
        for (guards, rule) in [
            (#"{"rules":[{"name":"a","field":"assignee","from":"Grace","most":0}]}"#, "a"),
            (#"{"fill":["assignee"]}"#, "fill"),
            (#"{"protect":{"categories":["Shipping"]}}"#, "protect"),
        ] {
            // The second ticket's row assigns an agent, so it would be held unless that was allowed.
            let skipped = try await refusal(guards, now: now, policy: .skip)
            #expect(skipped.message == nil)
            var fixture = try PlanFixture()
            fixture.options.source = .live
            fixture.options.unread = .send
            let before = GeneratedListing((1...3).map { Self.ticket($0) }, order: .ascending)
            let path = try fixture.directory.write(Self.rows, to: "rows.csv")
            let plan = try await Planner(options: fixture.options, listing: before).plan(
                PlanInput(path: path), now: 0)
            var revalidator = PlanRevalidator(
                listing: GeneratedListing(now, order: .ascending), onConflict: .overwrite)
            revalidator.guards = try PlanGuards(bytes: Array(guards.utf8), path: "g.json")
            revalidator.agents = PlanFixture.agents
            revalidator.categories = PlanFixture.categories
            let checked = revalidator
            let error = await #expect(throws: PlanError.self) {
                try await checked.revalidate(path: plan.path!)
            }
            #expect(error?.message.contains("what 1 ticket of them holds is not known") == true)
            #expect(error?.message.hasSuffix("(rule: \"\(rule)\", number: 1)") == true)
        }
    }

    @Test("lists of names are asked for only where a guard names an agent or a category")
    func lookups() async throws {
        let now = (1...3).map { Self.ticket($0) }
        for (guards, lookups) in [
            (#"{"fill":["priority"],"rules":[{"name":"a","field":"status","most":3}]}"#, 0),
            (#"{"rules":[{"name":"a","field":"assignee","to":"unassigned","most":0}]}"#, 0),
            (#"{"rules":[{"name":"a","field":"assignee","to":"Grace","most":1}]}"#, 1),
            (#"{"protect":{"categories":["Shipping"]}}"#, 1),
            (
                #"{"protect":{"agents":["Lovelace"]},"rules":[{"name":"a","field":"category","to":"Shipping","most":0}]}"#,
                2
            ),
        ] {
            let result = try await refusal(guards, now: now, knowsNames: false)
            #expect(result.lookups == lookups)
            #expect(lookups == 2 || result.message == nil, "\(result.message ?? "")")
        }
    }

    @Test("of a plan whose tickets were not read, only what it writes is known")
    func unread() async throws {
        let fixture = try PlanFixture()
        let plan = try await fixture.plan(Self.rows)
        let file = try PlanFile(path: plan.path!)
        for (guards, rule) in [
            (#"{"rules":[{"name":"a","field":"status","to":"Resolved","most":1}]}"#, nil),
            (#"{"rules":[{"name":"a","field":"assignee","to":"Grace","most":0}]}"#, ("a", 1)),
            (#"{"rules":[{"name":"a","field":"status","from":"Resolved","most":0}]}"#, ("a", 3)),
            (#"{"protect":{"tickets":["\#(PlanFixture.id(2))"]}}"#, ("protect", 1)),
            (#"{"protect":{"agents":["Ada"]}}"#, ("protect", 3)),
            (#"{"fill":["assignee"]}"#, ("fill", 1)),
        ] as [(String, (String, Int)?)] {
            var revalidator = PlanRevalidator(
                listing: GeneratedListing([], order: .ascending), onConflict: .skip)
            revalidator.guards = try PlanGuards(bytes: Array(guards.utf8), path: "g.json")
            revalidator.agents = PlanFixture.agents
            do {
                _ = try await revalidator.checkUnread(file)
                #expect(rule == nil)
            } catch let error as PlanError {
                let (name, count) = try #require(rule)
                #expect(
                    error.message.hasSuffix("(rule: \"\(name)\", number: \(count))"),
                    "\(error.message)")
            }
        }
    }
}
