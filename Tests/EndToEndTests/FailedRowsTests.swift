import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("The file of failed rows is what its writer can go on with")
struct FailedRowsTests {
    private static let tickets = ["695c76afd0e42018b77a9c2d", "695cd34fa4b07254adddf65b"]

    @Test(
        "it has the input's delimiter, mark and line ends, and keeps the first numbers through every round"
    )
    func sameForm() async throws {
        try await Rehearsal.run { rehearsal in
            let text =
                "\u{FEFF}Ticket ID;Assignee;Note\r\n\(Self.tickets[0]);Ben;ok\r\n"
                + "\(Self.tickets[1]);Nobody X;\"=1+1; \"\"q\"\"\"\r\n"
            try rehearsal.directory.write(text, to: "rows.csv")
            var input = "rows.csv"
            for round in 1...3 {
                let result = try await rehearsal.program(
                    ["apply", input, "--yes", "--run-dir", "run\(round)"] + Rehearsal.wideQuota)
                #expect(result.status == 3, "\(result.errors)")
                input = "run\(round)/failed.csv"
                let failed = try rehearsal.directory.readText(input)
                let lines = failed.components(separatedBy: "\r\n")
                #expect(lines.count == 3, "\(failed)")
                #expect(lines[0] == "\u{FEFF}Ticket ID;Assignee;Note;mavaBulkRow;mavaBulkError")
                #expect(
                    lines[1].hasPrefix(
                        "\(Self.tickets[1]);Nobody X;\"'=1+1; \"\"q\"\"\";2;"), "\(lines[1])")
                #expect(lines[1].contains("invalid: "))
            }
        }
    }

    @Test("a row that is not UTF-8 keeps its bytes")
    func undecodable() async throws {
        try await Rehearsal.run { rehearsal in
            let row = Array("\(Self.tickets[1]),Ben,\"caf".utf8) + [0xE9] + Array(", x\"".utf8)
            let bytes =
                Array("Ticket ID,Assignee,Note\n\(Self.tickets[0]),Ben,é\n".utf8) + row + [0x0A]
            try rehearsal.directory.write(bytes, to: "rows.csv")
            let result = try await rehearsal.program(
                ["apply", "rows.csv", "--yes", "--run-dir", "run"] + Rehearsal.wideQuota)
            #expect(result.status == 3)
            let failed = try rehearsal.directory.read("run/failed.csv")
            #expect(failed.firstRange(of: row + Array(",2,invalid: ".utf8)) != nil)
        }
    }

    @Test("what could not be read is kept as it was through every round")
    func unreadableRounds() async throws {
        try await Rehearsal.run { rehearsal in
            let undecodable =
                Array("\(Self.tickets[1]),Ben,\"caf".utf8) + [0xE9] + Array(", x\"".utf8)
            let bytes =
                Array("Ticket ID,Assignee,Note\r\(Self.tickets[0]),Nobody X,é\r".utf8)
                + undecodable + Array("\rx,y\r".utf8)
            try rehearsal.directory.write(bytes, to: "rows.csv")
            let foreign = Array("{\"id\":\"\(Self.tickets[1])\",\"n\":\"caf".utf8) + [0xE9, 0x22]
            let json =
                Array("{\"id\":\"\(Self.tickets[0])\",\"status\":Open}\n".utf8) + foreign
                + Array("}\n{\"id\":\"\(Self.tickets[1])\",\"agent\":\"é\"}\n".utf8)
            try rehearsal.directory.write(json, to: "rows.jsonl")
            var inputs = ["rows.csv", "rows.jsonl"]
            for round in 1...3 {
                for (index, input) in inputs.enumerated() {
                    let run = "run\(index)\(round)"
                    let result = try await rehearsal.program(
                        ["apply", input, "--yes", "--run-dir", run] + Rehearsal.wideQuota)
                    #expect(result.status == 3, "\(result.errors)")
                    inputs[index] = run + (index == 0 ? "/failed.csv" : "/failed.jsonl")
                }
                let table = try rehearsal.directory.read(inputs[0])
                #expect(table.firstRange(of: undecodable + Array(",2,invalid: ".utf8)) != nil)
                let text = String(decoding: table, as: UTF8.self)
                #expect(text.split(separator: "\r").count == 4, "\(text)")
                #expect(!text.contains("\n"))
                #expect(text.contains("the record as written: x,y\""), "\(text)")
                let bytes = try rehearsal.directory.read(inputs[1])
                #expect(
                    bytes.firstRange(of: foreign + Array(",\"mavaBulkRow\":2,".utf8)) != nil)
                let lines = String(decoding: bytes, as: UTF8.self)
                #expect(
                    lines.contains(#"the record as written: {\"id\":\"\#(Self.tickets[0])\","#),
                    "\(lines)")
                #expect(lines.hasPrefix(#"{"mavaBulkRow":1,"#))
            }
            #expect(rehearsal.updates == 0)
        }
    }

    @Test(
        "values of JSON stay what they are: numbers, objects, null, and keys that a record has not")
    func jsonValues() async throws {
        try await Rehearsal.run { rehearsal in
            let rows = [
                #"{"id":"\#(Self.tickets[0])","agent":"Nobody X","n":1.50,"x":{"a":[1]},"t":true}"#,
                #"{"id":"\#(Self.tickets[1])","agent":"Nobody X","n":null,"s":"","t":"true"}"#,
                #"{"id":"","ticketId":"\#(Self.tickets[1])","status":"Pending"}"#,
            ]
            try rehearsal.directory.write(rows.joined(separator: "\n"), to: "rows.jsonl")
            var input = "rows.jsonl"
            for round in 1...2 {
                let result = try await rehearsal.program(
                    ["apply", input, "--yes", "--run-dir", "run\(round)"] + Rehearsal.wideQuota)
                #expect(result.status == 3, "\(result.output)")
                input = "run\(round)/failed.jsonl"
                let lines = try rehearsal.directory.readText(input).split(separator: "\n")
                #expect(lines.count == 3, "\(lines)")
                for (row, line) in zip(rows, lines) {
                    // The keys of all records are in the order of their first occurrence.
                    let parts = row.dropFirst().dropLast().split(separator: ",")
                    for part in parts { #expect(line.contains(part), "\(line)") }
                    #expect(line.split(separator: ",").count >= parts.count + 2)
                }
            }
            #expect(rehearsal.updates == 0)
        }
    }

    @Test("a record with a NUL is quoted so that its correction is accepted")
    func nul() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(
                "Ticket ID,Status,Note\n\(Self.tickets[0]),Open,a\0b\n", to: "rows.csv")
            var input = "rows.csv"
            var texts: [String] = []
            for round in 1...3 {
                let result = try await rehearsal.program(
                    ["apply", input, "--yes", "--run-dir", "run\(round)"] + Rehearsal.wideQuota)
                #expect(result.status == 3, "\(result.errors)")
                input = "run\(round)/failed.csv"
                texts.append(try rehearsal.directory.readText(input))
                let end = #"; the record as written: \#(Self.tickets[0]),Open,a\u{0}b""# + "\n"
                #expect(texts.last?.hasSuffix(end) == true, "\(texts)")
            }
            #expect(texts[1] == texts[2])
            let corrected = texts[2].replacing("\n,,,1,", with: "\n\(Self.tickets[0]),Open,ab,1,")
            try rehearsal.directory.write(corrected, to: "corrected.csv")
            let result = try await rehearsal.program(
                ["apply", "corrected.csv", "--yes"] + Rehearsal.wideQuota)
            #expect(result.status == 0, "\(result.errors)")
            #expect(rehearsal.updates == 1)
        }
    }

    @Test("JSON Lines get JSON Lines")
    func jsonLines() async throws {
        try await Rehearsal.run { rehearsal in
            let text =
                "{\"id\":\"\(Self.tickets[0])\",\"agent\":\"Ben\"}\n"
                + "{\"id\":\"\(Self.tickets[1])\",\"agent\":\"Nobody X\",\"note\":\"a\\nb\"}\n"
            try rehearsal.directory.write(text, to: "rows.jsonl")
            let first = try await rehearsal.program(
                ["apply", "rows.jsonl", "--yes", "--run-dir", "run"] + Rehearsal.wideQuota)
            #expect(first.status == 3)
            #expect(first.errors.contains("run/failed.jsonl"))
            let failed = try rehearsal.directory.readText("run/failed.jsonl")
            #expect(
                failed.hasPrefix(
                    #"{"id":"\#(Self.tickets[1])","agent":"Nobody X","note":"a\nb","mavaBulkRow":2,"#
                ))
            try rehearsal.directory.write(
                failed.replacing("Nobody X", with: "Mei"), to: "corrected.jsonl")
            let second = try await rehearsal.program(
                ["apply", "corrected.jsonl", "--yes", "--run-dir", "again"] + Rehearsal.wideQuota)
            #expect(second.status == 0, "\(second.errors)")
        }
    }

    @Test("a record with two keys for one thing keeps both, so that it stays invalid as it is")
    func doubledKeys() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(
                "{\"id\":\"\(Self.tickets[0])\",\"agent\":\"Mei\",\"owner\":\"Grace\"}\n",
                to: "rows.jsonl")
            var input = "rows.jsonl"
            for round in 1...2 {
                let result = try await rehearsal.program(
                    ["apply", input, "--yes", "--run-dir", "run\(round)"] + Rehearsal.wideQuota)
                #expect(result.status == 3, "\(result.errors)\(result.output)")
                input = "run\(round)/failed.jsonl"
                let failed = try rehearsal.directory.readText(input)
                #expect(failed.contains(#""agent":"Mei","owner":"Grace""#), "\(failed)")
            }
            #expect(rehearsal.updates == 0)
        }
    }

    @Test(
        "it can be applied with the options of its input", arguments: ["windows-1252", "utf-16le"])
    func encodings(encoding: String) async throws {
        try await Rehearsal.run { rehearsal in
            let text = "Ticket ID,Assignee\r\n\(Self.tickets[0]),Nob\u{E1}dy\r\n"
            var bytes: [UInt8] = []
            for scalar in text.unicodeScalars {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
                if encoding == "utf-16le" { bytes.append(0) }
            }
            try rehearsal.directory.write(bytes, to: "rows.csv")
            var input = "rows.csv"
            for round in 1...3 {
                let result = try await rehearsal.program(
                    ["apply", input, "--yes", "--run-dir", "run\(round)", "--encoding", encoding]
                        + Rehearsal.wideQuota)
                #expect(result.status == 3, "\(result.errors)")
                input = "run\(round)/failed.csv"
                let failed = try rehearsal.directory.readText(input)
                #expect(failed.contains("\(Self.tickets[0]),Nob\u{E1}dy,1,"), "\(failed)")
            }
        }
    }

    @Test("it is not there when nothing failed, and goes when a resumed run has sent all")
    func absent() async throws {
        try await Rehearsal.run { rehearsal in
            let file = Rehearsal.sample("reassign/handover.csv")
            let first = try await rehearsal.program(
                ["apply", file, "--yes", "--run-dir", "run", "--deadline", "1ms"]
                    + Rehearsal.wideQuota)
            #expect(first.status == 5)
            let failed = try rehearsal.directory.readText("run/failed.csv")
            #expect(failed.contains(",unsent"))
            let resumed = try await rehearsal.program(
                ["resume", "run", "--yes", "--deadline", "10m"])
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(!(try rehearsal.directory.names("run")).contains("failed.csv"))
        }
    }
}
