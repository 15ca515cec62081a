import BulkPlan
import BulkRecords
import BulkSystem
import MavaAPI

/// A file of rows or tickets to leave out of a plan.
///
/// It has a row's number, rows as ``PlanEdit/rows(_:)`` takes them, or a ticket's id on each line. An id is read as in an input.
/// Or it is a CSV file with a column `row` or `ticketId`, such as a report. If such a file has both columns, both
/// must fit the plan's row, so that a report of another input is noticed.
public struct DropList: Hashable, Sendable {
    /// A row of the plan, with the ticket that the file names beside it.
    struct Row: Hashable, Sendable {
        var ticket: String?
        var line: Int
    }

    /// The file.
    public let path: String
    /// The rows by their numbers.
    let rows: [Int: Row]
    /// Tickets that are named without a row, each with the first line that names it.
    let tickets: [String: Int]

    private static let mostBytes = 256 << 20
    /// The most rows of one range.
    private static let mostRows = 10_000_000

    /// Reads a file.
    ///
    /// - Parameter path: The file; `-` is standard input.
    /// - Throws: A `FileError` when the file cannot be read, a `ReadError` when its data is damaged or in another
    ///   encoding, and a ``PlanError`` that names the line which is neither a row nor a ticket.
    public init(reading path: String) throws {
        let file = path == "-" ? "/dev/stdin" : path
        guard let bytes = try FileReader.bytes(of: file, atMost: Self.mostBytes) else {
            throw Self.unusable("it is larger than 256 MiB", path, nil)
        }
        try self.init(bytes, path: path)
    }

    /// Reads the bytes of a file.
    init(_ bytes: [UInt8], path: String) throws {
        self.path = path
        let text = try ByteSource.text(of: bytes, name: path)
        let first = text.prefix { $0 != 0x0A && $0 != 0x0D }
        // A single number or id is never the name of a column.
        let head = String(decoding: first, as: UTF8.self)
        let cells = head.split { ",;\t|".contains($0) }.map(Self.plainName)
        if cells.contains(where: { Self.isRow($0) || Self.isTicket($0) }) {
            (rows, tickets) = try Self.columns(bytes, path)
        } else {
            (rows, tickets) = try Self.lines(text, path)
        }
        guard !rows.isEmpty || !tickets.isEmpty else {
            throw Self.unusable("it lists no row and no ticket", path, nil)
        }
    }

    private static func plainName(_ cell: some StringProtocol) -> String {
        ColumnRole.plain(String(cell).filter { $0 != "\"" })
    }

    private static func isRow(_ name: String) -> Bool { name == "row" || name == "mavabulkrow" }

    private static func isTicket(_ name: String) -> Bool {
        ColumnRole(columnName: name) == .ticketID
    }

    private static func lines(
        _ text: [UInt8], _ path: String
    ) throws -> ([Int: Row], [String: Int]) {
        var rows: [Int: Row] = [:]
        var tickets: [String: Int] = [:]
        var list = TicketIDList()
        for (index, line) in TicketIDList.lines(text).enumerated() {
            let word = TicketIDList.unquoted(line)
            if word.isEmpty { continue }
            if word.utf8.count < 20, let number = PlanEdit.number(word) {
                rows[number] = Row(ticket: nil, line: index + 1)
            } else if let ranges = PlanEdit.rows(word), !word.contains(where: \.isLetter) {
                guard ranges.allSatisfy({ $0.count <= mostRows }) else {
                    throw unusable("\(quoted(word)) is too long a range", path, index + 1)
                }
                for number in ranges.joined() {
                    rows[number] = Row(ticket: nil, line: index + 1)
                }
            } else {
                let id = try ticket(word, &list, path, index + 1)
                tickets[id] = tickets[id] ?? index + 1
            }
        }
        try check(list, path)
        return (rows, tickets)
    }

    private static func columns(
        _ bytes: [UInt8], _ path: String
    ) throws -> ([Int: Row], [String: Int]) {
        var reader = try RecordReader(ByteSource(bytes: bytes, name: path), format: .csv)
        let names = reader.columns.map(plainName)
        let rowColumn = names.firstIndex(of: "row") ?? names.firstIndex(of: "mavabulkrow")
        let ticketColumn = names.firstIndex(of: "ticketid") ?? names.firstIndex(where: isTicket)
        // The rows of failed.csv are numbered by the first input, which the ticket's id confirms.
        var rows: [Int: Row] = [:]
        var tickets: [String: Int] = [:]
        var list = TicketIDList()
        while try reader.advance() {
            let line = reader.record.position.line
            if let problem = reader.record.problem { throw unusable(problem.message, path, line) }
            let number = rowColumn.map { cell(reader.record, $0) } ?? ""
            let id = ticketColumn.map { cell(reader.record, $0) } ?? ""
            let ticket = id.isEmpty ? nil : try ticket(id, &list, path, line)
            if !number.isEmpty {
                guard let row = PlanEdit.number(number) else {
                    throw unusable("\(quoted(number)) is not a row's number", path, line)
                }
                rows[row] = Row(ticket: ticket, line: line)
            } else if let ticket {
                tickets[ticket] = tickets[ticket] ?? line
            }
        }
        try check(list, path)
        return (rows, tickets)
    }

    private static func cell(_ record: borrowing Record, _ column: Int) -> String {
        String(decoding: trimmed(record.bytes(of: column)), as: UTF8.self)
    }

    /// A ticket's id as a plan writes it.
    private static func ticket(
        _ text: String, _ list: inout TicketIDList, _ path: String, _ line: Int
    ) throws(PlanError) -> String {
        do throws(FieldValueError) {
            return try list.id(text, line: line).rawValue
        } catch {
            throw unusable(
                TicketIDText.isNumber(text) && text.utf8.count < 20
                    ? "write a row's number or a ticket's id: \(quoted(text)) is neither"
                    : error.message, path, line)
        }
    }

    private static func check(_ list: TicketIDList, _ path: String) throws(PlanError) {
        guard let problem = list.problem else { return }
        throw unusable(problem.message, path, problem.line)
    }

    private static func unusable(_ message: String, _ path: String, _ line: Int?) -> PlanError {
        PlanError(code: .listUnusable, message: message, path: path, line: line)
    }
}
