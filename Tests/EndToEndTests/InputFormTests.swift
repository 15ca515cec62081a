import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

/// Files in the forms that people have, with the built program's messages about them.
@Suite("Inputs in forms that people have")
struct InputFormTests {
    private static let first = Rehearsal.firstTicket
    private static let second = Rehearsal.secondTicket

    @Test(
        "JSON that is not an object a line is refused as a whole, with the jq call",
        arguments: [
            (#"[{"id":"A","status":"Open"}]"#, "jq -c '.[]'"),
            (#"[["id","status"],["A","Open"]]"#, "jq -r '.[] | @csv'"),
            (
                "\n\n [\n{\"id\":\"A\",\"status\":\"Open\"},\n{\"id\":\"B\",\"status\":\"Open\"}\n]\n",
                "jq -c '.[]'"
            ),
            ("\u{FEFF}[\n  {\n    \"id\": \"A\"\n  }\n]", "jq -c '.[]'"), ("[]", "jq -c '.[]'"),
            (#"{"tickets":[{"id":"A","status":"Open"}]}"#, "jq -c '.tickets[]'"),
            ("{\n  \"total\": 2,\n  \"data\": [\n    {\"id\":\"A\"}\n  ]\n}", "jq -c '.data[]'"),
            (#"{"my results":[{"id":"A"}],"page":1}"#, #"jq -c '.["my results"][]'"#),
            ("{\n  \"id\": \"A\",\n  \"status\": \"Open\"\n}\n", "jq -c ."),
            (#"{"data":{"n":1,"tickets":[{"id":"A"}]}}"#, "jq -c '.data.tickets[]'"),
            (#"{"data":{"x y":[{"id":"A"}]}}"#, #"jq -c '.data["x y"][]'"#),
            (#"{"id":"export-7","tickets":[{"id":"A"}]}"#, "jq -c '.tickets[]'"),
            (#"{"tickets":[{"id":"A"}],"id":"export-7"}"#, "jq -c '.tickets[]'"),
            (
                #"{"mei":[{"ticketId":"A","assignee":"Grace"}],"tom":[{"ticketId":"B","assignee":"Mei"}]}"#,
                "jq -c '.mei[], .tom[]'"
            ),
            (
                #"{"tickets":{"open":[{"id":"A"}],"closed":[{"id":"B"}]}}"#,
                "jq -c '.tickets.open[], .tickets.closed[]'"
            ),
            (#"{"agents":[{"id":"X"}],"tickets":[{"id":"A"}]}"#, "jq -c '.tickets[]'"),
            (#"{"agents":[{"id":"X"}],"rest":[{"ticketId":"A"}]}"#, "jq -c '.rest[]'"),
            (
                "{\"Ada\":[{\"ticketId\":\"A\",\"note\":\"" + String(repeating: "x", count: 70_000)
                    + "\"}],\"Ben\":[{\"ticketId\":\"B\"}]}",
                "jq -c '.[] | arrays | .[]'"
            ),
            (
                #"{"ticketId":{"0":"A","1":"B"},"status":{"0":"Open","1":"Open"}}"#,
                "(to_entries[0].value | keys_unsorted[])"
            ),
            (#"{"0":{"ticketId":"A","status":"Open"},"1":{"ticketId":"B"}}"#, "jq -c '.[]'"),
            (
                #"{"columns":["ticketId","status"],"index":[0],"data":[["A","Open"]]}"#,
                "as $names | .data[]"
            ),
            (#"{"columns":["a"],"data":[{"id":"A"}]}"#, "jq -c '.data[]'"),
            (#"{"columns":["a"],"data":{"tickets":[{"id":"A"}]}}"#, "jq -c '.data.tickets[]'"),
            (#"{"1":{"id":3},"tickets":[{"id":"A"}]}"#, "jq -c '.tickets[]'"),
            (#"{"ticket":{"0":"x"},"tickets":[{"id":"A"}]}"#, "jq -c '.tickets[]'"),
            (#"{"id":"A"} {"id":"B"}"#, "jq -c ."),
            ("{\"id\":\"A\"},\n{\"id\":\"B\"},\n", "jq -c '.[]'"),
            ("{\"id\":\"A\"}\n,{\"id\":\"B\"}", "jq -c '.[]'"),
            (String(repeating: "\n", count: 200_000) + "[\n{\"id\":\"A\"}\n]", "jq -c '.[]'"),
        ], ["rows.jsonl", "rows.json", "rows.txt", "my rows.csv"])
    func wholeJSON(input: (String, String), name: String) async throws {
        try await Rehearsal.run { rehearsal in
            let text = input.0.replacing("A", with: Self.first).replacing("B", with: Self.second)
            let result = try await rehearsal.plan(Array(text.utf8), name: name)
            #expect(result.status == 6, "\(result.output)")
            #expect(result.output.isEmpty)
            #expect(result.errors.contains(input.1), "\(result.errors)")
            #expect(result.errors.contains(name.contains(" ") ? "'\(name)'" : name))
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }

    @Test(
        "the command that rewrites JSON works as it is printed",
        arguments: [
            "{\"id\":\"A\",\"status\":\"Open\"},\n{\"id\":\"B\",\"status\":\"Open\"},\n",
            "{\"id\":\"A\",\"status\":\"Open\"},\n\n{\"id\":\"B\",\"status\":\"Open\"},\n\n \n",
            "{\"id\":\"A\",\n\"status\":\"Open\"}\n,{\"id\":\"B\",\"status\":\"Open\"}",
            "[{\"id\":\"A\",\"status\":\"Open\"},{\"id\":\"B\",\"status\":\"Open\"}]",
            "[\"A\",\"B\"]",
            #"{"status":{"0":"Open","1":"Open"},"ticketId":{"0":"A","1":"B"}}"#,
            #"{"0":{"ticketId":"A","status":"Open"},"1":{"ticketId":"B","status":"Open"}}"#,
            #"{"columns":["ticketId","status"],"index":[0,1],"data":[["A","Open"],["B","Open"]]}"#,
        ])
    func pastedCommand(input: String) async throws {
        try await Rehearsal.run { rehearsal in
            let text = input.replacing("A", with: Self.first).replacing("B", with: Self.second)
            let refusal = try await rehearsal.plan(Array(text.utf8), name: "rows.jsonl")
            #expect(refusal.status == 6)
            let line = try #require(
                refusal.errors.split(separator: "\n").first { $0.contains(", with: ") })
            let command = try #require(line.split(separator: ", with: ").last)
            let pasted = try await Shell.paste(String(command), in: rehearsal.directory)
            #expect(pasted.status == 0, "\(pasted.errors)")
            let result = try await rehearsal.program(
                ["plan", "rows-2.jsonl", "--default", "status=Open"])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("2 rows"))
        }
    }

    @Test("a record that is cut off is a wrong row, and a name of a key is no header's")
    func singleObjects() async throws {
        try await Rehearsal.run { rehearsal in
            let cut = try await rehearsal.plan(
                Array("{\"id\":\"\(Self.first)\",\"status\":\"Open\"\n".utf8), name: "rows.jsonl")
            #expect(cut.status == 3 && cut.output.contains("line 1"), "\(cut.errors)")
            let misspelt = try await rehearsal.plan(
                Array(
                    "{\"id\":\"\(Self.first)\",\"status\":\"Open\",\"expectStauts\":\"Open\"}\n"
                        .utf8),
                name: "rows.jsonl")
            #expect(misspelt.status == 6 && misspelt.errors.contains("did you mean expectStatus?"))
            #expect(!misspelt.errors.contains("header"), "\(misspelt.errors)")
        }
    }

    @Test(
        "where no column is named as the ticket's, the one with ids is",
        arguments: [
            ("Sys ID,Status\n\(first),Open\n", "Sys ID"),
            ("Ticket name;Record ID;Status\nHelp;\"\(first)\";Open\n", "Record ID"),
            ("Status,Note\nOpen,see \(first)\n", nil),
        ])
    func ticketColumn(text: String, column: String?) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.plan(Array(text.utf8), name: "rows.csv")
            #expect(result.status == 6)
            guard let column else {
                #expect(!result.errors.contains("--column"), "\(result.errors)")
                return
            }
            let option = "--column '\(column)=ticketId'"
            #expect(result.errors.contains("Then add \(option)\n"), "\(result.errors)")
            let again = try await Shell.paste(
                "mava-bulk plan rows.csv \(option)", in: rehearsal.directory, rehearsal.environment)
            #expect(again.status == 0, "\(again.errors)")
        }
    }

    @Test("records with arrays and objects of their own are records")
    func nestedRecords() async throws {
        try await Rehearsal.run { rehearsal in
            let text =
                "{\"messages\":[{\"id\":\"m1\"}],\"ticketId\":\"\(Self.first)\",\"status\":\"Pending\"}\n"
                + "{\"tags\":[{\"name\":\"x\"}],\"ticketId\":\"\(Self.first)\",\"status\":\"Pending\"}\n"
                + "{\"id\":\"\(Self.second)\",\"status\":\"Pending\",\"list\":[]}\n"
            for line in [
                #"{"columns":2,"data":{},"status":"Pending","ticketId":"A"}"#,
                #"{"columns":["a"],"data":[["b"]],"status":"Pending","ticketId":"A"}"#,
                #"{"360012345":{"id":7},"status":"Pending","ticketId":"A"}"#,
                #"{"1":{"id":7},"ticketId":"A","status":"Pending"}"#,
            ] {
                let text = line.replacing("A", with: Self.first) + "\n"
                let result = try await rehearsal.plan(Array(text.utf8), name: "rows.jsonl")
                #expect(result.status == 0 && result.output.contains("1 row of"), "\(line)")
            }
            let result = try await rehearsal.plan(Array(text.utf8), name: "rows.jsonl")
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("3 rows"))
        }
    }

    @Test(
        "files of other kinds are named as what they are, whatever they are called",
        arguments: [
            ("PK\u{3}\u{4}....[Content_Types].xml", "an Excel workbook"),
            (
                "PK\u{3}\u{4}mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
                "an OpenDocument"
            ),
            ("PK\u{3}\u{4}x", "a ZIP archive"), ("%PDF-1.7\n", "a PDF"),
            ("<!DOCTYPE html><title>Login</title>", "a web page"), (" \n<html>", "a web page"),
            ("<?xml version=\"1.0\"?>", "XML"), ("SQLite format 3\u{0}", "an SQLite database"),
            ("PAR1\u{0}", "a Parquet file"), ("ORC\u{1}", "an ORC file"),
            ("\u{7F}ELF\u{2}", "a program"), ("<!-- a --> <!-- b -->\n<html>", "a web page"),
            ("PK\u{3}\u{4}[Content_Types].xml PK\u{3}\u{4}word/document.xml", "a Word document"),
            ("PK\u{3}\u{4}Index/Document.iwa", "a document of Numbers"),
            ("rows.csv" + String(repeating: "\u{0}", count: 249) + "ustar", "an archive (tar)"),
            ("GIF89a", "a picture"), ("BZh9", "a compressed file"),
        ])
    func foreignFiles(text: String, kind: String) async throws {
        try await Rehearsal.run { rehearsal in
            for name in ["rows.csv", "rows.jsonl", "rows"] {
                let result = try await rehearsal.plan(Array(text.utf8), name: name)
                #expect(result.status == 6)
                #expect(result.errors.contains("this is \(kind)"), "\(result.errors)")
            }
            try rehearsal.directory.write("ticketId,status\n\(Self.first),Open\n", to: "good.csv")
            let snapshot = try await rehearsal.program(["plan", "good.csv", "--snapshot", "rows"])
            #expect(snapshot.status == 6)
            #expect(snapshot.errors.contains(kind), "\(snapshot.errors)")
        }
    }

    @Test(
        "a file whose name says another format is refused as a whole",
        arguments: [
            ("{\"id\":\"\(first)\",\"status\":\"Open\"}\n", "rows.csv", "is named as CSV"),
            ("id,status\n\(first),Open\n", "rows.jsonl", "is named as JSON Lines"),
        ])
    func otherFormat(text: String, name: String, said: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.plan(Array(text.utf8), name: name)
            #expect(result.status == 6)
            #expect(result.errors.contains(said), "\(result.errors)")
            let other = name.hasSuffix("csv") ? "rows.jsonl" : "rows.csv"
            let renamed = try await rehearsal.plan(Array(text.utf8), name: other)
            #expect(renamed.status == 0, "\(renamed.errors)")
        }
    }

    @Test("a column that is nearly a precondition's is refused; its other names are known")
    func expectations() async throws {
        try await Rehearsal.run { rehearsal in
            for name in ["expectPriorty", "Expected status", "expect_asignee"] {
                let text = "Ticket ID,Status,\(name)\n\(Self.first),Resolved,x\n"
                let result = try await rehearsal.plan(Array(text.utf8), name: "rows.csv")
                #expect(result.status == 6, "\(name)")
                #expect(result.errors.contains("protects nothing"), "\(result.errors)")
            }
            let json = #"{"id":"\#(Self.first)","status":"Resolved","expectStatsu":"Open"}"#
            let refused = try await rehearsal.plan(Array(json.utf8), name: "rows.jsonl")
            #expect(refused.status == 6)
            for name in ["expectCategory", "Expect Assignee", "expectAgent", "expect-owner"] {
                let text = "Ticket ID,Status,\(name)\n\(Self.first),Resolved,Nobody X\n"
                let result = try await rehearsal.plan(Array(text.utf8), name: "rows.csv")
                #expect(result.status == 3, "\(name): \(result.errors)")
                #expect(result.output.contains("Nobody X"), "\(result.output)")
            }
            let other = "Ticket ID,Status,Expected delivery\n\(Self.first),Pending,soon\n"
            #expect(try await rehearsal.plan(Array(other.utf8), name: "rows.csv").status == 0)
        }
    }

    @Test("a saved plan that was damaged or rewritten is never read as rows")
    func damagedPlans() async throws {
        try await Rehearsal.run { rehearsal in
            let saved = try await rehearsal.program([
                "plan", Rehearsal.sample("reassign/handover.csv"), "--output", "plan.jsonl",
            ])
            #expect(saved.status == 0 || saved.status == 3)
            let plan = try rehearsal.directory.read("plan.jsonl")
            let text = String(decoding: plan, as: UTF8.self)
            let damaged: [(String, [UInt8])] = [
                (
                    "utf16",
                    [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
                ),
                ("zeroed", Array(repeating: 0, count: 200) + plan.dropFirst(200)),
                ("cut", Array(plan.dropFirst(300))),
                ("marked", [0xEF, 0xBB, 0xBF] + plan),
            ]
            for (name, bytes) in damaged {
                try rehearsal.directory.write(bytes, to: "\(name).jsonl")
                let result = try await rehearsal.program(
                    ["apply", "\(name).jsonl", "--yes", "--run-dir", "run-\(name)"])
                #expect(result.status == 6, "\(name): \(result.errors)")
                #expect(result.errors.contains("plan"), "\(name): \(result.errors)")
            }
            #expect(rehearsal.updates == 0)
        }
    }

    @Test("what comes through a pipe is read once and whole", arguments: ["plan", "apply"])
    func pipes(command: String) async throws {
        try await Rehearsal.run { rehearsal in
            let rows = [Self.first, Self.second, "695f42e0b38766cd7cf45eb6"]
            let text = rows.map { "{\"ticketId\":\"\($0)\",\"status\":\"Pending\"}\n" }.joined()
            try rehearsal.directory.write(text, to: "rows.jsonl")
            let options = (command == "apply" ? "--yes " : "") + "--quota 1000000/1s"
            let direct = try await rehearsal.program(["plan", "rows.jsonl"])
            let id = try #require(direct.output.firstMatch(of: #/Plan ([0-9a-f]{8})/#)).1
            for way in [
                "\"$0\" \(command) <(cat rows.jsonl) \(options)",
                "\"$0\" \(command) /dev/stdin \(options) < rows.jsonl",
                "cat rows.jsonl | \"$0\" \(command) - \(options)",
                "mkfifo pipe; cat rows.jsonl > pipe & \"$0\" \(command) pipe \(options)",
                "\"$0\" \(command) <(gzip -c rows.jsonl) \(options)",
            ] {
                let result = try await BuiltProgram.run(
                    ["-c", way, BuiltProgram.executable.path], in: rehearsal.folder,
                    environment: rehearsal.environment, executable: URL(filePath: "/bin/bash"))
                #expect(result.status == 0, "\(way): \(result.errors)")
                #expect(result.output.contains("3 rows"), "\(way): \(result.output)")
                if command == "plan" { #expect(result.output.contains("Plan \(id)"), "\(way)") }
            }
            if command == "apply" { #expect(rehearsal.updates <= 3) }
        }
    }

    @Test("a saved plan through a pipe is refused, and no input is rows and snapshot at once")
    func whatPipesCannotBe() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write("ticketId,status\n\(Self.first),Open\n", to: "rows.csv")
            _ = try await rehearsal.program(["plan", "rows.csv", "--output", "plan.jsonl"])
            for (way, status, said) in [
                ("\"$0\" apply --yes <(cat plan.jsonl)", Int32(6), "this is a saved plan"),
                ("cat rows.csv | \"$0\" plan - --snapshot /dev/stdin", 2, "standard input"),
            ] {
                let result = try await BuiltProgram.run(
                    ["-c", way, BuiltProgram.executable.path], in: rehearsal.folder,
                    environment: rehearsal.environment, executable: URL(filePath: "/bin/bash"))
                #expect(result.status == status, "\(way): \(result.errors)")
                #expect(result.errors.contains(said), "\(way): \(result.errors)")
            }
        }
    }
}
