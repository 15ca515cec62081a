import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

/// Files in the forms that people have, with the built program's messages about them.
@Suite("Inputs in forms that people have")
struct InputFormTests {
    private static let first = "695c76afd0e42018b77a9c2d"
    private static let second = "695cd34fa4b07254adddf65b"

    private func plan(
        _ bytes: [UInt8], name: String, rehearsal: Rehearsal
    ) async throws -> BuiltProgram.Result {
        try rehearsal.directory.write(bytes, to: name)
        return try await rehearsal.program(["plan", name])
    }

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
            (#"{"id":"A"} {"id":"B"}"#, "jq -c ."),
            ("{\"id\":\"A\"},\n{\"id\":\"B\"},\n", "jq -c '.[]'"),
            ("{\"id\":\"A\"}\n,{\"id\":\"B\"}", "jq -c '.[]'"),
            (String(repeating: "\n", count: 200_000) + "[\n{\"id\":\"A\"}\n]", "jq -c '.[]'"),
        ], ["rows.jsonl", "rows.json", "rows.txt", "my rows.csv"])
    func wholeJSON(input: (String, String), name: String) async throws {
        try await Rehearsal.run { rehearsal in
            let text = input.0.replacing("A", with: Self.first).replacing("B", with: Self.second)
            let result = try await plan(Array(text.utf8), name: name, rehearsal: rehearsal)
            #expect(result.status == 6, "\(result.output)")
            #expect(result.output.isEmpty)
            #expect(result.errors.contains(input.1), "\(result.errors)")
            #expect(result.errors.contains(name.contains(" ") ? "'\(name)'" : name))
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }

    @Test("records with arrays and objects of their own are records")
    func nestedRecords() async throws {
        try await Rehearsal.run { rehearsal in
            let text =
                "{\"messages\":[{\"id\":\"m1\"}],\"ticketId\":\"\(Self.first)\",\"status\":\"Pending\"}\n"
                + "{\"tags\":[{\"name\":\"x\"}],\"ticketId\":\"\(Self.first)\",\"status\":\"Pending\"}\n"
                + "{\"id\":\"\(Self.second)\",\"status\":\"Pending\",\"list\":[]}\n"
            let result = try await plan(Array(text.utf8), name: "rows.jsonl", rehearsal: rehearsal)
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
                let result = try await plan(Array(text.utf8), name: name, rehearsal: rehearsal)
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
        "trouble with the header names the file, the columns, the line and the cause",
        arguments: [
            ("Handover\nby ops\nTicket ID,Status\n", "line 3 looks like the header"),
            ("# export\n# of today\nTicket ID;Status\n", "delete the comments above it"),
            ("\(first),Open\n", "line 1 holds a ticket id"),
            ("https://dashboard.mava.app/tickets/\(first)/x;Open\n", "line 1 holds a ticket id"),
            ("Ticket: Status\n1: Open\n", "is the delimiter right?"),
            (
                "Report for ticket,\(first)\nTicket ID,Status\n\(first),Open\n",
                "line 2 looks like the header"
            ),
            ("'\(first),Open\n", "line 1 holds a ticket id"),
            ("\"Ticket ID;Status\";;\n\"\(first);Open\";;\n", "whole lines are in quotes"),
            ("\"Ticket ID,Status\"\n\"x,Open\"\n", "whole lines are in quotes"),
            ("Number,Status\n1,Open\n", "the columns read are \"Number\", \"Status\""),
        ])
    func headers(text: String, said: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await plan(Array(text.utf8), name: "rows.csv", rehearsal: rehearsal)
            #expect(result.status == 6)
            #expect(result.errors.contains("rows.csv: "))
            #expect(result.errors.contains(said), "\(result.errors)")
            let asksForDelimiter = result.errors.contains("is the delimiter right?")
            #expect(asksForDelimiter == said.contains("delimiter"), "\(result.errors)")
        }
    }

    @Test(
        "what is said of rows in quotes as a whole, and of long fields without quotes",
        arguments: [
            ("Ticket ID,Status\n\"\(first),Pending\"\n", "without quotes around whole lines"),
            (
                "Ticket ID,Status,Note\n\(first),Pending,\(String(repeating: "x", count: 1_100_000))\n",
                "shorten the value: it is longer"
            ),
        ])
    func rowAdvice(text: String, said: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await plan(Array(text.utf8), name: "rows.csv", rehearsal: rehearsal)
            #expect(result.status == 3, "\(result.errors)")
            #expect(result.output.contains(said), "\(result.output)")
            #expect(!result.output.contains("close the quote"))
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
            let result = try await plan(Array(text.utf8), name: name, rehearsal: rehearsal)
            #expect(result.status == 6)
            #expect(result.errors.contains(said), "\(result.errors)")
            let other = name.hasSuffix("csv") ? "rows.jsonl" : "rows.csv"
            let renamed = try await plan(Array(text.utf8), name: other, rehearsal: rehearsal)
            #expect(renamed.status == 0, "\(renamed.errors)")
        }
    }

    @Test("a column that is nearly a precondition's is refused; its other names are known")
    func expectations() async throws {
        try await Rehearsal.run { rehearsal in
            for name in ["expectPriorty", "Expected status", "expect_asignee"] {
                let text = "Ticket ID,Status,\(name)\n\(Self.first),Resolved,x\n"
                let result = try await plan(
                    Array(text.utf8), name: "rows.csv", rehearsal: rehearsal)
                #expect(result.status == 6, "\(name)")
                #expect(result.errors.contains("protects nothing"), "\(result.errors)")
            }
            let json = #"{"id":"\#(Self.first)","status":"Resolved","expectStatsu":"Open"}"#
            let refused = try await plan(
                Array(json.utf8), name: "rows.jsonl", rehearsal: rehearsal)
            #expect(refused.status == 6)
            for name in ["expectCategory", "Expect Assignee", "expectAgent", "expect-owner"] {
                let text = "Ticket ID,Status,\(name)\n\(Self.first),Resolved,Nobody X\n"
                let result = try await plan(
                    Array(text.utf8), name: "rows.csv", rehearsal: rehearsal)
                #expect(result.status == 3, "\(name): \(result.errors)")
                #expect(result.output.contains("Nobody X"), "\(result.output)")
            }
            let other = "Ticket ID,Status,Expected delivery\n\(Self.first),Pending,soon\n"
            #expect(
                try await plan(Array(other.utf8), name: "rows.csv", rehearsal: rehearsal).status
                    == 0)
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

    @Test("rows with a delimiter too many among others are told to drop it, not to use quotes")
    func someTrailingDelimiters() async throws {
        try await Rehearsal.run { rehearsal in
            let text = "Ticket ID,Status\n\(Self.first),Pending\n\(Self.second),Pending,\n"
            let result = try await plan(Array(text.utf8), name: "rows.csv", rehearsal: rehearsal)
            #expect(result.status == 3)
            #expect(
                result.output.contains("remove the delimiter at the row's end"), "\(result.output)")
        }
    }

    @Test(
        "the delimiter under which a ticket column exists wins",
        arguments: [
            "Ticket ID\tStatus\tNote (a, b, c, d, e)\nID\tResolved\tx\n",
            "Ticket ID;Status;Note a,b,c,d\nID;Resolved;x\n",
            "Ticket ID|Status|a;b;c;d|\nID|Resolved|x|\n",
            "\"sep=;\"\r\nTicket ID;Status\r\nID;Resolved\r\n",
            "\"Ticket ID\", \"Status\"\n\"ID\", \"Resolved\"\n",
            "Ticket ID,Status\nID,Resolved,\n", "Ticket ID,Status,\nID,Resolved\n",
            "Ticket ID,Status\n,\nID,Resolved\n,\n,\n",
            ",,,\nTicket ID;Status\nID;Resolved\n",
            ",\nTicket ID,Status\(String(repeating: ",note", count: 3000))\nID,Resolved"
                + "\(String(repeating: ",x", count: 3000))\n",
        ])
    func delimiters(text: String) async throws {
        try await Rehearsal.run { rehearsal in
            let text = text.replacing("\nID", with: "\n\(Self.second)")
                .replacing("\"ID\"", with: "\"\(Self.second)\"")
            let result = try await plan(Array(text.utf8), name: "rows.csv", rehearsal: rehearsal)
            #expect(result.status == 0, "\(result.errors)\(result.output)")
            #expect(result.output.contains("1 row"))
            #expect(result.output.contains("→ Resolved"))
        }
    }

    @Test(
        "an unquoted delimiter in one row is not taken for a delimiter at the end of every row",
        arguments: [
            "Ticket ID,Assignee,Note\n\(first),Mei,x\n\(second),Grace, Jane,\n",
            "Ticket ID,Assignee,Note\n\(second),Grace, Jane,\n\(first),Mei,x\n",
            "Ticket ID,Assignee,Note\n\(first),Mei,x,\n\(second),Grace, Jane,,\n",
        ])
    func shiftedRow(text: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await plan(Array(text.utf8), name: "rows.csv", rehearsal: rehearsal)
            #expect(result.status == 3, "\(result.errors)\(result.output)")
            #expect(result.output.contains("1 malformed_record"), "\(result.output)")
            #expect(!result.output.contains("→ Grace"))
        }
    }

    @Test(
        "a header in ASCII that is malformed is not said to be in another encoding",
        arguments: [
            "Ticket ID,\"Ass\"ignee", "\"Ticket ID\",\t\"Assignee\"", "Ticket ID,\"Assignee",
        ])
    func malformedHeader(header: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await plan(
                Array("\(header)\n\(Self.first),Mei\n".utf8), name: "rows.csv", rehearsal: rehearsal
            )
            #expect(result.status == 6)
            #expect(result.errors.contains("the header cannot be read"), "\(result.errors)")
            #expect(!result.errors.contains("1252"), "\(result.errors)")
        }
    }

    @Test("a whole file in Windows-1252 is refused with two ways out, and read when it is said")
    func windows1252() async throws {
        try await Rehearsal.run { rehearsal in
            let bytes =
                Array("Ticket ID;Assignee;Note\r\n\(Self.first);Tom".utf8) + [0xE1]
                + Array("s;caf".utf8) + [0xE9] + Array("\r\n".utf8)
            let refused = try await plan(bytes, name: "my rows.csv", rehearsal: rehearsal)
            #expect(refused.status == 6)
            #expect(refused.errors.contains("\"Tomás\""), "\(refused.errors)")
            #expect(refused.errors.contains("Assignee"))
            #expect(refused.errors.contains("--encoding windows-1252"))
            #expect(
                refused.errors.contains(
                    "iconv -f WINDOWS-1252 -t UTF-8 'my rows.csv' > 'my rows-2.csv'"))
            let read = try await rehearsal.program([
                "plan", "my rows.csv", "--encoding", "windows-1252",
            ])
            #expect(read.status == 0, "\(read.errors)")
            #expect(read.output.contains("Tomás"))

            // One damaged row among others in UTF-8 is that row's problem, not the file's.
            let mixed =
                Array(
                    "Ticket ID,Status,Note\n\(Self.first),Pending,é\n\(Self.second),Pending,".utf8)
                + [0xE9, 0x0A]
            let result = try await plan(mixed, name: "mixed.csv", rehearsal: rehearsal)
            #expect(result.status == 3)
            #expect(result.output.contains(" 1 invalid"))
        }
    }

    @Test(
        "UTF-16 with a mark is read; without one its name is in the advice, which works",
        arguments: [true, false])
    func utf16(isLittle: Bool) async throws {
        try await Rehearsal.run { rehearsal in
            let units = "Ticket ID,Assignee\r\n\(Self.first),Tomás\r\n".utf16
            func bytes(_ units: some Sequence<UInt16>) -> [UInt8] {
                units.flatMap { unit in
                    let pair = [UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8)]
                    return isLittle ? pair : pair.reversed()
                }
            }
            let marked = try await plan(
                bytes([0xFEFF] + Array(units)), name: "a.csv", rehearsal: rehearsal)
            #expect(marked.status == 0, "\(marked.errors)")
            #expect(marked.output.contains("Tomás"))
            let bare = try await plan(bytes(units), name: "b.csv", rehearsal: rehearsal)
            #expect(bare.status == 6)
            let name = isLittle ? "UTF-16LE" : "UTF-16BE"
            #expect(
                bare.errors.contains("iconv -f \(name) -t UTF-8 b.csv > b-2.csv"), "\(bare.errors)")
            let told = try await rehearsal.program(["plan", "b.csv", "--encoding", name])
            #expect(told.status == 0, "\(told.errors)")
            #expect(told.output.contains("Tomás"))
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

    @Test(
        "a header in trouble that is ASCII is not called an encoding",
        arguments: ["Ticket \"ID\",Status\n", "\"Ticket ID,Status\n", "Ticket ID,Sta\u{0}tus\n"])
    func troubledHeader(text: String) async throws {
        try await Rehearsal.run { rehearsal in
            let bytes = Array((text + "\(Self.first),Open\n").utf8)
            let result = try await plan(bytes, name: "rows.csv", rehearsal: rehearsal)
            #expect(result.status == 6)
            #expect(!result.errors.contains("Windows-1252"), "\(result.errors)")
        }
    }

    @Test("Windows-1252 is seen in gzip data, in JSON Lines, and behind quoted delimiters")
    func hiddenWindows1252() async throws {
        try await Rehearsal.run { rehearsal in
            let rows: [(String, String)] = [
                ("Ticket ID,Note,Status\n\(Self.first),\"a, caf#\",Open\n", "column \"Note\""),
                (
                    "{\"ticketId\":\"\(Self.first)\",\"status\":\"Open\",\"note\":\"caf#\"}\n",
                    "line 1 reads \"café\""
                ),
            ]
            for (text, said) in rows {
                let bytes = text.utf8.map { $0 == UInt8(ascii: "#") ? 0xE9 : $0 }
                let plain = try await plan(bytes, name: "rows", rehearsal: rehearsal)
                #expect(plain.status == 6, "\(plain.output)")
                #expect(plain.errors.contains(said), "\(plain.errors)")
                let zipped = try await BuiltProgram.run(
                    ["-c", "gzip -kf rows; \"$0\" plan rows.gz", BuiltProgram.executable.path],
                    in: rehearsal.folder, environment: rehearsal.environment,
                    executable: URL(filePath: "/bin/bash"))
                #expect(zipped.status == 6, "\(zipped.output)")
                #expect(zipped.errors.contains(said), "\(zipped.errors)")
            }
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

    @Test("the input's digest is that of its own bytes, in every encoding")
    func digests() async throws {
        try await Rehearsal.run { rehearsal in
            let text = "Ticket ID,Status,Note\n\(Self.first),Open,caf\u{E9}\n"
            let units = ("\u{FEFF}" + text).utf16.flatMap {
                [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)]
            }
            let latin = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
            for (bytes, options) in [(units, []), (latin, ["--encoding", "latin1"])] {
                try rehearsal.directory.write(bytes, to: "rows.csv")
                let result = try await BuiltProgram.run(
                    [
                        "-c",
                        "\"$0\" plan rows.csv --force --output p \"$@\" >&2; head -1 p; sha256sum rows.csv",
                        BuiltProgram.executable.path,
                    ] + options, in: rehearsal.folder, environment: rehearsal.environment,
                    executable: URL(filePath: "/bin/bash"))
                #expect(result.status == 0, "\(result.errors)")
                let digest = try #require(result.output.firstMatch(of: #/([0-9a-f]{64})  rows/#)).1
                #expect(result.output.contains("\"sha256\":\"\(digest)\""))
            }
        }
    }
}
