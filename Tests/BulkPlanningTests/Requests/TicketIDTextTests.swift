import BulkReporting
import BulkPlanningTestSupport
import BulkTestSupport
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("Texts that name a ticket")
struct TicketIDTextTests {
    private static let id = "6630a1f4c2b9e4a1d8f00b99"

    @Test(
        "a dashboard link to a ticket gives its id",
        arguments: [
            "https://dashboard.mava.app/dashboard/ticket?id=\(id)",
            "https://dashboard.mava.app/dashboard/ticket?tab=all&id=\(id)&page=2",
            "HTTPS://Dashboard.Mava.App/dashboard/ticket/?id=\(id)#reply",
            "http://dashboard.mava.app:443/dashboard/ticket?id=\(id)&id=\(id)",
        ])
    func links(link: String) {
        #expect(TicketIDText.idInDashboardLink(link) == Self.id)
    }

    @Test(
        "a text that is not quite that link is refused, and the id that is meant is named",
        arguments: [
            "https://dashboard.mava.example/dashboard/ticket?id=\(id)",
            "https://dashboard.mava.app.example/dashboard/ticket?id=\(id)",
            "https://dashboard.mava.app@example.org/dashboard/ticket?id=\(id)",
            "https://dashboard.mava.app/dashboard/customer?id=\(id)",
            "https://dashboard.mava.app/dashboard/ticket?customer=\(id)",
            "https://dashboard.mava.app/dashboard/ticket?id=\(id)0&x=\(id)",
            "https://dashboard.mava.app/6630a1f4c2b9e4a1d8f00b00/ticket?id=\(id)",
            "dashboard.mava.app/dashboard/ticket%3Fid%3D\(id)",
            "ftp://dashboard.mava.app/dashboard/ticket?id=\(id)",
            "#\(id)", "Ticket \(id)", "\(id)/", "“\(id)”", "ObjectId(\"\(id)\")", "<\(id)>",
            "\(id).0", "\u{200B}\(id)", "{\"$oid\":\"\(id)\"}", "\(id.uppercased());",
        ])
    func meant(text: String) {
        #expect(TicketIDText.idInDashboardLink(text) == nil)
        let issue = TicketIDText.issue(text, column: "id")
        #expect(issue?.code == .ticketIDInvalid)
        #expect(issue?.suggestion == Self.id)
        #expect(issue?.message.hasPrefix("did you mean \(Self.id)?") == true)
    }

