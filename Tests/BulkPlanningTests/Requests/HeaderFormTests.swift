import BulkPlan
import BulkPlanning
import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@Suite("Headers that are not quite a header")
struct HeaderFormTests {
    private static let id = PlanFixture.id(1)
    private static let other = PlanFixture.id(2)

    private func outcomes(
        _ text: String, _ choose: (inout ColumnChoices) throws -> Void = { _ in }
    ) async throws -> [String] {
        var fixture = try PlanFixture()
        try choose(&fixture.options.columns)
        return try await fixture.entries(text).map {
            $0.issue.map { "\($0.code.rawValue): \($0.message)" } ?? $0.changeText
        }
    }

    @Test("A value right behind a field's column, under no name of its own, makes its row invalid")
    func mergedHeader() async throws {
        let outcomes = try await outcomes(
            "Ticket ID,Status,,,Note\n\(Self.id),Open,Resolved,,x\n\(Self.other),Open,,,y\n"
                + "\(PlanFixture.id(3)),Open,,Resolved,y\n")
        #expect(
            outcomes[0].hasPrefix("malformed_record: \"Resolved\" is in column 3, which has no"))
        #expect(outcomes[1] == "status ?>Open")
        #expect(outcomes[2].contains("is in column 4"))
    }

    @Test("Other columns without a name are pointed out by their number, but for the first ones")
    func nameless() async throws {
        let fixture = try PlanFixture()
        let plan = try await fixture.plan(
            ",Ticket ID,,Status,Note, ,x\n0,\(Self.id),a,Open,n,b,c\n")
        #expect(plan.header.counts.update == 1)
        #expect(
            plan.header.notes.filter { $0.contains("no name") } == [
                "column 3 has no name and changes nothing",
                "column 6 has no name and changes nothing",
            ])
    }

    @Test("A header among the rows is said to be one, and refused where its order is another")
    func secondHeader() async throws {
        let first = "Ticket ID,Assignee,Old assignee\n\(Self.id),Grace,Ada\n"
        let same = try await outcomes(
            first + "\u{FEFF}Ticket ID,Assignee,Old assignee\n\(Self.other),Ada,Grace\n")
        #expect(same.count == 3)
        #expect(same[1].hasPrefix("ticket_id_invalid: leave the line out: it is a header again"))
        for blockSize in [1 << 17, 40] {
            let error = await #expect(throws: PlanError.self) {
                let fixture = try PlanFixture()
                let path = try fixture.directory.write(
                    first + "Ticket ID,Old assignee,Assignee\n\(Self.other),Ada,Grace\n",
                    to: "rows.csv")
                var planner = Planner(options: fixture.options, listing: nil)
                planner.blockSize = blockSize
                _ = try await planner.plan(PlanInput(path: path), now: 0)
            }
            #expect(error?.code == .columnsUnusable)
            #expect(error?.line == 3)
        }
        // Where its ticket column is another one, the ticket's cell can hold any name.
        for (header, second) in [
            ("ticketId,status,note", "status,ticketId,note"),
            ("ticketId,assignee,note", "assignee,ticketId,note"),
            ("ticketId,status,note", "note,Status,Ticket ID"),
            ("note,status,ticketId", "ticketId,status,note"),
        ] {
            let error = await #expect(throws: PlanError.self) {
                try await outcomes("\(header)\n\(second)\n")
            }
            #expect(error?.code == .columnsUnusable && error?.line == 2)
        }
        // A row that only mentions a column, and one with a ticket's id, are no headers.
        let rows = try await outcomes(
            "ticketId,status,note\nstatus,Opne,owner\n\(Self.id),status,ticketId\n")
        #expect(rows[0].hasPrefix("status_invalid") && rows[1].hasPrefix("status_invalid"))
        // Values that are the names of their own columns are none either, as in an answer of several choices.
        let choices = try await outcomes(
            "ticketId,status,Refund,Bug\n\(Self.id),Open,Refund,Bug\n,Open,Refund,Bug\nabc,Open,Refund,Bug\n"
        )
        #expect(choices[0] == "status ?>Open" && choices[1].hasPrefix("ticket_id_missing"))
        for (header, row) in [
            ("ticketId,Category,Billing,Withdrawals", ",Billing,Withdrawals,"),
            ("ticketId,status,channel,contact,Email,Phone", "alpha,Open,Email,Phone,a,b"),
            ("ticketId,priority,1,2,3", ",2,1,3,2"),
            ("ticketId,status,subject,note", "abcdef,Open,subject,status"),
        ] {
            let rows = try await outcomes("\(header)\n\(row)\n")
            #expect(rows.count == 1 && !rows[0].contains("header again"), "\(row)")
        }
        let type = try await outcomes("Ticket,Status,Type\n\(Self.id),Open,\nn/a,Open,Ticket\n")
        #expect(type.count == 2 && type[0] == "status ?>Open")
        // A word that is the name of a column is no header.
        let word = try await outcomes("Ticket,Status\nid,Open\nticket,Open\n")
        #expect(word == ["status ?>Open", "status ?>Open"])
    }

    @Test(
        "A header among the rows is found by the name of the ticket's column alone",
        arguments: [
            ("ticketId,priority", "ticketId,csat"), ("ticketId,priority", "id,csat"),
            ("ticketId,status", "ticketId,currentStatus"),
            ("ticketId,assignee", "ticketId,customer"),
            ("ticketId,assignee,Note", "ticketId,customer,subject"),
            ("Ticket ID,Status", "Ticket ID,Note"),
        ])
    func ticketNameAlone(header: String, second: String) async throws {
        let error = await #expect(throws: PlanError.self) {
            try await outcomes("\(header)\n\(second)\n\(Self.id),3\n")
        }
        #expect(error?.code == .columnsUnusable && error?.line == 2)
        // Where no column that is read seems to have another name, it is a row.
        let rows = try await outcomes("ticketId,status,Note\n\(Self.id),Open,x\nticketId,,Remark\n")
        #expect(rows.count == 2 && rows[0] == "status ?>Open")
        for line in [
            "ticketId,string,integer,text", "ticketId,-,-,-",
            "Ticket ID,New status,1 to 3,Name of the category",
        ] {
            let rows = try await outcomes(
                "ticketId,status,priority,category\n\(line)\n\(Self.id),Open,,\n")
            #expect(rows.count == 2 && rows[1] == "status ?>Open", "\(line)")
        }
    }

    @Test(
        "A header among the rows is found by the names of this file's header, and by those that options give a meaning",
        arguments: [
            ("Ticket ID,Parent", "Parent,Ticket ID", [:]),
            ("Ticket ID,Zuständig,Melder", "Ticket ID,Melder,Zuständig", ["Zuständig": "assignee"]),
            ("Ticket ID,From,To", "Ticket ID,To,From", ["To": "assignee"]),
            ("Ticket ID,Assignee,Reporter", "Key,Reporter,Assignee", [:]),
            ("Vorgang,Vater,Status", "Vater,Vorgang,Status", ["Vorgang": "ticketId"]),
            ("Line 1 ID,Line 2 ID", "Line 2 ID,Line 1 ID", ["Line 1 ID": "ticketId"]),
        ] as [(String, String, [String: String])])
    func ownNames(header: String, second: String, meanings: [String: String]) async throws {
        for ids in [[Self.id, Self.other], ["T-1", "T-2"]] {
            let rows = ids.map { $0 + String(repeating: ",x", count: header.count { $0 == "," }) }
            var fixture = try PlanFixture()
            fixture.options.fills = [try FieldFill(.status, "Resolved")]
            for (name, meaning) in meanings { try fixture.options.columns.read(name, as: meaning) }
            let error = await #expect(throws: PlanError.self) {
                try await fixture.entries("\(header)\n\(rows[0])\n\(second)\n\(rows[1])\n")
            }
            #expect(error?.code == .columnsUnusable && error?.line == 3)
        }
    }

    @Test(
        "What a spreadsheet writes around text is no part of a column's name",
        arguments: ["=\"Ticket ID\",'Status", "'Ticket ID,=\"Status\"", "'_id,'status"])
    func marked(header: String) async throws {
        #expect(try await outcomes("\(header)\n\(Self.id),Open\n") == ["status ?>Open"])
    }

    @Test("Two columns with one name that is said to mean something are refused")
    func saidTwice() async throws {
        let error = await #expect(throws: ColumnError.self) {
            try await outcomes("Ticket Key,Ticket Key,Status\n\(Self.id),\(Self.other),Open\n") {
                try $0.read("Ticket Key", as: "ticketId")
            }
        }
        #expect(error?.code == .columnDoubled)
    }

    @Test(
        "Other words than `expect` are no misspelling of it",
        arguments: [
            "Project Status", "exportStatus", "Prospect_Status", "Exact status", "Reject Status",
            "inspect-status", "Subject Category", "Direct Category", "DetectCategory",
            "respect priority", "projectstatus",
        ])
    func otherWords(name: String) async throws {
        let fixture = try PlanFixture()
        let plan = try await fixture.plan("id,status,\(name)\n\(Self.id),Open,x\n")
        #expect(plan.header.counts.update == 1)
        #expect(
            !plan.header.notes.contains { $0.contains("expect") && $0.contains("did you mean") })
    }

    @Test(
        "Misspellings of `expect` are refused",
        arguments: [
            "Expct Status", "exspectStatus", "expekted_status", "excpectpriority", "Epxect Status",
            "expctstauts",
        ])
    func misspelt(name: String) async throws {
        let error = await #expect(throws: ColumnError.self) {
            try await outcomes("id,status,\(name)\n\(Self.id),Open,x\n")
        }
        #expect(error?.code == .expectationUnknown)
    }

    @Test(
        "A column of ids is proposed where the one that is read has none",
        arguments: [
            ("Ticket,Mava ID,Status\nPay,A,Open\nx,B,Open\n", "Mava ID"),
            ("Ticket,Mava link,Status\nPay,L,Open\n", "Mava link"),
            ("Ticket,Key,Status\nPay,7,Open\n", nil),
            ("Ticket,Key,Status\nPay,A,Open\nx,,Open\n", nil), ("Ticket,Owner\nPay,A\n", nil),
        ])
    func ticketColumn(text: String, column: String?) async throws {
        var fixture = try PlanFixture()
        fixture.options.agents = nil
        let text = text.replacing(",A", with: ",\(Self.id)").replacing(",B", with: ",\(Self.other)")
            .replacing(",L", with: ",https://dashboard.mava.app/dashboard/ticket?id=\(Self.id)")
        let plan = try await fixture.plan(text)
        let note = plan.header.notes.first { $0.contains("none: to read the other one") }
        #expect(
            note == nil
                ? column == nil : note!.contains("read(\"\(column ?? "?")\", as: \"ticketId\")"))
    }

    @Test(
        "The id of a category is not proposed as a ticket's, and wrong quotes are said to be wrong")
    func noProposal() async throws {
        for (text, advice) in [
            ("n,categoryId,assignedTo\n1,\(Self.id),\(Self.other)\n", nil),
            ("'ticketId','status'\n'\(Self.id)','Open'\n", "save it with \" around texts"),
        ] as [(String, String?)] {
            let error = await #expect(throws: ColumnError.self) { try await outcomes(text) }
            #expect(error?.code == .ticketIDColumnMissing)
            #expect(error?.message.contains("read(") == false, "\(error?.message ?? "")")
            if let advice { #expect(error?.message.hasSuffix(advice) == true) }
        }
    }

    @Test("A column of links is proposed where none has a known name")
    func linkColumn() async throws {
        let error = await #expect(throws: ColumnError.self) {
            try await outcomes(
                "Subject,Link,Status\nPay,https://dashboard.mava.app/dashboard/ticket?id=\(Self.id),Open\n"
            )
        }
        #expect(error?.message.contains(#"read("Link", as: "ticketId")"#) == true)
    }
}
