import BulkPlan
import BulkRecords
import BulkSystem

// A value in an unexpected form makes the snapshot unusable, as it makes an entry of the listing unreadable:
// reading it as unassigned or none would make the ticket look different when that is unknown.

extension SnapshotReader {
    /// Whether a value says nothing, so that another column with the same meaning counts.
    @inline(__always)
    static func isBlank(_ kind: ValueKind, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        kind == .null || kind.isText && cellText(text, kind).isEmpty
    }

    /// Reads one value of a ticket.
    ///
    /// - Returns: Whether the value is one that a ticket can hold.
    @inline(__always)
    mutating func parse(
        _ key: SnapshotKey.Kind, _ kind: ValueKind, _ text: UnsafeBufferPointer<UInt8>,
        _ line: inout Line
    ) -> Bool {
        switch key {
        case .status:
            guard kind.isText else { return kind == .null }
            line.reading.status = Self.status(cellWord(text, kind), values)
        case .priority:
            guard kind.isText || kind == .number else { return kind == .null }
            line.reading.priority = TicketValues.priority(cellWord(text, kind), kind)
            return line.reading.priority != TicketValues.noPriority
        case .category:
            guard let number = reference(kind, text, values.categories) else { return false }
            line.reading.category = number
        case .assignedTo:
            guard let number = reference(kind, text, values.assignees) else { return false }
            line.reading.assignee = number
        case .aiStatus:
            // `null` and `false` mean no handling. Any other value that is not a text means handling.
            switch kind {
            case .null, .false: line.reading.isHandledByAI = false
            default:
                line.reading.isHandledByAI = values.isHandledByAI(UnsafeRawBufferPointer(text))
            }
        case .updatedAt:
            if readsUpdateTimes, kind.isText {
                line.updatedAt = microsecondsSince1970(trimmed(text))
            }
        case .tags: marks?.note(tags: text, kind, in: &line.reading.flags)
        case .origin: marks?.note(origin: text, kind, in: &line.reading.flags)
        case .id, .page: break
        }
        return true
    }

    /// The number of a status; letter case does not matter for the four known ones.
    @inline(__always)
    static func status(
        _ text: UnsafeBufferPointer<UInt8>, _ values: CurrentValues
    ) -> UInt16 {
        if text.isEmpty { return 0 }
        let number = values.status(readable: UnsafeRawBufferPointer(text))
        return number < UnwritableValue.status
            ? number : FieldRules.standard.status(of: text).map(UInt16.init) ?? number
    }

    /// The number of an agent or a category, 0 for none; `nil` for a value that names none.
    @inline(__always)
    private mutating func reference(
        _ kind: ValueKind, _ text: UnsafeBufferPointer<UInt8>, _ table: ValueTable
    ) -> UInt32? {
        if kind.isText {
            let text = cellText(text, kind)
            if text.isEmpty { return 0 }
            if TicketIDText.mayBeLost(text),
                TicketIDText.isLostID(String(decoding: text, as: UTF8.self))
            {
                return nil
            }
            return table.intern(readable: UnsafeRawBufferPointer(text))
        }
        guard kind == .object else { return kind == .null ? 0 : nil }
        let number = values.reference(inObject: UnsafeRawBufferPointer(text), into: table)
        return number == 0 ? nil : number
    }
}

extension SnapshotReader.Unusable {
    /// Makes the reason for a value that no ticket can hold, or for a name that two columns or keys have.
    ///
    /// - Parameters:
    ///   - kind: Which value of a ticket it should be.
    ///   - record: The line.
    ///   - index: The value's index in the line.
    ///   - isRepeated: Whether a value before has the same name.
    @inline(never)
    init(
        _ kind: SnapshotKey.Kind, _ record: borrowing Record, _ index: Int, isRepeated: Bool
    ) {
        let value = record.value(index)
        let column = record.columns[value.column]
        if isRepeated {
            self.init(repeating: column)
            return
        }
        let expected =
            switch kind {
            case .status: "a text"
            case .priority: "a priority: 1 (low), 2 (medium) or 3 (high)"
            default: "an id, a name, an object with one of them, or null"
            }
        let text =
            value.kind.isText
            ? String(decoding: value.bytes, as: UTF8.self) : record.rawText(of: index)
        if [.category, .assignedTo].contains(kind), TicketIDText.isLostID(text) {
            self.init(
                "a spreadsheet made a number of an id in \(column), \(quoted(text)): export again")
            return
        }
        self.init("correct \(column): \(quoted(text)) is not \(expected)")
    }

    /// Makes the reason for a name that two columns or keys have.
    init(repeating column: String) {
        self.init("remove one of the two columns \(quoted(column)): only one of them can be right")
    }
}
