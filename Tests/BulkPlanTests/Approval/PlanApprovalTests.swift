import BulkPlan
import BulkSystem
import BulkTestSupport
import CLibrary
import Testing

@Suite("The file of approvals")
struct PlanApprovalTests {
    static let plan = String(repeating: "0123456789abcdef", count: 4)

    static func decision(
        _ decision: PlanApproval.Decision = .approve, by who: String = "ada@desk",
        at: Int64 = 1_000_000, expires: Int64? = 2_000_000, note: String = "", plan: String = plan
    ) -> PlanApproval {
        PlanApproval(
            plan: plan, decision: decision, who: who, at: at,
            expires: decision == .approve ? expires : nil, note: note)
    }

    private static let armour =
        "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n"

    private func parse(_ text: String) throws(ApprovalError) -> [PlanApproval] {
        try ApprovalFile.parse(Array(text.utf8), path: "p")
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("a line has one form, and a signature covers it without its last member")
    func form() throws {
        var approval = Self.decision(note: "checked \"twice\"\u{1B}\n\u{2028}é")
        let unsigned =
            #"{"format":"mava-bulk-approval","version":1,"plan":"\#(Self.plan)","#
            + #""decision":"approve","who":"ada@desk","at":"1970-01-01T00:16:40.000Z","#
            + #""expires":"1970-01-01T00:33:20.000Z","note":"checked \"twice\"\u001b\n\u2028é"}"#
        #expect(text(approval.line) == unsigned)
        approval.signature = Self.armour
        #expect(text(approval.signedBytes) == unsigned)
        let signature =
            #","signature":"-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n"#
            + #"-----END SSH SIGNATURE-----\n"}"#
        #expect(text(approval.line) == unsigned.dropLast() + signature)
        let decline = Self.decision(.decline, note: "no")
        #expect(!text(decline.line).contains("expires"))
        #expect(try parse(text(approval.line + [10] + decline.line + [10])) == [approval, decline])
        #expect(try parse("").isEmpty)
    }

    @Test(
        "a line that differs from what is written is refused with its number",
        arguments: [
            ("{\"format\"", "{ \"format\""), ("\"version\":1", "\"version\":1.0"),
            ("\"version\":1,", ""), ("approve", "accept"), ("abcdef\"", "abcde\""),
            ("abcdef\"", "abcdeF\""), ("abcdef\"", "abcdeg\""), ("ada@desk", ""),
            ("ada@desk", "a\\u0064a@desk"), ("40.000Z", "40Z"), ("40.000Z", "40.000+00:00"),
            (#""expires":"1970-01-01T00:33:20.000Z","#, ""),
            ("00:33:20", "00:16:40"), ("1970-01-01T00:16", "1970-02-30T00:16"),
            (#","note":"n""#, ""), (#""note":"n""#, #""note":null"#),
            (#""note":"n""#, #""note":"n","note":"n""#),
            (#""note":"n""#, #""note":"n","more":1"#),
            (#""note":"n""#, #""note":"n","signature":"none""#),
            (#"","who":"ada@desk"#, #"","who":"ada@desk","who":"ben@desk"#), ("n\"}", "n\"}}"),
            ("n\"}", "n\"} "), ("n\"}", "n\"}\r"), ("n\"}", "n\"}{}"), ("approve", "decline"),
        ])
    func altered(from: String, to: String) throws {
        let line = text(Self.decision(note: "n").line)
        let altered = line.replacing(from, with: to, maxReplacements: 1)
        #expect(altered != line)
        let error = #expect(throws: ApprovalError.self) {
            try parse(line + "\n" + altered + "\n")
        }
        #expect(error?.code == .fileUnusable)
        #expect(error?.line == 2)
        #expect(error?.message.contains("not as it was written") == true, "\(altered)")
    }

    @Test("bytes that are no UTF-8 are refused, also where a reader would repair them")
    func bytes() {
        var line = Self.decision(note: "x").line + [10]
        line[line.count - 4] = 0xFF
        #expect(throws: ApprovalError.self) { try ApprovalFile.parse(line, path: "p") }
    }

    @Test("a torn last line, another file, a newer version and too many lines are each said")
    func refusals() throws {
        let line = text(Self.decision().line)
        let cases: [(String, Int?, String)] = [
            (line + "\n" + line, 2, "was cut short"),
            (line.dropLast(20) + "\n", 1, "not as it was written"),
            ("\n", 1, "not an approval of a plan"), ("[]\n", 1, "not an approval of a plan"),
            (#"{"format":"mava-bulk-plan","version":1}"# + "\n", 1, "not an approval of a plan"),
            (line.replacing("n\":1", with: "n\":2") + "\n", 1, "format version 2"),
            (String(repeating: line + "\n", count: 201), nil, "more than 200 lines"),
            (String(repeating: "x", count: 2 << 20), nil, "too long"),
        ]
        for (text, number, message) in cases {
            let error = #expect(throws: ApprovalError.self) { try parse(text) }
            #expect(error?.line == number, "\(message)")
            #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        }
    }

    @Test("lines are added, and all of them are there, whoever adds them at the same time")
    func appending() async throws {
        let directory = try TemporaryDirectory()
        let path = ApprovalFile.path(ofPlan: directory.file("plan.jsonl"))
        #expect(path.hasSuffix("/plan.jsonl.approval.jsonl"))
        #expect(try ApprovalFile.read(path)?.bytes == nil)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try ApprovalFile.append(Self.decision(at: Int64(number)), to: path)
                }
            }
            try await group.waitForAll()
        }
        let times = try #require(try ApprovalFile.read(path)).approvals.map(\.at)
        #expect(times.sorted() == (0..<20).map { Int64($0) })
        var information = stat()
        #expect(stat(path, &information) == 0 && information.st_mode & 0o777 == 0o600)
    }

    @Test("a failed write or sync leaves the file as it was", arguments: [true, false])
    func failed(isWrite: Bool) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a")
        try ApprovalFile.append(Self.decision(), to: path)
        let before = try directory.read("a")
        let failing = FailingFileSystem(
            isWrite ? .write(3, errorNumber: ENOSPC) : .sync(1, errorNumber: EIO),
            longestWrite: 40)
        #expect(throws: FileError.self) {
            try ApprovalFile.append(Self.decision(.decline), to: path, fileSystem: failing)
        }
        #expect(try directory.read("a") == before)
        #expect(failing.openFiles == 0)
    }

    @Test("nothing is added to a torn file, a full one, another one, a link or a pipe")
    func occupied() throws {
        let directory = try TemporaryDirectory()
        let line = text(Self.decision().line)
        for other in [
            line, "something else\n", String(repeating: line + "\n", count: 200),
        ] {
            let path = try directory.write(other, to: "a")
            #expect(throws: ApprovalError.self) {
                try ApprovalFile.append(Self.decision(), to: path)
            }
            #expect(try directory.readText("a") == other)
        }
        let link = directory.file("link")
        symlink(directory.file("target"), link)
        mkfifo(directory.file("pipe"), 0o600)
        for path in [link, directory.file("pipe")] {
            #expect(throws: FileError.self) {
                try ApprovalFile.append(Self.decision(), to: path)
            }
            #expect(throws: FileError.self) { try ApprovalFile.read(path) }
        }
        #expect(!FilePath.isTaken(directory.file("target")))
    }
}
