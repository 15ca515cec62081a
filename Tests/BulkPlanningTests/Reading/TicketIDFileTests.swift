import BulkRecords
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlanning

@Suite("Files of ticket ids")
struct TicketIDFileTests {
    private static let one = "665f1c0ac2b9e4a1d8f10001"
    private static let two = "665f1c0ac2b9e4a1d8f10002"
    private static let link = "https://dashboard.mava.app/dashboard/ticket?id="

    private static func ids(_ text: String) throws -> [String] {
        let directory = try TemporaryDirectory()
        let path = try directory.write(text, to: "ids.txt")
        return try TicketIDFile.ids(path: path).map(\.rawValue).sorted()
    }

    @Test(
        "a file has an id on each line, or a header that names the column of ids",
        arguments: [
            "\(one)\n\n \(two) \n", "\(one)\r\(two)\r", "\(one)\r\n\(two)",
            "\(one.uppercased())\n\(two)",
            "\u{FEFF}ticketId,subject\r\n\(one),\"x\"\n\n\(link)\(two)\n\(one)",
            "subject;Ticket ID\n\"a\nb\";\(one)\nx;'\(two)\n", "\(one),\"a, b\"\n\(two),x\n",
            "\"\(one)\"\n'\(two)\n", "=\"\(one)\"\n\"=\"\"\(two)\"\"\"\n",
            "\(link)\(two.uppercased())\n\(one)\n", "sep=;\r\n\(one);x\r\n\(two)\r\n",
            "\n\"SEP=,\"\n\n\(one)\n\(two)\n", "sep=;\nsubject;Ticket ID\na,b;\(one)\n;\(two)\n",
        ])
    func forms(text: String) throws {
        #expect(try Self.ids(text) == [Self.one, Self.two])
    }

    @Test("a file is decoded as an input is, in both forms")
    func encodings() throws {
        let directory = try TemporaryDirectory()
        for text in [
            "\(Self.one)\n\(Self.two)\n", "subject,ticketId\né,\(Self.one)\nx,\(Self.two)\n",
        ] {
            let bytes = Array("\u{FEFF}\(text)".utf16).flatMap {
                [UInt8($0 & 0xFF), UInt8($0 >> 8)]
            }
            let path = try directory.write(bytes, to: "ids.txt")
            #expect(
                try TicketIDFile.ids(path: path).map(\.rawValue).sorted() == [Self.one, Self.two])
            try directory.write(Array(bytes.dropFirst(2)), to: "ids.txt")
            let error = #expect(throws: ReadError.self) { try TicketIDFile.ids(path: path) }
            #expect(error?.message.contains("UTF-16") == true)
        }
        let error = TicketIDFile.Unusable(path: "-", line: 2, message: "x")
        #expect("\(error)" == "standard input:2: x")
    }

    @Test("ids of another form are accepted where all have one")
    func others() throws {
        #expect(try Self.ids("T-1\nT-2\n") == ["T-1", "T-2"])
        #expect(try Self.ids("\n").isEmpty)
    }

    @Test(
        "a line without a usable id is refused with its value",
        arguments: [
            ("https://x/?id=12", "https://x/?id=12"), ("row 3", "row 3"), ("6.95E+23", "6.95E+23"),
            ("#\(one)", "did you mean \(one)"), ("name", "name"), ("\(one), \(two)", "has 2"),
            (",\(one)", "has none there"), ("{\"id\":\"\(two)\"}", "did you mean \(two)"),
            ("17", "17"), ("695612345678901000000000", "digits are lost"),
            ("695612345678901200000000.0", "digits are lost"),
        ])
    func unusable(line: String, said: String) throws {
        let error = #expect(throws: TicketIDFile.Unusable.self) {
            try Self.ids("\(Self.one)\n\(line)\n\(Self.two)\n")
        }
        #expect(error?.line == 2)
        #expect(error?.message.contains(said) == true, "\(error?.message ?? "")")
    }

    @Test("of several columns of ids the surest is read, and they must agree")
    func severalColumns() throws {
        #expect(
            try Self.ids(
                "Ticket URL,ticketId,Ticket #\n\(Self.link)\(Self.one),\(Self.one),17\n,\(Self.two),\n"
            )
                == [Self.one, Self.two])
        for (text, line) in [
            ("Ticket URL,ticketId\n\(Self.link)\(Self.two),\(Self.one)\n", 2),
            ("ticketId,Id\n\(Self.one),\(Self.two)\n", 1),
        ] {
            let error = #expect(throws: TicketIDFile.Unusable.self) { try Self.ids(text) }
            #expect(error?.line == line)
        }
    }

    @Test("a header that names no column of ids is refused beside ids")
    func otherHeader() {
        let error = #expect(throws: TicketIDFile.Unusable.self) {
            try Self.ids("name\n\(Self.one)\n")
        }
        #expect(error?.line == 1)
    }
}
