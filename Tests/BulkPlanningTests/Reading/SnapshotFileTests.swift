import BulkReporting
import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("Snapshots read by blocks")
struct SnapshotFileTests {
    private struct Reading: Equatable {
        var tickets: Int
        var found: Int
        var updateTimes: [UInt32: Int64]
        var values: [[FieldValue]]
        var handled: [Bool]
        var agents: [Agent]?
    }

    private static func read(_ text: String, blockSize: Int, threads: Int = 2) throws -> Reading {
        let directory = try TemporaryDirectory()
        let path = try directory.write(text, to: "tickets.jsonl")
        var state = TicketState(hash: ByteHash())
        _ = state.tickets.texts.intern("T-7")
        _ = state.tickets.add(state.tickets.key(TicketKey(interned: 0)))
        for number in 0..<400 {
            var id = PlanFixture.id(number)
            _ = state.tickets.add(
                state.tickets.key(try #require(id.withUTF8 { TicketKey(hexadecimal: $0) })))
        }
        let file = SnapshotFile(path: path, readsUpdateTimes: true)
        let tickets =
            threads == 1
            ? try file.read(into: &state, blockSize: blockSize, startThread: nil)
            : try file.read(into: &state, blockSize: blockSize)
        let current = (0..<UInt32(state.tickets.count)).map {
            CurrentTicket(state.tickets.id($0), in: state)
        }
        return Reading(
            tickets: tickets, found: state.found, updateTimes: state.updateTimes,
            values: current.map { ticket in TicketField.allCases.map { ticket?.values[$0] ?? .null }
            },
            handled: current.map { $0?.isHandledByAI ?? false },
            agents: state.values.agentNames.agents)
    }

    @Test(
        "blocks of any size are read as the whole, and the later of two lines for a ticket counts",
        arguments: [1, 700, 4096, 20_000])
    func readsTheSame(blockSize: Int) throws {
        var lines = (0..<500).map { number in
            PlanFixture.ticket(
                number, status: ["Open", "Spam \(number)", "Resolved"][number % 3],
                assignedTo: "\"agent \(number * 31 % 77)\"",
                more: number % 5 == 0
                    ? ",\"aiStatus\":\"on\",\"updatedAt\":\"2026-01-01T00:00:00Z\"" : "")
        }
        lines.insert(PlanFixture.ticket(450, status: "Waiting"), at: 3)
        lines.append(PlanFixture.ticket(2, status: "Pending"))
        lines.append("{\"id\":\"T-7\",\"status\":\"Waiting\"}")
        let text = lines.joined()
        let alone = try Self.read(text, blockSize: 1 << 20, threads: 1)
        #expect(alone.tickets == 501)
        #expect(alone.found == 401)
        #expect(alone.values[3][0] == .text("Pending"))
        #expect(try Self.read(text, blockSize: blockSize) == alone)
        #expect(try Self.read(text, blockSize: blockSize, threads: 1) == alone)
    }

    @Test("a page counts in its place among the lines", arguments: [1, 300, 1 << 20])
    func pages(blockSize: Int) throws {
        func listed(_ statuses: [String]) -> String {
            let tickets = statuses.enumerated().map { number, status in
                PlanFixture.ticket(number, status: status).dropLast()
            }
            return "{\"tickets\":[\(tickets.joined(separator: ","))]}\n"
        }
        let text =
            PlanFixture.ticket(0, status: "Open") + PlanFixture.ticket(1, status: "Open")
            + listed(["Waiting", "Waiting", "Pending"]) + PlanFixture.ticket(1, status: "Resolved")
        let reading = try Self.read(text, blockSize: blockSize)
        #expect(reading.tickets == 3)
        #expect(
            reading.values[1...3].map { $0[0] }
                == [.text("Waiting"), .text("Resolved"), .text("Pending")])
    }

    @Test(
        "a broken line in any block is named by its line in the file",
        arguments: [50, 350], [1, 5000, 1 << 20])
    func namesTheLine(place: Int, blockSize: Int) throws {
        var lines = (0..<400).map { PlanFixture.ticket($0) }
        lines[place] = "{\"_id\":7}\n"
        let text = lines.joined()
        #expect {
            try Self.read(text, blockSize: blockSize)
        } throws: { error in
            let error = error as? PlanError
            return error?.code == .snapshotUnusable && error?.line == place + 1
        }
    }

    @Test("of several names for one agent, the first counts", arguments: [1, 300, 5000, 1 << 20])
    func severalNames(blockSize: Int) throws {
        let ids = [
            "6630a1f4c2b9e4a1d8f00b20", "6630a1f4c2b9e4a1d8f00b21", "6630a1f4c2b9e4a1d8f00b22",
        ]
        let names = ["Ada", "Ada L.", "Bo", "Bo N.", "Cy"]
        var text = ""
        var first: [String: String] = [:]
        for number in 0..<400 {
            let (id, name) = (ids[number * 7 % 3], names[number * number % 5])
            first[id] = first[id] ?? name
            text += PlanFixture.ticket(
                number, status: "Open", assignedTo: "{\"_id\":\"\(id)\",\"name\":\"\(name)\"}")
        }
        let reading = try Self.read(text, blockSize: blockSize)
        #expect(reading.agents?.map(\.username) == ids.map { first[$0] })
        #expect(reading.agents?.map(\.id) == ids)
    }

    @Test("an object with a blank id counts by its name")
    func blankID() throws {
        let text =
            PlanFixture.ticket(0, status: "Open", assignedTo: #"{"_id":"","name":"Ada"}"#)
            + PlanFixture.ticket(
                1, status: "Open", assignedTo: #"{"_id":{"$oid":""},"name":"Ada"}"#)
        let reading = try Self.read(text, blockSize: 1 << 20)
        let place = try #require(TicketField.allCases.firstIndex(of: .assignedTo))
        #expect(reading.values[1...2].map { $0[place] } == [.text("Ada"), .text("Ada")])
    }

    @Test("more statuses than can be kept make the snapshot unusable", arguments: [0, 1])
    func tooManyStatuses(more: Int) throws {
        // Five are known before.
        let known = Int(CurrentValues.statusLimit) - 5
        let text = (0..<known + more).map { PlanFixture.ticket($0, status: "S\($0)") }.joined()
        let reading = Result { try Self.read(text, blockSize: 20_000) }
        switch more {
        case 0: #expect(try reading.get().values[400][0] == .text("S399"))
        default:
            let error = #expect(throws: PlanError.self) { try reading.get() }
            #expect(error?.code == .snapshotUnusable)
            #expect(error?.message.contains("more than 4,096 different statuses") == true)
        }
    }
}
