import BulkPlan
@testable import BulkPlanning
import BulkPlanningTestSupport
import BulkTestSupport
import Testing

@Suite("Shards take tickets by the documented function, and together every row once")
struct RowShardTests {
    /// Shards of the tickets 1 to 12, calculated by Python's hashlib from the documented function.
    private static let ofFive = [4, 5, 3, 4, 1, 3, 1, 2, 2, 3, 5, 3]
    private static let ofThree = [1, 3, 1, 3, 1, 2, 2, 2, 2, 3, 1, 3]

    @Test("The function is the documented one")
    func function() throws {
        for (index, (five, three)) in zip(Self.ofFive, Self.ofThree).enumerated() {
            let id = PlanFixture.id(index + 1)
            #expect(RowShard.number(of: id, count: 5) == five)
            #expect(RowShard.number(of: id, count: 3) == three)
            #expect(RowShard.number(of: id, count: 1) == 1)
        }
        #expect(RowShard.number(of: "abc", count: 5) == 5)
        #expect(RowShard.number(of: "ticket-7", count: 7) == 4)
    }

    @Test("Only shards that exist are taken")
    func limits() {
        #expect(RowShard(0, of: 5) == nil)
        #expect(RowShard(6, of: 5) == nil)
        #expect(RowShard(1, of: 0) == nil)
        #expect(RowShard(1, of: RowShard.mostShards + 1) == nil)
        #expect(RowShard(5, of: 5)?.description == "5/5")
    }

    @Test("Each row is in one shard; rows for one ticket are together, in either case of its id")
    func partition() async throws {
        var rows = "ticketId,status\n"
        for number in 1...12 { rows += "\(PlanFixture.id(number)),Resolved\n" }
        rows += "\(PlanFixture.id(1).uppercased()),Resolved\nnot an id,Open\n"
        rows += "\(PlanFixture.id(2)),Wrong\n"
        let whole = try await PlanFixture().entries(rows)
        var found: [Int: PlanEntry] = [:]
        for number in 1...5 {
            var fixture = try PlanFixture()
            fixture.options.selection.shard = RowShard(number, of: 5)
            let entries = try await fixture.entries(rows)
            #expect(entries.map(\.row) == whole.map(\.row))
            for entry in entries where entry.disposition != .excluded {
                #expect(found.updateValue(entry, forKey: entry.row) == nil, "row \(entry.row)")
                if entry.row <= 12 { #expect(number == Self.ofFive[entry.row - 1]) }
            }
        }
        #expect(whole.map { found[$0.row]?.disposition } == whole.map(\.disposition))
        #expect(whole.map { found[$0.row]?.ticketID } == whole.map(\.ticketID))
        #expect(whole.map(\.disposition).suffix(3) == [.update, .invalid, .invalid])
    }

    @Test("A limit counts the rows of the shard, and conditions leave out rows of it")
    func withOthers() async throws {
        let rows =
            "ticketId,status,note\n"
            + (1...12).map { "\(PlanFixture.id($0)),Open,\($0 % 2 == 0 ? "even" : "odd")\n" }
            .joined()
        var fixture = try PlanFixture()
        fixture.options.selection.shard = RowShard(3, of: 5)
        fixture.options.selection.conditions = [try RowCondition("note = even", now: 0)]
        #expect(try await kept(fixture, rows) == [6, 10, 12])
        fixture.options.output = fixture.directory.file("limited.jsonl")
        fixture.options.selection.limit = 2
        #expect(try await kept(fixture, rows) == [6, 10])
    }

    private func kept(_ fixture: PlanFixture, _ rows: String) async throws -> [Int] {
        try await fixture.entries(rows).filter { $0.disposition != .excluded }.map(\.row)
    }
}
