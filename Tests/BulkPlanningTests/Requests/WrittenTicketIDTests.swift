import BulkPlanning
import MavaAPI
import Testing

@Suite("A ticket as a person writes it")
struct WrittenTicketIDTests {
    private static let id = "6630a1f4c2b9e4a1d8f00c31"

    @Test(
        "what the column of tickets takes names the ticket",
        arguments: [
            id, " \(id)\t", "6630A1F4C2B9E4A1D8F00C31", "'\(id)", "=\"\(id)\"",
            "https://dashboard.mava.app/dashboard/ticket?id=\(id)",
        ])
    func taken(text: String) throws {
        #expect(try TicketID(written: text).rawValue == Self.id)
    }

    @Test("an id of another form is taken as it is")
    func other() throws {
        #expect(try TicketID(written: "T-1").rawValue == "T-1")
    }

    @Test(
        "what is no id says what it is",
        arguments: [
            ("6.63E+23", "that a spreadsheet turned into a number"),
            ("ticket \(id)", "did you mean \(id)?"), ("12345", "is a number"),
            ("https://example.com/1", "is a link, and not one to a ticket"),
            ("a b", "cannot be one"),
        ])
    func refused(text: String, said: String) {
        let error = #expect(throws: FieldValueError.self) { try TicketID(written: text) }
        #expect(error?.message.contains(said) == true, "\(error?.message ?? "")")
    }
}
