import BulkPlan
@testable import BulkPlanning
import BulkPlanningTestSupport
import BulkRecords
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
            for entry in entries where entry.disposition == .excluded {
                #expect(entry.isOfOtherShard)
                let owner = entry.row <= 12 ? Self.ofFive[entry.row - 1] : entry.row == 13 ? 4 : 1
                #expect(entry.issue?.message == "shard \(owner)/5 has this row")
            }
        }
        #expect(whole.map { found[$0.row]?.disposition } == whole.map(\.disposition))
        #expect(whole.map { found[$0.row]?.ticketID } == whole.map(\.ticketID))
        #expect(whole.map(\.disposition).suffix(3) == [.update, .invalid, .invalid])
    }

    @Test("A row that the lists make invalid is in its ticket's shard, and ends as in all rows")
    func invalid() async throws {
        let rows =
            "ticketId,status,category\n\(PlanFixture.id(1)),,Bilxx\n\(PlanFixture.id(1)),Wrong,\n"
            + (1...12).map { "\(PlanFixture.id($0)),Resolved,\n" }.joined()
        func entries(_ shard: Int?) async throws -> [PlanEntry] {
            var fixture = try PlanFixture()
            try fixture.snapshot(PlanFixture.ticket(1), PlanFixture.ticket(2, priority: "3"))
            fixture.options.unread = .send
            fixture.options.selection.shard = shard.flatMap { RowShard($0, of: 5) }
            fixture.options.selection.conditions = [try RowCondition("old.priority = 3", now: 0)]
            return try await fixture.entries(rows)
        }
        let whole = try await entries(nil)
        #expect(whole.prefix(4).map(\.disposition) == [.invalid, .invalid, .excluded, .update])
        let first = try await entries(Self.ofFive[0])
        #expect(first[0].disposition == .invalid)
        #expect(first[1].issue?.message == "shard 1/5 has this row")
        let other = try await entries(1)
        #expect(other[0].issue?.message == "shard \(Self.ofFive[0])/5 has this row")
        #expect(other[1].disposition == .invalid)
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

    @Test("The header has the shard, and counts the rows of other shards")
    func header() async throws {
        let rows =
            "ticketId,status,note\n"
            + (1...12).map {
                "\(PlanFixture.id($0)),Open,\($0 % 2 == 0 ? "even" : "odd")\n"
            }.joined()
        var fixture = try PlanFixture()
        fixture.options.selection.shard = RowShard(3, of: 5)
        fixture.options.selection.conditions = [try RowCondition("note = even", now: 0)]
        let header = try await fixture.plan(rows).header
        #expect(header.shard?.name == "3/5")
        #expect(header.counts.otherShards == 8)
        // Row 3 is of this shard, and the condition leaves it out.
        #expect(header.counts.excluded == 9)
        let entries = try PlanFixture.entries(of: fixture.directory.file("plan.jsonl"))
        #expect(
            entries.filter { $0.disposition == .excluded && !$0.isOfOtherShard }.map(\.row) == [3])
        fixture.options.selection.shard = nil
        let whole = try await fixture.plan(rows).header
        #expect(whole.shard == nil)
        #expect(whole.counts.otherShards == 0)
    }

    @Test("A record that cannot be read has no cells in other shards, and its text is not a value")
    func malformed() async throws {
        let rows = "ticketId,status,note\n\(PlanFixture.id(1)),Open,a\n\"broken,Open,b\n"
        var fixture = try PlanFixture()
        fixture.options.selection.shard = RowShard(4, of: 5)
        let entries = try await fixture.entries(rows)
        #expect(entries.map(\.disposition) == [.update, .excluded])
        #expect(entries[1].issue?.message == "shard 1/5 has this row")
        #expect(entries[1].cells == nil)
    }

    @Test("Only options that decide what becomes of a row count as different options")
    func options() throws {
        var base = PlanOptions()
        base.selection.conditions = [try RowCondition("old.updatedAt < 14d ago", now: 0)]
        let input = PlanInput(path: "rows.csv")
        let digest = base.decisionsSHA256(of: input)
        #expect(digest.utf8.count == 64)
        var same = base
        same.selection.shard = RowShard(2, of: 5)
        same.selection.conditions = [try RowCondition("old.updatedAt < 14d ago", now: 99)]
        same.guards.maxChanges = 5
        same.quotaLimit = 1
        same.output = "other.jsonl"
        same.readsAlways = true
        #expect(same.decisionsSHA256(of: PlanInput(path: "other.csv")) == digest)
        let others: [(inout PlanOptions) throws -> Void] = [
            { $0.source = .none }, { $0.source = .snapshot(path: "tickets.jsonl") },
            { $0.columns.only = [] }, { $0.columns.only = [.status] },
            { $0.columns.ignored = ["a"] }, { $0.columns.ignored = ["a", "b"] },
            { try $0.columns.read("a", as: "status") }, { $0.selection.conditions = [] },
            { $0.selection.conditions = [try RowCondition("old.updatedAt < 15d ago", now: 0)] },
            { $0.selection.limit = 1 }, { $0.selection.sample = 1 },
            {
                $0.selection.sample = 1
                $0.selection.seed = 2
            },
            { $0.fills = [try FieldFill(.status, "Open")] },
            { $0.fills = [try FieldFill(.status, "Open", scope: .blank)] },
            { $0.fills = [try FieldFill(.status, "Resolved")] },
            { $0.onDuplicate = .last }, { $0.allowsHandOff = true }, { $0.unread = .send },
            { $0.unread = .hold },
            {
                $0.maps = [
                    try ValueMap(
                        bytes: Array("from,to\na,b\n".utf8), sha256: "1", path: "m",
                        for: .assignedTo, unmapped: .keep)
                ]
            },
            {
                $0.maps = [
                    try ValueMap(
                        bytes: Array("from,to\na,b\n".utf8), sha256: "1", path: "m",
                        for: .assignedTo, unmapped: .clear)
                ]
            },
        ]
        var found: Set = [digest]
        for (index, change) in others.enumerated() {
            var options = base
            try change(&options)
            #expect(found.insert(options.decisionsSHA256(of: input)).inserted, "\(index)")
        }
        var other = input
        other.delimiter = UInt8(ascii: ";")
        #expect(found.insert(base.decisionsSHA256(of: other)).inserted)
        other.encoding = .latin1
        #expect(found.insert(base.decisionsSHA256(of: other)).inserted)
    }

    private func kept(_ fixture: PlanFixture, _ rows: String) async throws -> [Int] {
        try await fixture.entries(rows).filter { $0.disposition != .excluded }.map(\.row)
    }
}
