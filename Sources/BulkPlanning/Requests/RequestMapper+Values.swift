import BulkPlan
import BulkRecords

// The exact way's values: first by the rules for plain texts, else by kind, unwrapping and words.

extension RequestMapper {
    /// Reads one value if its meaning is plain, as most values' meanings are.
    ///
    /// - Parameters:
    ///   - role: What the value's column means; not passive.
    ///   - kind: The value's kind.
    ///   - text: The value's bytes, as the record lends them.
    /// - Returns: Whether the value was read; nothing was reported or added to a table otherwise.
    @inline(__always)
    mutating func readPlain(
        _ role: ColumnRole, _ kind: ValueKind, _ text: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        switch kind {
        case .text, .quotedText, .string: break
        case .number: guard case .priority = role else { return false }
        default: return false
        }
        if text.isEmpty { return true }
        switch role {
        case .ticketID:
            guard let key = TicketKey(hexadecimal: text), !key.isRounded else { return false }
            isTicketNamed = true
            survey.hasObjectID = true
            setTicket(key)
        case .status:
            // Before a word has its own meaning, it is looked up in the map.
            let code = isMapped ? 0 : rules.status(readable: text)
            guard code != 0 else { return false }
            request.statusCode = code
        case .priority:
            let code = isMapped ? 0 : rules.priority(readable: text)
            guard code != 0 else { return false }
            request.priorityCode = code
        case .categoryID, .categoryName:
            guard let number = rules.name(readable: text, in: &categories) else { return false }
            request.category = NameReference(number)
            request.categoryIsName = if case .categoryName = role { true } else { false }
        case .assignee:
            guard let number = rules.name(readable: text, in: &agents) else { return false }
            request.assignee = NameReference(number)
        default: return false
        }
        return true
    }

    /// Reads one value of any kind.
    mutating func read(
        _ role: ColumnRole, _ kind: ValueKind, _ record: borrowing Record, at index: Int,
        column: Int
    ) {
        // A map can have a line for a number, such as another system's for a status.
        let isNumber =
            kind == .number
            && (role == .priority || role == .expectPriority
                || role.field.map(columns.choices.mapped.contains) ?? false)
        guard kind.isText || isNumber else {
            if role == .ticketID, kind != .null {
                isTicketNamed = true
                survey.hasOther = true
            }
            readWithoutText(role, kind: kind, column: column, record.rawText(of: index))
            return
        }
        let text = trimmed(record.bytes(of: index))
        if text.isEmpty { return }
        let value = unwrapped(text, kind, role)
        if !value.isEmpty { read(role, value, column: column) }
    }

    /// Reads one text value that is not blank.
    mutating func read(
        _ role: ColumnRole, _ text: UnsafeBufferPointer<UInt8>, column: Int
    ) {
        switch role {
        case .ticketID:
            isTicketNamed = true
            readTicketID(text, column: column)
        case .status:
            if let code = code(text, .status, column, as: rules.status(of:)) {
                request.statusCode = code
            }
        case .priority:
            if let code = code(text, .priority, column, as: rules.priority(of:)) {
                request.priorityCode = code
            }
        case .categoryID, .categoryName:
            switch rules.name(of: text) {
            case .nothing: break
            case .null: report(role, text, column: column)
            case .unassigned, .name:
                request.category = NameReference(categories.intern(text))
                request.categoryIsName = role == .categoryName
            }
        case .assignee:
            switch rules.name(of: text) {
            case .nothing: break
            case .null, .unassigned: request.assignee = .null
            case .name: request.assignee = NameReference(agents.intern(text))
            }
        case .expectStatus, .expectPriority, .expectCategoryID, .expectAssignee, .expectUpdatedAt:
            readExpectation(role, text, column: column)
        case .reserved, .ignored, .unknown: break
        }
    }

    /// The code of a status or priority, mapped if it has a map; `nil` after an issue was reported.
    mutating func code(
        _ text: UnsafeBufferPointer<UInt8>, _ role: ColumnRole, _ column: Int,
        as number: (UnsafeBufferPointer<UInt8>) -> UInt8?
    ) -> UInt8? {
        if isMapped, let words = role.field.flatMap({ columns.choices.words[$0] }) {
            let name = String(decoding: text, as: UTF8.self)
            if let (code, line) = words[name] {
                usedMapLines[words.map.field, default: []].insert(line)
                return code
            }
            if words.map.unmapped == .invalid {
                if note(.valueUnmapped) {
                    issues.append(words.map.unmappedIssue(name, column: columns.names[column]))
                }
                return nil
            }
        }
        if let number = number(text) { return number }
        // This value is valid only for a ticket that already has it. That is checked after the tickets were
        // read.
        if role == .status, equalsIgnoringCase(text, "spam") {
            return UnwritableValue.status
        }
        if role == .priority, equalsIgnoringCase(text, "4") {
            return UnwritableValue.priority
        }
        report(role, text, column: column)
        return nil
    }

    /// Reads one JSON value that has no text, or a number where a text belongs.
    private mutating func readWithoutText(
        _ role: ColumnRole, kind: ValueKind, column: Int, _ raw: String
    ) {
        if kind == .null {
            switch role {
            case .ticketID: return
            case .assignee: request.assignee = .null
            case .expectAssignee:
                preconditions.assignee = .null
                request.hasPreconditions = true
            case .expectCategoryID:
                preconditions.category = .null
                request.hasPreconditions = true
            case .expectPriority:
                preconditions.priority = Preconditions.noPriority
                request.hasPreconditions = true
            default:
                if note(.notClearable) {
                    issues.append(Self.notClearable(role, column: columns.names[column]))
                }
            }
            return
        }
        if note(Self.wrongTypeCode(role)) {
            issues.append(Self.wrongType(role, kind: kind, raw: raw, column: columns.names[column]))
        }
    }

    /// The text without what a spreadsheet put around it, which is counted.
    mutating func unwrapped(
        _ cell: UnsafeBufferPointer<UInt8>, _ kind: ValueKind, _ role: ColumnRole
    ) -> UnsafeBufferPointer<UInt8> {
        let (text, wrapping) = unwrappedCell(cell, kind, role)
        switch wrapping {
        case .formula: survey.unwrapped.formulas += 1
        case .apostrophe: survey.unwrapped.apostrophes += 1
        case .none: break
        }
        return text
    }
}

extension ColumnRole {
    /// Whether a column of this role has agents or categories, by id or by name.
    var hasNames: Bool {
        switch self {
        case .assignee, .categoryID, .categoryName, .expectAssignee, .expectCategoryID: true
        default: false
        }
    }
}

extension ValueKind {
    /// Whether a value of this kind is a text.
    @inline(__always)
    var isText: Bool {
        self == .text || self == .quotedText || self == .string
    }
}
