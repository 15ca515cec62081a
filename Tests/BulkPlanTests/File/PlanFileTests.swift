import BulkPlanningTestSupport
import BulkSystem
import BulkTestSupport
import Testing

@testable import BulkPlan
import BulkPlanning

import CLibrary

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Saved plans")
struct PlanFileTests {
    private static func saved() async throws -> (fixture: PlanFixture, text: String, id: String) {
        var fixture = try PlanFixture()
        try fixture.snapshot(PlanFixture.ticket(1), PlanFixture.ticket(2))
        let plan = try await fixture.plan(
            """
            ticketId,status,note
            \(PlanFixture.id(1)),Resolved,"a ""b""
            c"
            \(PlanFixture.id(2)),Open,é\u{2028}
            \(PlanFixture.id(3)),Opne,x

            """)
        let text = String(
            decoding: try Data(contentsOf: URL(filePath: plan.path!)), as: UTF8.self)
        return (fixture, text, plan.header.id)
    }

    private func refusal(_ text: String, expecting id: String? = nil) throws -> PlanError? {
        let directory = try TemporaryDirectory()
        let path = try directory.write(text, to: "plan.jsonl")
        do {
            var reader = try PlanReader(path: path, expecting: id)
            while try reader.next() != nil {}
            return nil
        } catch {
            return try #require(error as? PlanError)
        }
    }

    @Test("a plan is read back as it was written, header and rows")
    func readsBack() async throws {
        let (fixture, text, id) = try await Self.saved()
        var reader = try PlanReader(path: fixture.options.output!, expecting: String(id.prefix(8)))
        #expect(reader.header.id == id)
        #expect(reader.header.counts.rows == 3)
        #expect(reader.header.input.columns == ["ticketId", "status", "note"])
        #expect(reader.header.createdAt == "2026-01-01T00:00:00Z")
        let first = try #require(try reader.next())
        #expect(first.cells?[2] == "a \"b\"\nc")
        let second = try #require(try reader.next())
        #expect(second.cells?[2] == "é\u{2028}")
        #expect(second.line == 4)
        #expect(try reader.next()?.issue?.code == .statusInvalid)
        #expect(try reader.next() == nil)
        // The id is computed from the rows' bytes, whatever the header says.
        let rows = text.utf8.drop { $0 != UInt8(ascii: "\n") }.dropFirst()
        #expect(SHA256.hexDigest(of: rows) == id)
    }

    @Test("a long plan is read in the input's order; what is to be sent comes without cells")
    func longPlan() async throws {
        let fixture = try PlanFixture()
        var text = "ticketId,status,note\n"
        for number in 1...3000 {
            let status = ["Open", "Resolved", "Opne"][number % 3]
            // Some rows are longer than a block.
            let note = number % 1000 == 7 ? String(repeating: "n", count: 50_000) : "n\(number)"
            text += "\(PlanFixture.id(number)),\(status),\(note)\n"
        }
        let path = try #require(try await fixture.plan(text).path)
        var shown = try PlanReader(path: path)
        var sent = try PlanReader(path: path, for: .sending)
        for number in 1...3000 {
            var entry = try #require(try shown.next())
            #expect(entry.row == number)
            #expect(entry.ticketID == PlanFixture.id(number))
            #expect((entry.disposition == .invalid) == (number % 3 == 2))
            #expect(entry.cells?[2].hasPrefix("n") == true)
            entry.cells = nil
            #expect(try sent.next() == entry)
        }
        #expect(try shown.next() == nil)
        #expect(try sent.next() == nil)
        // The reader is dropped before the end, while its second thread works.
        var left = try PlanReader(path: path)
        #expect(try left.next()?.row == 1)
    }

    @Test("the same input against the same tickets makes the same plan, saved or not")
    func isDeterministic() async throws {
        let (fixture, _, id) = try await Self.saved()
        var unsaved = fixture
        unsaved.options.output = nil
        let again = try await Planner(options: unsaved.options, listing: nil).plan(
            PlanInput(path: fixture.directory.file("rows.csv")), now: 2_000_000_000)
        #expect(again.header.id == id)
        #expect(again.path == nil)
    }

