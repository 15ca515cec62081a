import BulkPlan

/// What the first reading of the input keeps of each record, in sixteen bytes.
struct PlannedRow: BitwiseCopyable {
    /// The ticket's number; `UInt32.max` for an invalid record.
    var ticket: UInt32 = .max
    /// The wanted category's number.
    ///
    /// Before the look-ups it is the number of a name as written. After them it is the number of a value.
    var category: UInt32 = 0
    /// The wanted assignee's number; after the look-ups, 0 means no assignee.
    var assignee: UInt32 = 0
    /// The wanted status's number; 0 for none.
    ///
    /// 1 to 4 are the statuses that an update can write. 5 is the one that tickets can only have.
    var status: UInt8 = 0
    /// The wanted priority (1 to 3; 0 for none); the upper four bits have the fields that the record names.
    var priorityAndFields: UInt8 = 0
    /// The record's disposition, and the fields that differ.
    var dispositionAndChanges: UInt8 = 0
    /// The reason, as a position in `RowIssue.Code.allCases` plus 1; 0 for none.
    var issue: UInt8 = 0

    var priority: Int { Int(priorityAndFields & 0x0F) }
    /// The fields that the record names.
    var fields: FieldSet {
        get { FieldSet(rawValue: priorityAndFields >> 4) }
        set { priorityAndFields = priorityAndFields & 0x0F | newValue.rawValue << 4 }
    }
    /// The fields that the record changes.
    var changes: FieldSet {
        get { FieldSet(rawValue: dispositionAndChanges >> 4) }
        set { dispositionAndChanges = dispositionAndChanges & 0x0F | newValue.rawValue << 4 }
    }
    var disposition: Disposition {
        get { Disposition(number: dispositionAndChanges & 0x07) }
        set { dispositionAndChanges = dispositionAndChanges & 0xF8 | newValue.number }
    }
    /// Whether category and assignee are still numbers of names, because the row was refused before they were looked up.
    var namesUnknown: Bool {
        get { dispositionAndChanges & 0x08 != 0 }
        set { dispositionAndChanges = dispositionAndChanges & 0xF7 | (newValue ? 0x08 : 0) }
    }
    var issueCode: RowIssue.Code? {
        get { issue == 0 ? nil : RowIssue.Code.allCases[Int(issue) - 1] }
        set { issue = newValue.map { UInt8(RowIssue.Code.allCases.firstIndex(of: $0)! + 1) } ?? 0 }
    }

    /// The shard that has the row; `nil` unless that is another one than the plan's.
    ///
    /// Such a row has no ticket, so its category has the number.
    var otherShard: Int? {
        disposition == .excluded && ticket == .max && category > 0 ? Int(category) : nil
    }

    /// A record of another shard.
    static func other(shard: Int) -> PlannedRow {
        var row = PlannedRow()
        row.category = UInt32(shard)
        row.exclude()
        return row
    }

    /// An invalid record.
    static func invalid(_ code: RowIssue.Code) -> PlannedRow {
        var row = PlannedRow()
        row.disposition = .invalid
        row.issueCode = code
        return row
    }

    /// Refuses a row whose category and assignee are still numbers of names.
    ///
    /// They stay, so that messages and the cells of failed rows can be made from the names.
    mutating func refuseUnresolved(_ code: RowIssue.Code) {
        refuse(.invalid, code)
        namesUnknown = true
    }

    mutating func refuse(_ disposition: Disposition, _ code: RowIssue.Code) {
        self.disposition = disposition
        issueCode = code
        changes = []
    }
}