    @Test(
        "an id that a spreadsheet or a script rounded is refused in every way of reading",
        arguments: [
            "695612345678901000000000", "695612345678901200000000", "695612345678901230000000",
            "695612345678901200000000.0", "'695612345678901200000000", "#695612345678901200000000",
            "https://dashboard.mava.app/dashboard/ticket?id=695612345678901200000000",
        ])
    func rounded(text: String) async throws {
        var fixture = try PlanFixture()
        // One row is read by itself, and the other with its neighbours.
        let rows = "id,status\n\(text),Open\n" + "\(Self.id),Open\n"
        for ending in ["csv", "jsonl"] {
            let lines = rows.split(separator: "\n").dropFirst().map {
                "{\"id\":\"\($0.dropLast(5))\",\"status\":\"Open\"}\n"
            }
            let input = ending == "csv" ? rows : lines.joined()
            let entries = try await fixture.entries(input, name: "rows.\(ending)")
            #expect(entries.map { $0.issue?.code } == [.ticketIDInvalid, nil])
            #expect(entries[0].issue?.message.contains("its digits are lost") == true)
        }
        try fixture.snapshot(PlanFixture.ticket(1), "{\"_id\":\"\(text)\",\"status\":\"Open\"}\n")
        let error = await #expect(throws: PlanError.self) {
            try await fixture.plan("id,status\n\(PlanFixture.id(1)),Open\n")
        }
        #expect(error?.line == 2)
    }

    @Test(
        "an id with fewer zeros at its end is one",
        arguments: [
            "695612345678901234000000", "695a12345678901200000000", "000000000000000000000000",
        ])
    func notRounded(text: String) {
        #expect(TicketIDText.issue(text, column: nil)?.message.contains("digits are lost") != true)
        #expect(!TicketIDText.isRounded(text))
    }

    @Test("a link to two tickets is refused, and both are named")
    func two() {
        let other = "6630a1f4c2b9e4a1d8f00b98"
        let link = "https://dashboard.mava.app/dashboard/ticket?id=\(Self.id)&id=\(other)"
        #expect(TicketIDText.idInDashboardLink(link) == nil)
        #expect(
            TicketIDText.issue("\(Self.id), \(other)", column: nil)?.suggestion
                == "\(Self.id) or \(other)")
    }

    @Test(
        "numbers are no ids, however they are written",
        arguments: [
            "1", "12345", "#12345", "12,345", "12345.0", "-7", "00012", "12_3", "0x1F",
            "\u{FF11}\u{FF12}\u{FF13}", "\u{0663}\u{0664}", "12 345",
        ])
    func numbers(text: String) {
        #expect(TicketIDText.issue(text, column: nil)?.message.contains("is a number") == true)
    }

    @Test("A text of ASCII is a number by its bytes if it is one by its characters")
    func numbersByBytes() {
        func isNumber(_ text: String) -> Bool {
            var rest = text[...]
            if let sign = rest.first, "#+-".contains(sign) { rest = rest.dropFirst() }
            if rest.prefix(2).lowercased() == "0x" {
                return rest.count > 2 && rest.dropFirst(2).allSatisfy(\.isHexDigit)
            }
            return rest.allSatisfy { $0.isNumber || ".,_' ".contains($0) }
                && rest.contains(where: \.isNumber)
        }
        var random = SeededGenerator(seed: 3)
        let letters = Array("0019afAFgxX#+-.,_' \r\n:")
        var counts = [false: 0, true: 0]
        for _ in 0..<4000 {
            let text = String((0..<random.below(6)).map { _ in random.pick(letters) })
            #expect(TicketIDText.isNumber(text) == isNumber(text), "\(text)")
            counts[isNumber(text), default: 0] += 1
        }
        #expect(counts.values.allSatisfy { $0 > 200 })
    }

    @Test("lost zeros are filled in where the digits say how many")
    func zeros() {
        #expect(
            TicketIDText.issue("66301234567890123456789", column: nil)?.suggestion
                == "066301234567890123456789")
    }

    @Test(
        "what spreadsheets and programs write where there is no id is none",
        arguments: [
            "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "N/A", "null", "NaN", "-", "--", "?",
            "\u{2014}", "(blank)", "1/2/2026", "2026-01-02", "02.01.2026 10:00", "1e5", "1.0E5",
            "6,63E+23", "1E-7",
        ])
    func noIDs(text: String) {
        #expect(TicketIDText.issue(text, column: nil)?.code == .ticketIDInvalid)
    }

    @Test("hexadecimal digits that are nearly an id are none")
    func nearly() {
        for length in [20, 23, 25, 28] {
            let text = String(repeating: "ab12", count: 7).prefix(length)
            let issue = TicketIDText.issue(String(text), column: nil)
            #expect(issue?.message.contains("has \(length)") == true)
        }
        let other = "6630a1f4c2b9e4a1d8f00b98"
        #expect(
            TicketIDText.issue(Self.id + other, column: nil)?.suggestion
                == "\(Self.id) or \(other)")
        let wide = String(
            String.UnicodeScalarView(
                Self.id.unicodeScalars.map { Unicode.Scalar($0.value + 0xFEE0)! }))
        #expect(TicketIDText.issue(wide, column: nil)?.suggestion == Self.id)
    }

    @Test("a link that names a user is no ticket, and the user is not taken for one")
    func userLink() {
        let link = "https://dashboard.mava.app/dashboard/ticket?userid=\(Self.id)"
        let issue = TicketIDText.issue(link, column: nil)
        #expect(issue?.code == .ticketIDInvalid)
        #expect(issue?.suggestion == nil)
    }

    @Test("other texts can be ids", arguments: ["T-42", "abc", "6630a1f4", "a.b", "#a"])
    func others(text: String) {
        #expect(TicketIDText.issue(text, column: nil) == nil)
    }
}

