import BulkPlan
import BulkSystem
import MavaAPI

extension RequestMapper {
    /// Reads one text of a column that expects something of the ticket.
    mutating func readExpectation(
        _ role: ColumnRole, _ text: UnsafeBufferPointer<UInt8>, column: Int
    ) {
        request.hasPreconditions = true
        switch role {
        case .expectStatus:
            if let number = rules.status(of: text) {
                var name = TicketStatus.allCases[Int(number) - 1].rawValue
                let index = name.withUTF8 { statuses.intern($0) }
                preconditions.status = NameReference(index)
            } else if equalsIgnoringCase(text, "null") {
                report(role, text, column: column)
            } else {
                preconditions.status = NameReference(statuses.intern(text))
            }
        case .expectPriority:
            if let number = rules.priority(of: text) {
                preconditions.priority = number
            } else if exactDigit(text) == UnwritableValue.priority {
                preconditions.priority = UnwritableValue.priority
            } else if equalsIgnoringCase(text, "null") {
                preconditions.priority = Preconditions.noPriority
            } else {
                report(.priority, text, column: column)
            }
        case .expectCategoryID:
            preconditions.category =
                rules.name(of: text) == .null ? .null : NameReference(categories.intern(text))
        case .expectAssignee:
            preconditions.assignee =
                rules.name(of: text).isNobody ? .null : NameReference(agents.intern(text))
        default:
            if let time = WrittenTime(text) {
                preconditions.updatedAt = time.start
                preconditions.updatedWithin = time.length
            } else {
                report(role, text, column: column)
            }
        }
    }
}
