import BulkSystem

extension OutputBuffer {
    /// Appends the start of a plan's row, up to and including its disposition.
    package mutating func append(
        row: Int, line: Int, ticketID: UnsafeRawBufferPointer?, disposition: Disposition
    ) {
        append(row: row, line: line)
        if let ticketID { append(jsonString: ticketID) } else { append("null") }
        append(disposition)
    }

    /// Appends the start of a plan's row, up to the ticket's id.
    package mutating func append(row: Int, line: Int) {
        append(#"{"row":"#)
        append(decimal: row)
        append(#","line":"#)
        append(decimal: line)
        append(#","ticketId":"#)
    }

    package mutating func append(_ disposition: Disposition) {
        switch disposition {
        case .update: append(#","do":"update""#)
        case .unchanged: append(#","do":"unchanged""#)
        case .invalid: append(#","do":"invalid""#)
        case .conflict: append(#","do":"conflict""#)
        case .held: append(#","do":"held""#)
        case .excluded: append(#","do":"excluded""#)
        }
    }

    package mutating func append(field: TicketField) {
        switch field {
        case .status: append(#""status":"#)
        case .priority: append(#""priority":"#)
        case .categoryID: append(#""categoryId":"#)
        case .assignedTo: append(#""assignedTo":"#)
        }
    }

    package mutating func append(_ value: FieldValue) {
        switch value {
        case .null: append("null")
        case .text(let text): append(jsonString: text)
        case .number(let number): append(decimal: number)
        }
    }

    package mutating func append(_ expectation: PlanExpectation) {
        append(#","expect":{"#)
        var separator: StaticString = ""
        for field in TicketField.allCases {
            guard let value = expectation.values[field] else { continue }
            append(separator)
            append(field: field)
            append(value)
            separator = ","
        }
        if let time = expectation.updatedAt {
            append(separator)
            append(#""updatedAt":"#)
            append(jsonString: time)
        }
        append("}")
    }

    package mutating func append(_ issue: RowIssue) {
        append(#","code":"#)
        appendMembers(issue)
        guard !issue.parts.isEmpty else { return }
        append(#","parts":["#)
        for (index, part) in issue.parts.enumerated() {
            append(index > 0 ? #",{"code":"# : #"{"code":"#)
            appendMembers(part)
            append("}")
        }
        append("]")
    }

    private mutating func appendMembers(_ issue: RowIssue) {
        append(jsonString: issue.code.rawValue)
        append(#","message":"#)
        append(messageOf: issue)
        if let column = issue.column {
            append(#","column":"#)
            append(jsonString: column)
        }
        if let value = issue.value {
            append(#","value":"#)
            append(jsonString: value)
        }
        if let suggestion = issue.suggestion {
            append(#","suggestion":"#)
            append(jsonString: suggestion)
        }
    }

    /// Appends a whole row with its newline.
    package mutating func append(_ entry: PlanEntry) {
        append(entryStart: entry)
        if let forms = entry.forms {
            append(#","forms":"#)
            append(jsonString: forms.map(\.rawValue).joined())
        }
        if let cells = entry.cells {
            append(#","cells":["#)
            for (index, cell) in cells.enumerated() {
                if index > 0 { append(",") }
                append(jsonString: cell)
            }
            append("]")
        }
        append("}\n")
    }

    /// Appends a row up to its cells.
    package mutating func append(entryStart entry: PlanEntry) {
        var id = entry.ticketID
        if id == nil {
            append(row: entry.row, line: entry.line, ticketID: nil, disposition: entry.disposition)
        } else {
            id!.withUTF8 { bytes in
                append(
                    row: entry.row, line: entry.line, ticketID: UnsafeRawBufferPointer(bytes),
                    disposition: entry.disposition)
            }
        }
        append(entry.changes)
        if let expectation = entry.expectation { append(expectation) }
        if let mergedInto = entry.mergedInto {
            append(#","with":"#)
            append(decimal: mergedInto)
        }
        if entry.isUndiffed { append(#","undiffed":true"#) }
        if let issue = entry.issue { append(issue) }
    }

    private mutating func append(_ changes: [FieldChange]) {
        guard !changes.isEmpty else { return }
        // If no old value is known, `before` is left out, as for tickets that were not read.
        var separator: StaticString = #","before":{"#
        for change in changes {
            guard let before = change.before else { continue }
            append(separator)
            append(field: change.field)
            append(before)
            separator = ","
        }
        if changes.contains(where: { $0.before != nil }) { append("}") }
        append(#","after":{"#)
        for (index, change) in changes.enumerated() {
            if index > 0 { append(",") }
            append(field: change.field)
            append(change.after)
        }
        append("}")
    }
}