@Suite("Ids of a whole input")
struct InputIDTests {
    @Test(
        "an id unlike the others is refused wherever it stands, in CSV and JSON Lines",
        arguments: [0, 1, 4000, 8000], ["rows.csv", "rows.jsonl"])
    func order(place: Int, name: String) async throws {
        let fixture = try PlanFixture()
        var rows = (0..<8000).map { ("\"\(PlanFixture.id($0))\"", "Open") }
        rows.insert(("\"T-42\"", "Open"), at: place)
        let isCSV = name.hasSuffix("csv")
        let text =
            isCSV
            ? "id,status\n" + rows.map { "\($0.0),\($0.1)\n" }.joined()
            // Numbers that are not ObjectIds count as unusual ids.
            : rows.map { "{\"id\":\($0.0),\"status\":\"\($0.1)\",\"note\":\"some more words\"}\n" }
                .joined() + "{\"id\":17,\"status\":\"Open\"}\n"
        let plan = try await fixture.plan(text, name: name)
        #expect(plan.header.counts.update == 8000)
        #expect(plan.header.counts.invalid == (isCSV ? 1 : 2))
        let entry = try PlanFixture.entries(of: plan.path!)[place]
        #expect(entry.ticketID == "T-42")
        #expect(entry.issue?.code == .ticketIDInvalid && entry.issue?.column == "id")
        #expect(!plan.header.namesNoObjectID)
        #expect(try PlanSummary(reading: PlanReader(path: plan.path!)) == plan.summary)
    }

    @Test("an ObjectId in a row that is invalid by itself counts too")
    func invalidRows() async throws {
        let entries = try await PlanFixture().entries(
            "id,status\nT-42,Open\n\(PlanFixture.id(1)),Solved\n")
        #expect(entries.map { $0.issue?.code } == [.ticketIDInvalid, .statusInvalid])
    }

    @Test("where no id has Mava's form, every form of the preview says so first")
    func none() async throws {
        let fixture = try PlanFixture()
        let plan = try await fixture.plan("id,status\nT-1,Open\nT-2,Open\nT-3,Solved\n")
        #expect(plan.header.counts.update == 2)
        #expect(plan.summary.notices.first?.kind == .noObjectID)
        let lines = plan.summary.text(.init(width: 200)).split(separator: "\n")
        #expect(lines[2].contains("no ticket id in the input has the form of Mava's"))
        #expect(
            plan.summary.markdown().prefix(500).contains("|\n\n**no ticket id in the input"))
        #expect(plan.summary.json().contains(#""secondLook":[{"kind":"no_object_id""#))
        #expect(try PlanSummary(reading: PlanReader(path: plan.path!)) == plan.summary)
    }

    @Test("links and what spreadsheets put around values are unwrapped and counted")
    func unwraps() async throws {
        let fixture = try PlanFixture()
        let link = "https://dashboard.mava.app/dashboard/ticket?id="
        let plan = try await fixture.plan(
            [
                "id,status,assignee", "\(link)\(PlanFixture.id(1)),Open,",
                "'\(PlanFixture.id(2)),'Open,",
                #""=""\#(PlanFixture.id(3))""","=""Open""","=""Ada""""#,
                #""'=""\#(PlanFixture.id(4))""",Open,Ada"#, "",
            ].joined(separator: "\n"))
        let entries = try PlanFixture.entries(of: plan.path!)
        #expect(entries.map(\.ticketID) == (1...4).map { PlanFixture.id($0) })
        #expect(entries.allSatisfy { $0.disposition == .update })
        #expect(entries[2].changeText == "status ?>Open, assignedTo ?>\(PlanFixture.ada)")
        #expect(
            plan.header.notes == [
                "values were unwrapped: 1 out of dashboard links, 4 out of =\"…\", 2 from behind a "
                    + "leading '"
            ])
    }
}
