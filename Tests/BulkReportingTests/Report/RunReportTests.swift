import BulkExecution
import BulkSystem
import BulkPlan
import BulkPlanning
import BulkTestSupport
import Foundation
import Testing

@testable import BulkReporting

@Suite("A report says of every row how it ended, in the input's order")
struct RunReportTests {
    private static let columns = ["ticketId", "assignee", "Note", "mavaBulkError"]

    /// One row of every kind that planning and execution can make of it.
    private static let entries: [PlanEntry] = [
        entry(1, .update, [change(.status, .text("Open"), .text("Resolved"))], "fine"),
        entry(2, .unchanged, [], "=SUM(1)"),
        entry(
            3, .invalid, [], "who",
            RowIssue(code: .agentUnknown, message: "no agent is called \"Bea\"; did you mean Ben?")),
        entry(4, .conflict, [], "", RowIssue(code: .preconditionFailed, message: "it is Open")),
        entry(5, .held, [], "", RowIssue(code: .aiHandling, message: "the AI has it")),
        entry(6, .update, [change(.assignedTo, .text("a1"), .null)], "refused"),
        entry(7, .update, [change(.priority, nil, .number(3))], "no answer"),
        entry(8, .update, [change(.categoryID, .null, .text("c1"))], "never sent"),
        PlanEntry(
            row: 9, line: 10, ticketID: nil, disposition: .invalid,
            issue: RowIssue(code: .malformedRecord, message: "a stray quote"),
            cells: ["t9,\"x\"y,"]),
        {
            var merged = entry(
                10, .update, [change(.status, .text("Open"), .text("Resolved"))], "m")
            merged.mergedInto = 1
            return merged
        }(),
    ]

    private static func entry(
        _ row: Int, _ disposition: Disposition, _ changes: [FieldChange], _ note: String,
        _ issue: RowIssue? = nil
    ) -> PlanEntry {
        PlanEntry(
            row: row, line: row + 1, ticketID: "t\(row)", disposition: disposition,
            changes: changes, issue: issue, cells: ["t\(row)", "Ben, \"B\"", note, "old error"])
    }

    private static func change(
        _ field: TicketField, _ before: FieldValue?, _ after: FieldValue
    ) -> FieldChange {
        FieldChange(field: field, before: before, after: after)
    }

    /// A run's directory with the plan and a journal in which rows 1, 6 and 7 have an end.
    private func run(in temporary: TemporaryDirectory) async throws -> RunDirectory {
        let directory = try RunDirectory.create(
            at: temporary.file("run"), planID: "0", startedAt: 0)
        let input = PlanHeader.Input(
            name: "in.csv", sha256: "", format: "csv", columns: Self.columns)
        var header = PlanHeader(
            tool: "test", createdAt: "2026-03-01T00:00:00Z", input: input, source: .live,
            price: PlanPrice(reads: 0, writes: 4, auditEntries: 4))
        header.categoryNames = ["c1": "Billing"]
        var writer = try PlanWriter(directory.plan, draft: header)
        for entry in Self.entries { try writer.write(entry) }
        header.counts.rows = 10
        (header.counts.update, header.counts.unchanged, header.counts.invalid) = (5, 1, 2)
        (header.counts.conflict, header.counts.held, header.requests) = (1, 1, 4)
        header = try writer.finish(header)
        let journal = try JournalWriter.create(
            directory.journal,
            JournalHeader(planID: header.id, tool: "test", startedAt: 1_772_352_000_000))
        for row in [1, 6, 7] { journal.append(.start(row: row, request: 1, at: 1000)) }
        journal.append(
            .done(
                RowOutcome(
                    row: 1, outcome: .updated, attempts: 1, httpStatus: 200,
                    durationMilliseconds: 25, finishedAtMilliseconds: 1_772_352_000_250)))
        journal.append(
            .done(
                RowOutcome(
                    row: 6, outcome: .failed, attempts: 1, httpStatus: 400,
                    failure: .ticketNotFound,
                    message: "Ticket not found", durationMilliseconds: 5,
                    finishedAtMilliseconds: 1_772_352_000_300)))
        try await journal.synced()
        return directory
    }

    private func write(_ directory: RunDirectory) throws -> OutcomeCounts {
        try RunReport.write(
            PlanFile(path: directory.plan), journal: JournalIndex.read(directory.journal),
            to: directory
        ).counts
    }