    @Test("an edited row, header or id, a cut file, a newer version and a foreign file are refused")
    func refusesChangedPlans() async throws {
        let (_, text, id) = try await Self.saved()
        #expect(try refusal(text) == nil)
        #expect(
            try refusal(text.replacing("\"Resolved\"", with: "\"Pending\""))?.code == .rowsChanged)
        #expect(
            try refusal(text.replacing("\"requests\":1", with: "\"requests\":2"))?.code
                == .headerChanged)
        #expect(
            try refusal(text.replacing(id, with: String(id.reversed())))?.code == .headerChanged)
        #expect(try refusal(String(text.dropLast(40)))?.code == .planTruncated)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let cut = lines.dropLast(2).joined(separator: "\n") + "\n"
        #expect(try refusal(cut)?.code == .planTruncated)
        #expect(try refusal(text + "\n")?.code == .rowsChanged)
        #expect(
            try refusal(text.replacing("\"version\":1,", with: "\"version\":2,"))?.code
                == .planTooNew)
        #expect(try refusal("ticketId,status\nT-1,Open\n")?.code == .notAPlan)
        #expect(try refusal("")?.code == .notAPlan)
        #expect(try refusal(text, expecting: "0123456789")?.code == .otherPlan)
        #expect(try refusal(text, expecting: "")?.code == .otherPlan)
    }

    @Test(
        "a header whose checksum fits but whose numbers cannot be is refused",
        arguments: [
            ("requests", "0", PlanError.Code.rowsChanged), ("requests", "-5", .headerChanged),
            ("seconds", "9223372036854775807", .headerChanged),
            ("update", "9223372036854775807", .headerChanged),
            ("quotaSeconds", "-1", .headerChanged),
        ])
    func refusesForgedHeaders(member: String, value: String, code: PlanError.Code) async throws {
        let (_, text, _) = try await Self.saved()
        let end = try #require(text.firstRange(of: #","check":""#)).lowerBound
        let rows = try #require(text.firstIndex(of: "\n"))
        let known = try #require(text.firstRange(of: "\"\(member)\":"))
        let rest = text[known.upperBound..<end].drop(while: \.isNumber)
        let header = text[..<known.upperBound] + value + rest
        #expect(try refusal(Self.checked(header) + text[rows...])?.code == code)
    }

    /// A header with its checksum.
    private static func checked(_ header: some StringProtocol) -> String {
        let check = CRC32C.hex(Array(header.utf8).withUnsafeBytes { CRC32C.checksum($0) })
        return header + #","check":""# + check + #""}"#
    }

    @Test(
        "a row in another form than plans are written in is refused by its number, however right the sums",
        arguments: [
            (#"{"row":1,"line":2,"#, #"{"line":2,"row":1,"#), (#","do":"#, #", "do":"#),
            (#","do":"#, #","x":1,"do":"#),
        ])
    func refusesForeignRows(part: String, other: String) async throws {
        let (_, text, id) = try await Self.saved()
        let end = try #require(text.firstRange(of: #","check":""#)).lowerBound
        let start = text.index(after: try #require(text.firstIndex(of: "\n")))
        let rows = text[start...].replacing(part, with: other, maxReplacements: 1)
        #expect(rows != text[start...])
        let header = text[..<end].replacing(id, with: SHA256.hexDigest(of: rows.utf8))
        let error = try refusal(Self.checked(header) + "\n" + rows)
        #expect(error?.code == .rowUnreadable)
        #expect(error?.message.contains("row 1 ") == true)
    }

    @Test("a flipped bit anywhere in the plan is noticed")
    func noticesEveryFlippedBit() async throws {
        let (_, text, _) = try await Self.saved()
        let directory = try TemporaryDirectory()
        var bytes = Array(text.utf8)
        for position in stride(from: 0, to: bytes.count, by: 7) {
            bytes[position] ^= 1
            let path = try directory.write(bytes, to: "plan.jsonl")
            #expect(throws: PlanError.self, "byte \(position)") { _ = try PlanReader(path: path) }
            bytes[position] ^= 1
        }
    }

    /// Writes a plan of several blocks, and returns its path.
    private static func longPlan(_ fixture: PlanFixture) async throws -> String {
        var text = "ticketId,status,note\n"
        for number in 1...1500 { text += "\(PlanFixture.id(number)),Open,note \(number)\n" }
        return try #require(try await fixture.plan(text).path)
    }

    @Test("a copy has the plan's bytes, and does not depend on the plan any more")
    func copies() async throws {
        let fixture = try PlanFixture()
        let path = try await Self.longPlan(fixture)
        let copy = fixture.directory.file("copy.jsonl")
        let reads = PlanReads()
        let plan = try PlanFile(copying: path, to: copy, reads: reads)
        let bytes = try fixture.directory.read("copy.jsonl")
        #expect(try Data(contentsOf: URL(filePath: path)).elementsEqual(bytes))
        let rows = bytes.count - (bytes.firstIndex(of: UInt8(ascii: "\n")) ?? 0) - 1
        #expect(rows > 3 * 64 << 10)
        #expect(reads.bytes == rows)
        try FileManager.default.removeItem(atPath: path)
        #expect(plan.isAt(copy))
        #expect(try plan.isUnchanged())
        var reader = try PlanReader(plan)
        var count = 0
        while try reader.next() != nil { count += 1 }
        #expect(count == 1500)
        #expect(reads.bytes == 3 * rows)
    }

    @Test("the id covers what the plan permits, and nothing else where it permits nothing")
    func permissions() async throws {
        var ids: [String] = []
        for (handsOff, unread) in [(false, nil), (true, nil), (false, .send), (true, .hold)]
            as [(Bool, UnreadPolicy?)]
        {
            var fixture = try PlanFixture()
            (fixture.options.allowsHandOff, fixture.options.unread) = (handsOff, unread)
            let path = try await Self.longPlan(fixture)
            let plan = try PlanFile(path: path)
            #expect(try plan.isUnchanged())
            ids.append(plan.header.id)
            let bytes = try Data(contentsOf: URL(filePath: path))
            let rows = bytes[(bytes.firstIndex(of: UInt8(ascii: "\n"))! + 1)...]
            let ofRows = SHA256.hexDigest(of: Array(rows))
            #expect((ofRows == plan.header.id) == (ids.count == 1))
            // An earlier version's id is that of the rows: such a run can be read, and the plan is made again.
            var header = plan.header
            header.id = ofRows
            var buffer = OutputBuffer()
            header.append(to: &buffer)
            let text = buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            let old = try fixture.directory.write(
                text + "\n" + String(decoding: rows, as: UTF8.self), to: "old.jsonl")
            let opened = try PlanFile(path: old)
            #expect(try opened.isUnchanged())
            let copy = fixture.directory.file("copy.jsonl")
            if ids.count == 1 {
                _ = try PlanFile(copying: old, to: copy)
                try opened.requireCoveredPermissions()
            } else {
                let error = try #require(throws: PlanError.self) {
                    _ = try PlanFile(copying: old, to: copy)
                }
                #expect(error.code == .otherPlan)
                #expect(throws: error) { try opened.requireCoveredPermissions() }
            }
        }
        #expect(Set(ids).count == 4)
    }

    @Test("a plan that is refused leaves no copy")
    func refusesToCopy() async throws {
        let fixture = try PlanFixture()
        let path = try await Self.longPlan(fixture)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let place = try fixture.directory.write(
            text.replacing("note 1499", with: "note 1498"), to: "place.jsonl")
        let names = try fixture.directory.names()
        let error = #expect(throws: PlanError.self) {
            _ = try PlanFile(copying: place, to: fixture.directory.file("copy.jsonl"))
        }
        #expect(error?.code == .rowsChanged)
        #expect(error?.path == place)
        #expect(throws: PlanError.self) {
            _ = try PlanFile(
                copying: path, to: fixture.directory.file("copy.jsonl"), expecting: "00000000")
        }
        #expect(try fixture.directory.names() == names)
    }

    @Test(
        "a row that is changed in place is noticed, in the first block, between and in the last one",
        arguments: ["note 1", "note 700", "note 1499", "cut"])
    func changedInPlace(place: String) async throws {
        let fixture = try PlanFixture()
        let path = try await Self.longPlan(fixture)
        let plan = try PlanFile(path: path)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let system = POSIXFileSystem()
        let file = try system.open(path, flags: O_RDWR)
        if place == "cut" {
            try system.truncate(file, to: text.utf8.count - 1)
        } else {
            let changed = text.replacing(
                place + "\"", with: place.replacing("o", with: "0") + "\"")
            try Array(changed.utf8).withUnsafeBytes { try system.writeAll(file, $0) }
        }
        system.close(file)
        #expect(try plan.isUnchanged() == false)
        let error = #expect(throws: PlanError.self) {
            var reader = try PlanReader(plan, for: .sending)
            while try reader.next() != nil {}
        }
        #expect(error?.code == .rowsChanged)
        #expect(error?.message == PlanFile.changedMeanwhile)
    }
}
