import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning
@testable import BulkRecords

/// A plan's rows are written block by block, by two threads.
///
/// Whatever the size of the blocks, they are the same.
@Suite("Plans written in blocks")
struct PlanBlocksTests {
    /// Random rows for a few tickets of which many ask for what their ticket has.
    private struct Rows {
        var random: SeededGenerator

        private mutating func value(_ column: String) -> String {
            switch column {
            case "ticketId":
                return random.chance(4)
                    ? random.pick(["T-1", "", "7"]) : PlanFixture.id(random.below(60))
            case "status", "expectStatus":
                return random.pick(["Open", "Open", "Open", "Resolved", "Solved", ""])
            case "priority": return random.pick(["1", "1", "1", "2", "9", ""])
            case "category":
                return random.pick([
                    "Billing", "Billing", "Billing", "Shipping", "a\n\(PlanFixture.id(7))",
                ])
            case "assignedTo": return random.pick(["Ada", "Ada", "Ada", "Grace", "Nobody", "null"])
            default: return random.pick(["", "é", "say \"no\"", "a,b", "line\nline"])
            }
        }

        private mutating func columns() -> [String] {
            var columns = ["ticketId", "status", "priority", "category", "assignedTo"]
            if random.chance(30) { columns.append("expectStatus") }
            if random.chance(30) { columns.append("note") }
            columns.shuffle(using: &random)
            return columns
        }

        mutating func csv() -> String {
            let columns = columns()
            let lineBreak = random.pick(["\n", "\r\n"])
            var text = columns.joined(separator: ",") + lineBreak
            for _ in 0..<random.below(150) {
                let fields = columns.map { column in
                    let value = value(column)
                    let needsQuotes = value.contains { "\n\",".contains($0) }
                    return needsQuotes || random.chance(3)
                        ? "\""
                            + value.split(separator: "\"", omittingEmptySubsequences: false)
                            .joined(separator: "\"\"") + "\"" : value
                }
                text += fields.joined(separator: ",")
                if random.chance(1) { text += "\"" }
                text += random.chance(3) ? lineBreak + lineBreak : lineBreak
            }
            return text
        }

        mutating func json() -> String {
            let columns = columns()
            var text = ""
            for row in 0..<random.below(150) {
                var keys = columns
                if random.chance(10) { keys.swapAt(0, random.below(keys.count)) }
                if random.chance(5) { keys.removeLast() }
                if random.chance(5) { keys.append("k\(random.below(9))") }
                // Equal to any other such key as text, and another key.
                if random.chance(2) { keys.append(random.pick(["caf\u{E9}", "cafe\u{301}"])) }
                let members = keys.map { key in
                    let value = value(key)
                    let isNumber = key == "priority" && value.count == 1
                    return "\"\(key)\":" + (isNumber ? value : PlanBlocksTests.string(value))
                }
                text += "{" + members.joined(separator: ",") + "}"
                if random.chance(2), row > 0 { text += random.pick([",", "x", "\n\n", " "]) }
                text += random.pick(["\n", "\n", "\n", "\r\n"])
            }
            return text
        }
    }

    fileprivate static func string(_ text: String) -> String {
        var escaped = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": escaped += "\\n"
            case "\"": escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped + "\""
    }