    @Test("report.csv")
    func report() async throws {
        let temporary = try TemporaryDirectory()
        let counts = try write(try await run(in: temporary))
        let lines = try temporary.readText("run/report.csv").split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "row,line,ticketId,outcome,changed,before,after,attempts,httpStatus,errorCode,message,"
                    + "durationMs,finishedAt,beforeNames,afterNames,Note",
                #"1,2,t1,updated,status,"{""status"":""Open""}","{""status"":""Resolved""}",1,200,,,25,"#
                    + "2026-03-01T08:00:00.250Z,status: Open,status: Resolved,fine",
                "2,3,t2,unchanged,,,,0,,,,,,,,\"'=SUM(1)\"",
                #"3,4,t3,invalid,,,,0,,agent_unknown,"no agent is called ""Bea""; did you mean Ben?",,,,,who"#,
                "4,5,t4,conflict,,,,0,,precondition_failed,it is Open,,,,,",
                "5,6,t5,held,,,,0,,ai_handling,the AI has it,,,,,",
                #"6,7,t6,failed,assignedTo,"{""assignedTo"":""a1""}","{""assignedTo"":null}",1,400,"#
                    + "ticket_not_found,Ticket not found,5,2026-03-01T08:00:00.300Z,assignee: a1,assignee: nobody,refused",
                #"7,8,t7,unknown,priority,,"{""priority"":3}",1,,given_up,"#
                    + "The run ended before the answer came.,,,,priority: 3,"
                    + "no answer",
                #"8,9,t8,unsent,categoryId,"{""categoryId"":null}","{""categoryId"":""c1""}",0,,not_sent,"#
                    + ",,,category: none,category: Billing,never sent",
                "9,10,,invalid,,,,0,,malformed_record,a stray quote,,,,,",
                #"10,11,t10,updated,status,"{""status"":""Open""}","{""status"":""Resolved""}",1,200,,,25,"#
                    + "2026-03-01T08:00:00.250Z,status: Open,status: Resolved,m",
            ])
        #expect(counts.rows == 10)
        #expect(counts[.updated] == 2)
        #expect(counts[.invalid] == 2)
        #expect(counts.toRunAgain == 7)
        #expect(counts.hasTroubledRows)
    }

    @Test("a column of the input does not take the name of one of the report's")
    func ownNames() throws {
        let temporary = try TemporaryDirectory()
        let path = temporary.file("report.csv")
        var report = try ReportFile(
            path, header: Self.header(["ticketId", "outcome", "Outcome", "row"]),
            fileSystem: POSIXFileSystem())
        try report.commit()
        let header = try temporary.readText("report.csv")
        #expect(header.hasSuffix(",afterNames,input.outcome,Outcome,input.row\n"), "\(header)")
    }

    private static func header(_ columns: [String]) -> PlanHeader {
        PlanHeader(
            tool: "test", createdAt: "2026-03-01T00:00:00Z",
            input: .init(name: "in.csv", sha256: "", format: "csv", columns: columns),
            source: .live, price: PlanPrice(reads: 0, writes: 0, auditEntries: 0))
    }

    @Test("report.csv has the delimiter and the byte order mark of its input")
    func inputForm() throws {
        let temporary = try TemporaryDirectory()
        var header = Self.header(["ticketId", "Note"])
        (header.input.delimiter, header.input.hasMark) = (";", true)
        header.agentNames = ["a1": "Ada; Countess"]
        var report = try ReportFile(
            temporary.file("report.csv"), header: header, fileSystem: POSIXFileSystem())
        try report.append(
            PlanEntry(
                row: 1, line: 2, ticketID: "t1", disposition: .update,
                changes: [Self.change(.assignedTo, .null, .text("a1"))], cells: ["t1", "a,b"]),
            RowOutcome(row: 1, outcome: .updated))
        try report.commit()
        let text = try temporary.readText("report.csv")
        #expect(text.hasPrefix("\u{FEFF}row;line;ticketId;"))
        #expect(
            text.hasSuffix(#";assignee: nobody;"assignee: Ada; Countess";a,b"# + "\n"), "\(text)")
    }

    @Test("a column of the input that was not read is in report.csv, under a name that is not read")
    func unreadColumns() throws {
        let header = Self.header([
            "Ticket URL", "outcome", "State", "input.outcome", "Status", "Ticket ID", "agentId",
            "agent",
        ])
        let rows = ReportRows(header: header)
        let text = rows.csv.buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        let expected =
            ",afterNames,input.Ticket URL,input.outcome.2,input.State,input.outcome\n"
        #expect(text.hasSuffix(expected), "\(text)")
    }

    @Test("columns that mean the same are all in failed.csv, with the values as written")
    func columnsOfOneMeaning() throws {
        let columns = ["Ticket URL", "ticketId", "State", "-Status", "a;b", "mavaBulkRow", "", " "]
        var input = PlanHeader.Input(name: "", sha256: "", format: "csv", columns: columns)
        input.delimiter = "^"
        let text = failedRows(
            input,
            [
                ["u", "a", "open", "", "=1", "7", "", ""], ["", "", "\tOpen", "=\"Open\""],
                ["", "", "x", "=\"=1\"", "=\"=1\"", "", "n", "m"], [],
            ])
        #expect(
            text == """
                sep=^
                Ticket URL^ticketId^State^Status^"a;b"^mavaBulkRow^mavaBulkError^^" "
                u^a^open^^"'=1"^7^held^^
                ^^Open^"=""Open""\"^^^held^^
                ^^x^"'=1"^"'=""=1""\"^^held^n^m
                ^^^^^^held^^

                """)
    }

    @Test("a record that cannot be read is quoted without what would make it unreadable again")
    func unreadableRecord() throws {
        let input = PlanHeader.Input(
            name: "", sha256: "", format: "csv", columns: ["id", "status"])
        let text = failedRows(
            input, [["a,\0b\r\nc\"d\té"], [String(repeating: "x", count: 200_000)]],
            code: .malformedRecord)
        let lines = text.split(separator: "\n")
        let quoted = "; the record as written: "
        #expect(lines[1] == #",,1,"held: why\#(quoted)a,\u{0}b\u{D}\u{A}c""d"# + "\té\"")
        #expect(lines[2].hasSuffix("xxx…"))
        #expect(lines[2].count < 132_000)
    }

    @Test("the numbers of rows survive a spreadsheet, and a row that was added gets none")
    func rowNumbers() throws {
        let input = PlanHeader.Input(
            name: "", sha256: "", format: "csv", columns: ["id", "mavaBulkRow", "mavaBulkError"])
        let cells = ["7", "7.0", "7,00", " 7 ", "=\"7\"", "'7", "", "seven", "-7", "7.5", "7,000"]
        let lines = failedRows(input, cells.map { ["t", $0, ""] }).split(separator: "\n")
        let numbers = lines.dropFirst().map { $0.split(separator: ",", maxSplits: 2)[1] }
        #expect(numbers.prefix(6).allSatisfy { $0 == "7" }, "\(lines)")
        #expect(lines.dropFirst(7).allSatisfy { $0 == "t,,held" }, "\(lines)")
    }

    /// The text of failed.csv with a held row for each record.
    private func failedRows(
        _ input: PlanHeader.Input, _ records: [[String]], code: RowIssue.Code? = nil
    ) -> String {
        var failed = FailedRows(input)
        for (row, cells) in records.enumerated() {
            let issue = code.map { RowIssue(code: $0, message: "why") }
            failed.append(
                PlanEntry(
                    row: row + 1, line: row + 1, ticketID: "t", disposition: .held, issue: issue,
                    cells: cells),
                RowOutcome(row: row + 1, outcome: .held))
        }
        return failed.csv.buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test("failed.csv has the rows to run again, as written, and why")
    func failed() async throws {
        let temporary = try TemporaryDirectory()
        _ = try write(try await run(in: temporary))
        let lines = try temporary.readText("run/failed.csv").split(separator: "\n").map(String.init)
        #expect(lines.count == 8)
        #expect(lines[0] == "ticketId,assignee,Note,mavaBulkRow,mavaBulkError")
        #expect(
            lines[1]
                == #"t3,"Ben, ""B""",who,3,"invalid: no agent is called ""Bea""; did you mean Ben?""#
        )
        #expect(lines[4] == #"t6,"Ben, ""B""",refused,6,failed: Ticket not found"#)
        #expect(lines[6] == #"t8,"Ben, ""B""",never sent,8,unsent"#)
        #expect(
            lines[7]
                == #",,,9,"invalid: a stray quote; the record as written: t9,""x""y,""#)
    }

    @Test("The file layer failing at any call leaves what is whole, and nothing else")
    func faults() async throws {
        let temporary = try TemporaryDirectory()
        let directory = try await run(in: temporary)
        let undisturbed = FailingFileSystem()
        try write(directory, undisturbed)
        let whole = try ["report.csv", "failed.csv"].map { try temporary.readText("run/" + $0) }
        var faults: [FailingFileSystem.Fault] = []
        faults += (1...undisturbed.writes).map { .write($0, errorNumber: ENOSPC) }
        faults += (1...undisturbed.syncs).map { .sync($0, errorNumber: EIO) }
        faults += (1...undisturbed.renames).map { .rename($0, errorNumber: EIO) }
        #expect(faults.count == 8)
        for fault in faults {
            for path in [directory.report, directory.failed(format: "csv")]
            where access(path, F_OK) == 0 {
                try POSIXFileSystem().remove(path)
            }
            #expect(throws: FileError.self) {
                try write(directory, FailingFileSystem(fault))
            }
            for name in try temporary.names("run") {
                #expect(!name.hasSuffix(".tmp"))
                guard name.hasSuffix(".csv") else { continue }
                #expect(whole.contains(try temporary.readText("run/" + name)), "\(fault)")
            }
        }
    }

    private func write(_ directory: RunDirectory, _ fileSystem: FailingFileSystem) throws {
        _ = try RunReport.write(
            PlanFile(path: directory.plan), journal: JournalIndex.read(directory.journal),
            to: directory, fileSystem: fileSystem)
    }
}
