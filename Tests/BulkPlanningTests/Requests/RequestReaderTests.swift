import BulkReporting
@testable import BulkPlan
@testable import BulkPlanning
import BulkRecords
import BulkTestSupport
import MavaAPI
import Testing

/// Everything that reading an input's requests returns.
private struct SeenRequests: Equatable {
    struct Row: Equatable {
        var request: RequestedChange?
        var preconditions: Preconditions?
        var issueCode: RowIssue.Code?
    }

    var rows: [Row] = []
    var columns: [String]
    var agents: [String]
    var categories: [String]
    var statuses: [String]
    var ticketIDs: [String]

    private init(_ rows: [Row], _ mapper: borrowing RequestMapper) {
        self.rows = rows
        columns = mapper.columns.names
        agents = Self.names(mapper.agents)
        categories = Self.names(mapper.categories)
        statuses = Self.names(mapper.statuses)
        ticketIDs = Self.names(mapper.ticketIDs)
    }

    private static func names(_ table: borrowing NameTable) -> [String] {
        var names: [String] = []
        for index in 0..<table.count { names.append(table.name(index)) }
        return names
    }

    /// Maps records one after another.
    init(_ reader: consuming RecordReader) throws {
        var reader = reader
        var mapper = try RequestMapper(columns: reader.columns, format: reader.format)
        var rows: [Row] = []
        while try reader.next({ record in
            var row = Row()
            if mapper.map(record) {
                row.request = mapper.request
                if mapper.request.hasPreconditions { row.preconditions = mapper.preconditions }
            } else {
                row.issueCode = mapper.issues.first?.code
                #expect(mapper.issueCode == row.issueCode)
            }
            rows.append(row)
        }) {}
        self.init(rows, mapper)
    }

    /// Reads batch by batch.
    init(_ requests: consuming RequestReader) throws {
        var requests = requests
        var rows: [Row] = []
        while let batch = try requests.next() {
            #expect(batch.firstRow == rows.count)
            for index in 0..<batch.count {
                let request = batch.requests[index]
                rows.append(
                    Row(
                        request: request.asksForChange ? request : nil,
                        preconditions: batch.preconditions(index), issueCode: batch.issueCode(index)
                    ))
            }
        }
        self.init(rows, requests.finish())
    }
}

@Suite("Requests read batch by batch")
struct RequestReaderTests {
    private func reader(
        _ bytes: [UInt8], _ format: RecordFormat, _ limits: RecordLimits = RecordLimits()
    ) throws -> RecordReader {
        try RecordReader(ByteSource(bytes: bytes), format: format, limits: limits)
    }