    @Test("the size of blocks changes nothing", arguments: [true, false])
    func anySize(isCSV: Bool) async throws {
        var fixture = try PlanFixture()
        fixture.options.allowsEmpty = true
        fixture.options.allowsHandOff = true
        try fixture.directory.write(
            (0..<50).map { PlanFixture.ticket($0) }.joined(), to: "tickets.jsonl")
        var rows = Rows(random: SeededGenerator(seed: 20_261_129))
        var dispositions: [Disposition: Int] = [:]
        for round in 0..<RandomInputs.count(40) {
            let text = isCSV ? rows.csv() : rows.json()
            fixture.options.source =
                round % 4 == 3 ? .none : .snapshot(path: fixture.directory.file("tickets.jsonl"))
            fixture.options.mergesRows = round % 3 != 0
            fixture.options.onDuplicate = round % 2 == 0 ? .last : .refuse
            fixture.options.selection = RowSelection()
            if round % 5 == 0 { fixture.options.selection.shard = RowShard(1, of: 2) }
            let input = PlanInput(
                path: try fixture.directory.write(text, to: isCSV ? "rows.csv" : "rows.jsonl"))
            var expected: (summary: PlanSummary, rows: [UInt8])?
            for size in [1 << 18, round % 4 == 0 ? 1 : 90, 700] {
                var planner = Planner(options: fixture.options, listing: nil)
                planner.blockSize = size
                let plan = try await planner.plan(input, now: 0)
                let written = try fixture.directory.read("plan.jsonl")
                if let expected {
                    if written != expected.rows {
                        let (one, other) = (Self.lines(expected.rows), Self.lines(written))
                        let place = zip(one, other).enumerated().first { $1.0 != $1.1 }
                        Issue.record(
                            "\(size) bytes: \(place.map { "\($1.0), not \($1.1)" } ?? "more rows"): \(text)"
                        )
                        return
                    }
                    #expect(plan.summary.problems == expected.summary.problems, "\(size) bytes")
                } else {
                    expected = (plan.summary, written)
                    try checkPlaces(of: plan, input, &dispositions)
                }
            }
        }
        #expect(dispositions[.unchanged, default: 0] > 0)
        #expect(dispositions[.update, default: 0] > 0)
        #expect(dispositions[.invalid, default: 0] > 0)
        #expect(dispositions[.excluded, default: 0] > 0)
    }

    @Test("rows beyond the most columns stay malformed, also where another shard has them")
    func mostColumns() async throws {
        var fixture = try PlanFixture()
        let most = 100
        // Spellings of one name, so that the rows are unchanged and nothing of them is kept.
        let keys = (0..<most + 10).map { number in
            String(
                "priority".enumerated().map { place, letter in
                    number >> place & 1 == 0 ? letter : Character(letter.uppercased())
                })
        }
        try fixture.directory.write(
            keys.indices.map { PlanFixture.ticket($0) }.joined(), to: "tickets.jsonl")
        fixture.options.source = .snapshot(path: fixture.directory.file("tickets.jsonl"))
        fixture.options.selection.shard = RowShard(2, of: 2)
        let path = try fixture.directory.write(
            keys.enumerated().map {
                "{\"ticketId\":\"\(PlanFixture.id($0))\",\"\($1)\":1}\n"
            }.joined(), to: "rows.jsonl")
        var planner = Planner(options: fixture.options, listing: nil)
        planner.limits = RecordLimits(columns: most)
        let plan = try await planner.plan(PlanInput(path: path), now: 0)
        let entries = try PlanFixture.entries(of: plan.path!)
        #expect(entries.count == keys.count)
        #expect(entries.count { $0.disposition == .unchanged } > 10)
        let malformed = entries.suffix(11)
        #expect(malformed.allSatisfy { $0.disposition == .excluded && $0.ticketID == nil })
        #expect(entries.dropLast(11).allSatisfy { $0.ticketID != nil })
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: 0x0A).dropFirst().map { String(decoding: $0, as: UTF8.self) }
    }

    /// Checks the lines of a plan's rows, and the cells of those whose columns are all there.
    private func checkPlaces(
        of plan: Plan, _ input: PlanInput, _ dispositions: inout [Disposition: Int]
    ) throws {
        let entries = try PlanFixture.entries(of: plan.path!)
        var reader = try RecordReader(ByteSource(path: input.path))
        var row = 0
        while try reader.advance() {
            let entry = try #require(row < entries.count ? entries[row] : nil)
            row += 1
            #expect(entry.row == row && entry.line == reader.record.position.line)
            dispositions[entry.disposition, default: 0] += 1
            guard let cells = entry.cells, reader.record.problem == nil else { continue }
            var expected = Array(repeating: "", count: plan.header.input.columns.count)
            for index in 0..<reader.record.count {
                let name = reader.columns[reader.record.column(of: index)]
                let place = plan.header.input.columns.firstIndex {
                    $0.utf8.elementsEqual(name.utf8)
                }
                expected[try #require(place)] = String(
                    decoding: reader.record.bytes(of: index), as: UTF8.self)
            }
            #expect(cells == expected)
        }
        #expect(row == entries.count)
    }
}
