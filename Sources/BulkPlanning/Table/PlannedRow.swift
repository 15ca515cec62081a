import BulkPlan

/// What the first reading of the input keeps of each record: sixteen bytes.
struct PlannedRow: BitwiseCopyable {
    /// The number of the ticket; `UInt32.max` where the record is invalid.
    var ticket: UInt32 = .max
    /// The number of the category wanted; what it counts changes after the look-ups: first the names as
    /// written, then the values.
    var category: UInt32 = 0
    /// The number of the assignee wanted; 0, after the look-ups, for none.
    var assignee: UInt32 = 0
    /// The number of the status wanted: 1 to 4, or 5 for the one that tickets can only hold; 0 for none.
    var status: UInt8 = 0
    /// The priority wanted (1 to 3; 0 for none), and in the upper four bits the fields that the record names.
    var priorityAndFields: UInt8 = 0
    /// What is to become of the record, and the fields that differ.
    var dispositionAndChanges: UInt8 = 0
    /// Why, as a position in `RowIssue.Code.allCases` plus 1; 0 where there is nothing to say.
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
    /// Whether the category and the assignee are still numbers of names, one of which means nothing.
    var namesUnknown: Bool {
        get { dispositionAndChanges & 0x08 != 0 }
        set { dispositionAndChanges = dispositionAndChanges & 0xF7 | (newValue ? 0x08 : 0) }
    }
    var issueCode: RowIssue.Code? {
        get { issue == 0 ? nil : RowIssue.Code.allCases[Int(issue) - 1] }
        set { issue = newValue.map { UInt8(RowIssue.Code.allCases.firstIndex(of: $0)! + 1) } ?? 0 }
    }

    /// An invalid record.
    static func invalid(_ code: RowIssue.Code) -> PlannedRow {
        var row = PlannedRow()
        row.disposition = .invalid
        row.issueCode = code
        return row
    }

    mutating func refuse(_ disposition: Disposition, _ code: RowIssue.Code) {
        self.disposition = disposition
        issueCode = code
        changes = []
    }
}
