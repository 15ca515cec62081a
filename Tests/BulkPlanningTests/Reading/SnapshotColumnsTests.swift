import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("Snapshots read column by column")
struct SnapshotColumnsTests {
    /// What a snapshot says, with the values of each of the wanted tickets.
    private struct Reading: Equatable {
        var tickets = 0
        var found = 0
        var values: [[FieldValue]] = []
        var handled: [Bool] = []
        var agents: [String] = []
        var failure: String?
    }

    /// Reads a snapshot for 60 tickets; its lines are read one by one when times are asked for and a line has one.
    private static func read(
        _ text: String, name: String, asOnes: Bool, blockSize: Int
    ) throws -> Reading {
        let directory = try TemporaryDirectory()
        let path = try directory.write(text, to: name)
        var state = TicketState(hash: ByteHash())
        _ = state.tickets.texts.intern("T-7")
        _ = state.tickets.add(state.tickets.key(TicketKey(interned: 0)))
        for number in 0..<60 {
            var id = PlanFixture.id(number)
            _ = state.tickets.add(
                state.tickets.key(try #require(id.withUTF8 { TicketKey(hexadecimal: $0) })))
        }
        var reading = Reading()
        do {
            reading.tickets = try SnapshotFile(path: path, readsUpdateTimes: asOnes)
                .read(into: &state, blockSize: blockSize)
        } catch let error as PlanError {
            reading.failure = "\(error.line ?? 0): \(error.message)"
            return reading
        }
        reading.found = state.found
        for number in 0..<UInt32(state.tickets.count) {
            let ticket = CurrentTicket(state.tickets.id(number), in: state)
            reading.values.append(TicketField.allCases.map { ticket?.values[$0] ?? .null })
            reading.handled.append(ticket?.isHandledByAI ?? false)
        }
        reading.agents = (state.values.agentNames.agents ?? []).map { agent in
            "\(agent.id) \(agent.username ?? "")"
        }
        return reading
    }

    private static let texts = [
        "Open", "open", "Spam", "Resolved", "Åsa", "à", "On hold", " Open ", "'Ada", "=\"Ada\"",
        "{x}",
        "null", "", "a name that is longer than thirty-two bytes", "\u{A0}Open\u{A0}", "x",
    ]

    private static func text(_ random: inout SeededGenerator) -> String {
        random.pick(random.below(4) == 0 ? texts : Array(texts.prefix(4)))
    }

    /// A value of JSON for a key; seldom one that no ticket can have.
    private static func value(_ key: String, _ random: inout SeededGenerator) -> String {
        let written = "\"" + text(&random).replacing("\"", with: "\\\"") + "\""
        switch (key, random.below(key == "tags" ? 3 : 40)) {
        case ("_id", 0): return "\"T-7\""
        case ("_id", 1): return "\"other\""
        case ("_id", 2): return "{\"_id\":\"\(PlanFixture.id(random.below(60)))\"}"
        case ("_id", _):
            let id = PlanFixture.id(random.below(70))
            return "\"\(random.below(9) == 0 ? " \(id.uppercased())" : id)\""
        case ("priority", 0): return random.pick(["\"high\"", "2.0", "7", "null", "\"2\"", "\"\""])
        case ("priority", _): return "\(random.below(3) + 1)"
        case ("assignedTo", 0...9), ("category", 0...3):
            return random.pick([
                "{\"_id\":\"6630a1f4c2b9e4a1d8f01001\",\"username\":\"Ada \(random.below(3))\"}",
                "{\"name\":\"Zoë\"}", "null",
            ])
        case ("aiStatus", 0...30): return "null"
        case ("aiStatus", 31): return random.pick(["true", "false", "\"on\"", "\"resolved\"", "3"])
        case ("tags", 0): return "[\"a\",{\"b\":[null,\"é\"]}]"
        case (_, 39): return random.pick(["null", "\"\\u00e9\"", "\"a\\\"b\""])
        case (_, 38) where random.below(20) == 0: return random.pick(["7", "[]", "true", "{}"])
        default: return written
        }
    }

    @Test("JSON Lines say the same as when they are read one by one")
    func jsonLines() throws {
        var random = SeededGenerator(seed: 61)
        var failures = 0
        for round in 0..<RandomInputs.count(150) {
            var keys = ["_id", "status", "priority", "category", "assignedTo", "aiStatus", "tags"]
            if random.below(5) == 0 { keys.removeAll { _ in random.below(4) == 0 } }
            if random.below(8) == 0 {
                keys.append(random.pick(["id", "agent", "data", "tickets"]))
            }
            var text = ""
            // Asked for times, a reader that has seen this key reads no lines together.
            text += "{\"_id\":\"\(PlanFixture.id(61))\",\"updatedAt\":\"2026-01-01T00:00:00Z\"}\n"
            for _ in 0..<random.below(300) {
                var line = keys
                if random.below(6) == 0 { line.shuffle(using: &random) }
                if random.below(12) == 0 { line.removeAll { $0 != "_id" && random.below(3) == 0 } }
                let members = line.map { "\"\($0)\":\(Self.value($0, &random))" }
                text += "{\(members.joined(separator: random.below(9) == 0 ? ", " : ","))}\n"
            }
            let size = [100, 3000, 1 << 20][round % 3]
            let apart = try Self.read(text, name: "t.jsonl", asOnes: true, blockSize: size)
            let together = try Self.read(text, name: "t.jsonl", asOnes: false, blockSize: size)
            #expect(together == apart, "round \(round)")
            if apart.failure != nil { failures += 1 }
        }
        // Both kinds of snapshots were tried.
        #expect(failures > 0)
        #expect(failures < RandomInputs.count(150))
    }

    @Test("one text can be an agent and a category")
    func sameObject() throws {
        let object = "{\"_id\":\"6630a1f4c2b9e4a1d8f01001\"}"
        let text =
            "{\"_id\":\"\(PlanFixture.id(0))\",\"category\":\"c\",\"assignedTo\":null}\n"
            + "{\"_id\":\"\(PlanFixture.id(1))\",\"category\":\(object),\"assignedTo\":\(object)}\n"
        for asOnes in [false, true] {
            let reading = try Self.read(text, name: "t.jsonl", asOnes: asOnes, blockSize: 1 << 20)
            #expect(
                Array(reading.values[2][2...])
                    == [.text("6630a1f4c2b9e4a1d8f01001"), .text("6630a1f4c2b9e4a1d8f01001")])
        }
    }

    @Test("a value that a line has twice is refused in any line", arguments: [0, 2, 4, 70])
    func repeatedTime(place: Int) throws {
        let time = "\"2026-01-01T00:00:00Z\""
        var lines = (0..<90).map {
            "{\"_id\":\"\(PlanFixture.id($0))\",\"\($0 == 1 ? "updated_at" : "updatedAt")\":\(time)}\n"
        }
        let id = PlanFixture.id(place)
        lines[place] = "{\"_id\":\"\(id)\",\"updatedAt\":\(time),\"updated_at\":\(time)}\n"
        for asOnes in [false, true] {
            let reading = try Self.read(
                lines.joined(), name: "t.jsonl", asOnes: asOnes, blockSize: 1 << 20)
            #expect(reading.failure?.hasPrefix("\(place + 1): remove one of the two") == true)
        }
    }

    @Test("rows of CSV say the same as when they are read one by one")
    func csv() throws {
        var random = SeededGenerator(seed: 62)
        for round in 0..<RandomInputs.count(100) {
            var columns = ["status", "priority", "category", "agent", "aiStatus", "_id"]
            if random.below(6) == 0 { columns.append("assignee") }
            var text = (columns + ["updatedAt"]).joined(separator: ",") + "\n"
            for _ in 0..<random.below(300) {
                let cells = columns.map { column in
                    let cell =
                        switch column {
                        case "_id": PlanFixture.id(random.below(70))
                        case "priority": random.pick(["1", "2", "3", "", " 2", "high"])
                        default: Self.text(&random)
                        }
                    return random.below(3) == 0 || cell.contains("\"")
                        ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
                }
                text += (cells + [""]).joined(separator: ",") + "\n"
            }
            let size = [100, 3000, 1 << 20][round % 3]
            let apart = try Self.read(text, name: "t.csv", asOnes: true, blockSize: size)
            let together = try Self.read(text, name: "t.csv", asOnes: false, blockSize: size)
            #expect(together == apart, "round \(round)")
        }
    }
}
