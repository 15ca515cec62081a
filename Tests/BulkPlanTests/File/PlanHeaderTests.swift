import BulkSystem
import MavaAPI
import Testing

@testable import BulkPlan

@Suite("The header of a plan")
struct PlanHeaderTests {
    private static let sum = String(repeating: "0a", count: 32)

    private static func minimal() -> PlanHeader {
        PlanHeader(
            tool: "mava-bulk 0", createdAt: "2026-01-01T00:00:00Z",
            input: PlanHeader.Input(name: "a.csv", sha256: sum, format: "csv", columns: []),
            source: .none, price: PlanPrice(reads: 0, writes: 0, auditEntries: 0))
    }

    /// A header in which each member differs from the minimal one.
    private static func whole() -> PlanHeader {
        var header = PlanHeader(
            tool: "mava-bulk 9", createdAt: "2026-02-02T00:00:00Z",
            input: PlanHeader.Input(
                name: "é\u{2028}\"\n.csv", sha256: sum, format: "csv", columns: ["a", ""]),
            source: .snapshot, price: PlanPrice(reads: 1, writes: 2, auditEntries: 3))
        header.price.writesWithoutReading = 4
        header.price.seconds = 5
        header.input.delimiter = ";"
        header.input.hasMark = true
        header.input.lineEnd = .crlf
        header.id = String(repeating: "1b", count: 32)
        header.parent = sum
        header.follows = PlanHeader.Lineage(
            .retry, [.init(name: "r1", plan: sum), .init(name: "r0", plan: sum)])
        header.shard = .init(index: 2, count: 5, optionsSHA256: sum)
        header.baseURL = "https://example.com"
        header.organisation = OrganisationFingerprint([Agent(id: "a1", username: "Ada")])
        header.counts = PlanCounts()
        for disposition in Disposition.allCases { header.counts.add(disposition) }
        header.counts.otherShards = 1
        (header.requests, header.fieldChanges, header.undiffed, header.handOffs) = (1, 2, 1, 1)
        header.allowsHandOff = true
        header.unread = .send
        header.conditions = ["old.status = 'Open'", "Region != EMEA"]
        (header.lastRowCounts, header.expectsUpdateTimes) = (true, true)
        (header.blindAssignments, header.unassignedFromAI, header.ticketsRead) = (1, 1, 7)
        header.agentNames = ["a1": "Ada"]
        header.categoryNames = ["c1": "Billing"]
        var map = PlanHeader.Map(field: .assignedTo, file: "map.csv", sha256: sum)
        map.unused = 1
        map.lines = [.init(from: "x", to: "a1", line: 2), .init(from: "y", to: nil, line: 3)]
        header.maps = [map]
        header.waivers = [.init(rule: "few", number: 2, count: 1, most: 0)]
        (header.namesNoObjectID, header.takesNamesFromSnapshot) = (true, true)
        header.notes = ["a note"]
        return header
    }

    @Test("every member is read back as it was written")
    func readsBack() throws {
        let (minimal, whole) = (Self.minimal(), Self.whole())
        for (member, other) in zip(
            Mirror(reflecting: whole).children, Mirror(reflecting: minimal).children)
        where member.label != "version" {
            // A member that this test forgets would not be tested.
            #expect("\(member.value)" != "\(other.value)", "\(member.label ?? "")")
        }
        for header in [whole, minimal] {
            var header = header
            if header.id.isEmpty { header.id = Self.sum }
            var buffer = OutputBuffer()
            header.append(to: &buffer)
            let read = try buffer.withUnsafeBytes { try PlanHeader.read($0, path: "plan.jsonl") }
            #expect(read == header)
        }
    }
}
