import BulkPlan

/// Some of the four fields.
struct FieldSet: OptionSet, Hashable, BitwiseCopyable {
    var rawValue: UInt8
    static let status = FieldSet(rawValue: 1)
    static let priority = FieldSet(rawValue: 2)
    static let category = FieldSet(rawValue: 4)
    static let assignee = FieldSet(rawValue: 8)

    var count: Int { rawValue.nonzeroBitCount }
}

extension Disposition {
    init(number: UInt8) {
        switch number {
        case 0: self = .update
        case 1: self = .unchanged
        case 2: self = .invalid
        case 3: self = .conflict
        case 4: self = .held
        default: self = .excluded
        }
    }

    var number: UInt8 {
        switch self {
        case .update: 0
        case .unchanged: 1
        case .invalid: 2
        case .conflict: 3
        case .held: 4
        case .excluded: 5
        }
    }
}
