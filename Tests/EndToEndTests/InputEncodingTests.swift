import BulkTestSupport
import Foundation
import Testing

@Suite("Inputs in other encodings than UTF-8")
struct InputEncodingTests {
    private static let first = Rehearsal.firstTicket
    private static let second = Rehearsal.secondTicket

    @Test(
        "a header in ASCII that is malformed is not said to be in another encoding",
        arguments: [
            "Ticket ID,\"Ass\"ignee", "\"Ticket ID\",\t\"Assignee\"", "Ticket ID,\"Assignee",
        ])
    func malformedHeader(header: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.plan(
                Array("\(header)\n\(Self.first),Mei\n".utf8), name: "rows.csv")
            #expect(result.status == 6)
            #expect(result.errors.contains("the header cannot be read"), "\(result.errors)")
            #expect(!result.errors.contains("1252"), "\(result.errors)")
        }
    }

    @Test(
        "a header in trouble that is ASCII is not called an encoding",
        arguments: ["Ticket \"ID\",Status\n", "\"Ticket ID,Status\n", "Ticket ID,Sta\u{0}tus\n"])
    func troubledHeader(text: String) async throws {
        try await Rehearsal.run { rehearsal in
            let bytes = Array((text + "\(Self.first),Open\n").utf8)
            let result = try await rehearsal.plan(bytes, name: "rows.csv")
            #expect(result.status == 6)
            #expect(!result.errors.contains("Windows-1252"), "\(result.errors)")
        }
    }

    @Test("a whole file in Windows-1252 is refused with two ways out, and read when it is said")
    func windows1252() async throws {
        try await Rehearsal.run { rehearsal in
            let bytes =
                Array("Ticket ID;Assignee;Note\r\n\(Self.first);Tom".utf8) + [0xE1]
                + Array("s;caf".utf8) + [0xE9] + Array("\r\n".utf8)
            let refused = try await rehearsal.plan(bytes, name: "my rows.csv")
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
            let result = try await rehearsal.plan(mixed, name: "mixed.csv")
            #expect(result.status == 3)
            #expect(result.output.contains(" 1 invalid"))
        }
    }

    @Test("A character that the file's own encoding does not have is the problem of its row")
    func noCharacter() async throws {
        let text = "Ticket ID,Status,Note\n\(Self.first),Pending,x\n\(Self.second),Pending,y"
        let halfPair: [UInt8] =
            [0xFF, 0xFE] + text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
            + [0x3D, 0xD8, 0x0A, 0x00]
        try await Rehearsal.run { rehearsal in
            let inputs: [(bytes: [UInt8], options: [String], encoding: String)] = [
                (Array(text.utf8) + [0x81, 0x0A], ["--encoding", "cp1252"], "windows-1252"),
                (halfPair, [], "utf-16le"), (halfPair + [0x41], [], "utf-16le"),
            ]
            for (bytes, options, encoding) in inputs {
                let result = try await rehearsal.plan(bytes, name: "rows.csv", options: options)
                #expect(result.status == 3, "\(result.errors)")
                #expect(
                    result.output.contains("a character is none in \(encoding)"),
                    "\(result.output)")
            }
        }
    }

    @Test(
        "Windows-1252 is seen where a letter with an accent stands before a sign",
        arguments: [
            [0xE9, 0x94], [0xE9, 0x92], [0xE0, 0x85], [0xF3, 0xBB], [0xDF, 0x94], [0xC9, 0x85],
            [0xE9, 0x85, 0x94],
        ] as [[UInt8]])
    func accentBeforeSign(bytes: [UInt8]) async throws {
        try await Rehearsal.run { rehearsal in
            let text =
                Array("Ticket ID;Note;Status\n\(Self.first);caf".utf8) + bytes
                + Array(";Open\n\(Self.second);".utf8) + [0xFC] + Array("ber;Open\n".utf8)
            let refused = try await rehearsal.plan(text, name: "rows.csv")
            #expect(refused.status == 6, "\(refused.output)")
            #expect(refused.errors.contains("--encoding windows-1252"), "\(refused.errors)")
        }
    }

    @Test("Lists, maps and guards are decompressed and decoded as inputs are")
    func otherFiles() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write("ticketId,assignee\n\(Self.first),Mei\n", to: "rows.csv")
            try rehearsal.directory.write("from,to\nMei,Ada\n", to: "map.csv")
            try rehearsal.directory.write("{\"maxChanges\": 0}\n", to: "guards.json")
            try rehearsal.directory.write("\(Self.first)\n", to: "ids.txt")
            try rehearsal.directory.write("\"1\"\n", to: "drop.txt")
            let packs = [
                "gzip -c $1 > other-$1", "(printf '\\377\\376'; iconv -t UTF-16LE $1) > other-$1",
            ]
            for pack in packs {
                let script = """
                    set -e
                    pack() { \(pack); }
                    for file in map.csv guards.json ids.txt drop.txt; do pack $file; done
                    rm -f plan.jsonl
                    mava-bulk plan rows.csv --map assignee=other-map.csv --output plan.jsonl
                    mava-bulk plan edit plan.jsonl --drop-file other-drop.txt --output edited.jsonl --force
                    mava-bulk export --id-file other-ids.txt --columns ticketId
                    mava-bulk export --id-file - --columns ticketId < other-ids.txt
                    mava-bulk plan rows.csv --guards other-guards.json || echo status $?
                    """
                let result = try await Shell.paste(
                    script, in: rehearsal.directory, rehearsal.environment)
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.errors.contains("left out 1 row"), "\(result.errors)")
                #expect(
                    result.output.components(separatedBy: "ticketId\n\(Self.first)\n").count == 3,
                    "\(result.output)")
                #expect(result.output.hasSuffix("status 7\n"), "\(result.output)\(result.errors)")
            }
            let words = try await rehearsal.program(
                ["export", "--id-file", "-"], input: "\(Self.first)\nnonsense 1\n")
            #expect(words.status == 6)
            #expect(words.errors.contains("standard input:2:"), "\(words.errors)")
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
                let plain = try await rehearsal.plan(bytes, name: "rows")
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
            let marked = try await rehearsal.plan(bytes([0xFEFF] + Array(units)), name: "a.csv")
            #expect(marked.status == 0, "\(marked.errors)")
            #expect(marked.output.contains("Tomás"))
            let bare = try await rehearsal.plan(bytes(units), name: "b.csv")
            #expect(bare.status == 6)
            let name = isLittle ? "UTF-16LE" : "UTF-16BE"
            #expect(
                bare.errors.contains("iconv -f \(name) -t UTF-8 b.csv > b-2.csv"), "\(bare.errors)")
            let told = try await rehearsal.program(["plan", "b.csv", "--encoding", name])
            #expect(told.status == 0, "\(told.errors)")
            #expect(told.output.contains("Tomás"))
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
