import BulkPlan
import BulkSystem
public import MavaAPI

extension TicketID {
    /// Reads a ticket's id as an input's column of tickets has it.
    ///
    /// - Parameter text: An id, a link to the ticket in the dashboard, or what a spreadsheet makes of an id.
    ///   The digits of an ObjectId are taken in either case.
    /// - Throws: A ``FieldValueError`` that says what the text is instead, with the id that is most likely
    ///   meant.
    public init(written text: String) throws(FieldValueError) {
        let found = Array(text.utf8).withUnsafeBufferPointer { bytes in
            TicketIDText.withUnwrapped(trimmed(bytes)) { String(decoding: $0, as: UTF8.self) }
        }
        let id = TicketID(found)
        if let id, id.isObjectID, !TicketIDText.isRounded(found) {
            self = TicketID(found.lowercased()) ?? id
            return
        }
        if let issue = TicketIDText.issue(found, column: nil) {
            throw FieldValueError(message: issue.message)
        }
        guard let id else {
            throw FieldValueError(message: "\(quoted(found)) is not a ticket's id")
        }
        self = id
    }
}
