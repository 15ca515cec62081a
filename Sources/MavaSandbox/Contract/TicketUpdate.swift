/// The body of an update, parsed but not yet checked against the organisation.
struct TicketUpdate {
    /// A field as written in the body.
    enum Field {
        /// Not in the body.
        case absent
        /// `null`.
        case null
        /// A text.
        case text(JSONText)
        /// A number; nil if it is not whole.
        case number(Int?)
        /// Any other value.
        case other
    }

    var ticketID = Field.absent
    var status = Field.absent
    var priority = Field.absent
    var categoryID = Field.absent
    var assignedTo = Field.absent

    /// Reads a body.
    ///
    /// If a member appears twice, the last one counts, as in JavaScript's `JSON.parse`.
    ///
    /// - Throws: `JSONFailure` when the body is not one JSON object.
    static func read(_ cursor: inout JSONCursor) throws(JSONFailure) -> TicketUpdate {
        var update = TicketUpdate()
        try cursor.beginObject()
        var isFirst = true
        while let name = try cursor.nextMember(&isFirst) {
            let value = try field(&cursor)
            if cursor.matches(name, "ticketId") {
                update.ticketID = value
            } else if cursor.matches(name, "status") {
                update.status = value
            } else if cursor.matches(name, "priority") {
                update.priority = value
            } else if cursor.matches(name, "categoryId") {
                update.categoryID = value
            } else if cursor.matches(name, "assignedTo") {
                update.assignedTo = value
            }
        }
        try cursor.end()
        return update
    }

    private static func field(_ cursor: inout JSONCursor) throws(JSONFailure) -> Field {
        switch try cursor.kind() {
        case .string: return .text(try cursor.string())
        case .number: return .number(cursor.integer(try cursor.number()))
        case .null:
            try cursor.null()
            return .null
        case .bool, .object, .array:
            try cursor.skip()
            return .other
        }
    }
}