    @Test(
        "Random inputs ask for the same as record by record, at any size and on two threads",
        arguments: RecordFormat.allCases)
    func same(format: RecordFormat) throws {
        var inputs = RandomRequests(random: SeededGenerator(seed: 20_260_301))
        var met: Set<RowIssue.Code> = []
        for number in 0..<RandomInputs.count(1000) {
            let bytes = format == .csv ? inputs.csv() : inputs.json()
            let limits =
                inputs.random.chance(20) ? RecordLimits(columns: 4 + number % 5) : RecordLimits()
            let plain = try SeenRequests(reader(bytes, format, limits))
            met.formUnion(plain.rows.compactMap(\.issueCode))
            let size = inputs.random.pick([1, 10, 30, 64, 100, 150, 200, 300, 500, 1000, 4096])
            let ahead = try SeenRequests(
                RequestReader(
                    reader(bytes, format, limits), blockSize: size, startThread: { _ in nil }))
            if plain != ahead {
                let row = zip(plain.rows, ahead.rows).first { $0 != $1 }
                Issue.record(
                    "input \(number), size \(size): \(row.map { "\($0), not \($1)" } ?? "\(plain), not \(ahead)")"
                )
                return
            }
            if number % 4 == 0 {
                let shared = try SeenRequests(
                    RequestReader(reader(bytes, format, limits), blockSize: size))
                #expect(plain == shared, "input \(number), size \(size)")
            }
        }
        #expect(
            met.isSuperset(of: [
                .malformedRecord, .ticketIDMissing, .ticketIDInvalid, .statusInvalid,
                .priorityInvalid, .valueInvalid, .notClearable,
            ]))
    }

    /// Rows of an id and other values, in a format.
    private func input(
        _ columns: [String], _ rows: [[String]], _ format: RecordFormat
    ) -> [UInt8] {
        guard format == .jsonLines else {
            return Array(
                ([columns] + rows).map { $0.joined(separator: ",") + "\n" }.joined().utf8)
        }
        let lines = rows.map { row in
            let members = zip(columns, row).map { column, value in
                column == "priority" && ["0", "1", "2", "3", "4"].contains(value)
                    ? "\"priority\":\(value)" : "\"\(column)\":\"\(value)\""
            }
            return "{" + members.joined(separator: ",") + "}\n"
        }
        return Array(lines.joined().utf8)
    }

    private func id(_ row: Int) -> String {
        String(0x1000_0000 + row, radix: 16) + "c2b9e4a1d8f00b21"
    }

    @Test(
        "A block of thousands of rows, plain and not, is read as record by record",
        arguments: RecordFormat.allCases)
    func many(format: RecordFormat) throws {
        var random = SeededGenerator(seed: 20_260_302)
        // A batch's row capacity differs from the number of rows appended at a time.
        for (count, share) in [(1000, 20), (1020, 1), (1030, 60), (5000, 100), (20_000, 20)] {
            // A name that is not ASCII is read by itself in each row, so 64 rows have few or many of those.
            let rows = (0..<count).map { row in
                [id(row), random.chance(share) ? "Zoë" : "agent\(row % 300)"]
            }
            let bytes = input(["ticketId", "assignedTo"], rows, format)
            let plain = try SeenRequests(reader(bytes, format))
            let batches = try SeenRequests(
                RequestReader(reader(bytes, format), blockSize: 1 << 21, startThread: nil))
            #expect(plain.rows.count == count && plain == batches)
        }
    }

    @Test(
        "A value means the same with a blank before it, which only the rules for any text can read",
        arguments: RecordFormat.allCases)
    func blanks(format: RecordFormat) throws {
        var random = SeededGenerator(seed: 20_260_303)
        let values = [
            ["Open", "resolved", "PENDING", "Waiting", "Snoozed", "null", "spam", ""],
            ["1", "2", "3", "high", "4", "0", "1.0", ""],
            ["Billing", "null", "Unassigned", "not listed", "n234567890", ""],
            ["Ada", "grace@acme.com", "NULL", "unassigned", "Not Listed", "Null1", "Zoë", ""],
        ]
        var plainRows: [[String]] = []
        var paddedRows: [[String]] = []
        for row in 0..<3000 {
            // Some rows in a row are plain, so that 64 are found together.
            let fields =
                row % 1000 < 500
                ? values.map { random.pick(Array($0.prefix(1))) } : values.map { random.pick($0) }
            plainRows.append([id(row)] + fields)
            paddedRows.append([id(row)] + fields.map { " " + $0 })
        }
        let columns = ["ticketId", "status", "priority", "category", "assignedTo"]
        let bytes = input(columns, plainRows, format)
        let plain = try SeenRequests(RequestReader(reader(bytes, format), startThread: nil))
        let padded = try SeenRequests(
            RequestReader(reader(input(columns, paddedRows, format), format), startThread: nil))
        let exact = try SeenRequests(reader(bytes, format))
        #expect(plain.rows.count == 3000)
        #expect(plain == exact)
        let odd = zip(plain.rows, padded.rows).first { $0 != $1 }
        #expect(plain == padded, "\(odd.map { "\($0), not \($1)" } ?? "the names")")
        #expect(plain.rows.contains { $0.request?.assignee == .null })
    }

    @Test("A number of one digit is no name, even where the same text is one in many lines before")
    func digits() throws {
        let named = (0..<200).map { row in
            "{\"ticketId\":\"\(id(row))\",\"assignedTo\":\"7\",\"priority\":2}\n"
        }
        let number = "{\"ticketId\":\"\(id(200))\",\"assignedTo\":7,\"priority\":2}\n"
        let text = "{\"ticketId\":\"\(id(201))\",\"assignedTo\":\"7\",\"priority\":\"2\"}\n"
        let bytes = Array((named.joined() + number + text + named.joined()).utf8)
        let batches = try SeenRequests(
            RequestReader(reader(bytes, .jsonLines), blockSize: 1 << 20, startThread: nil))
        #expect(try batches == SeenRequests(reader(bytes, .jsonLines)))
        #expect(batches.rows.indices.filter { batches.rows[$0].issueCode != nil } == [200])
        #expect(
            batches.rows[201].request
                == batches.rows[200 - 1].request.map { request in
                    var request = request
                    request.ticket = batches.rows[201].request?.ticket ?? request.ticket
                    return request
                })
    }

    @Test("What kinds of ids there are is known of the whole input, whatever the blocks")
    func survey() throws {
        let id = "6630a1f4c2b9e4a1d8f00b21"
        let odd = (0..<40).map { "T-\($0),Open\n" }.joined()
        for (text, hasObjectID, hasOther) in [
            (odd + "\(id),Open\n", true, true), ("\(id),Open\n" + odd, true, true),
            (odd + "\(id),Solved\n" + odd, true, true), (odd, false, true),
            ("\(id),Open\n,Open\n", true, false),
            ("\"=\"\"\(id)\"\"\",Open\n12,Open\n", true, true),
        ] {
            for size in [16, 40, 4096] {
                var requests = try RequestReader(
                    reader(Array("ticketId,status\n\(text)".utf8), .csv), blockSize: size,
                    startThread: { _ in nil })
                while try requests.next() != nil {}
                let survey = requests.finish().survey
                #expect(survey.hasObjectID == hasObjectID && survey.hasOther == hasOther)
            }
        }
    }

    @Test("A text that means another name than it is written as is never taken for a known name")
    func lookalikes() throws {
        // A report's `'` before a tab is dropped, and the tab is kept. A tab alone is a blank.
        let id = "6630a1f4c2b9e4a1d8f00b21"
        let names = ["Ada", "'\tAda", "\tAda", "'=Ada", "=Ada", "Ada", "nobody", "Null", "'\tnull"]
        let text =
            "ticketId,assignedTo,category\n"
            + (names + names + ["null"]).map { "\(id),\($0),c\n" }.joined()
        let seen = try SeenRequests(
            RequestReader(reader(Array(text.utf8), .csv), startThread: nil))
        #expect(seen.agents == ["Ada", "\tAda", "=Ada", "nobody", "\tnull"])
        let places = seen.rows.map { $0.request?.assignee }
        let expected = [0, 1, 0, 2, 2, 0, 3, nil, 4].map {
            (number: Int?) -> NameReference? in number.map { NameReference($0) } ?? .null
        }
        #expect(places == expected + expected + [.null])
    }

    @Test("A short input starts no thread")
    func short() throws {
        var isStarted = false
        let text = "ticketId,status\nt1,Open\n"
        var requests = try RequestReader(
            reader(Array(text.utf8), .csv),
            startThread: { _ in
                isStarted = true
                return nil
            })
        var count = 0
        while let batch = try requests.next() { count += batch.count }
        #expect(count == 1 && !isStarted)
    }

    @Test("A reader that is dropped early ends its thread")
    func dropped() throws {
        let text =
            "ticketId,assignedTo\n" + (0..<5000).map { "t\($0),agent\($0)\n" }.joined()
        for _ in 0..<20 {
            var requests = try RequestReader(reader(Array(text.utf8), .csv), blockSize: 1000)
            let batch = try requests.next()
            #expect(batch != nil)
        }
    }

    @Test("The first reading finds the causes of issues and makes no words")
    func causesAlone() throws {
        let text =
            "ticketId,status,expectUpdatedAt\n"
            + "6630a1f4c2b9e4a1d8f00b21,Opne,\nno id,Open,\nn/a,Open,\n"
            + ",Open,\n6630a1f4c2b9e4a1d8f00b21,null,\n6630a1f4c2b9e4a1d8f00b21,,\n"
            + "6630a1f4c2b9e4a1d8f00b21,Open,soon\n6630a1f4c2b9e4a1d8f00b21,Open\n"
            + "https://dashboard.mava.app/dashboard/ticket?id=6630a1f4c2b9e4a1d8f00b21&x=a b,Open,\n"
        var requests = try RequestReader(reader(Array(text.utf8), .csv), startThread: nil)
        let batch = try #require(try requests.next())
        #expect(
            (0..<batch.count).map(batch.issueCode) == [
                .statusInvalid, .ticketIDInvalid, .ticketIDInvalid, .ticketIDMissing, .notClearable,
                .nothingToChange, .valueInvalid, .malformedRecord, nil,
            ])
        #expect(batch.mapper.issues.isEmpty && batch.mapper.wrongValues.isEmpty)
    }

    @Test("A batch says where it ends")
    func ends() throws {
        let text = "ticketId,status\n" + (0..<500).map { "t\($0),Open\n" }.joined()
        var requests = try RequestReader(reader(Array(text.utf8), .csv), blockSize: 100)
        var end = 0
        while let batch = try requests.next() {
            #expect(batch.endOffset >= end)
            end = batch.endOffset
        }
        #expect(end == text.utf8.count)
    }
}
