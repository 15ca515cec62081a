import BulkPlan
import MavaAPI

/// The values used in a selection's comparisons, in their equivalent spellings.
///
/// A value occurs in many rows, so each comparison's result is stored under the value's number.
struct SelectedValues {
    /// The subject of a comparison, other than a column of the input.
    enum Subject {
        case status(isNew: Bool)
        case priority(isNew: Bool)
        case category(isNew: Bool)
        case assignee(isNew: Bool)
        case createdAt
        case updatedAt

        init?(_ subject: RowCondition.Subject) {
            switch subject {
            case .column: return nil
            case .new("status"): self = .status(isNew: true)
            case .new("priority"): self = .priority(isNew: true)
            case .new("category"): self = .category(isNew: true)
            case .new("assignee"): self = .assignee(isNew: true)
            case .old("status"): self = .status(isNew: false)
            case .old("priority"): self = .priority(isNew: false)
            case .old("category"): self = .category(isNew: false)
            case .old("assignee"): self = .assignee(isNew: false)
            case .old("createdAt"): self = .createdAt
            case .old("updatedAt"): self = .updatedAt
            case .new, .old: return nil
            }
        }

        /// Whether it is a ticket's current value.
        var isOld: Bool {
            switch self {
            case .status(let isNew), .priority(let isNew), .category(let isNew),
                .assignee(let isNew):
                !isNew
            case .createdAt, .updatedAt: true
            }
        }

        /// Whether its values are times.
        var isTime: Bool {
            switch self {
            case .createdAt, .updatedAt: true
            case .status, .priority, .category, .assignee: false
            }
        }

        /// The field whose values are a few words; `nil` for others.
        var field: TicketField? {
            switch self {
            case .status: .status
            case .priority: .priority
            default: nil
            }
        }

        /// What its values name; `nil` for values that are no names.
        var thing: NamedThing? {
            switch self {
            case .category: .category
            case .assignee: .agent
            default: nil
            }
        }
    }

    private var kept: [[UInt32: Bool]]

    init(count: Int) { kept = Array(repeating: [:], count: count) }

    /// The result of a comparison for a value; it is computed once.
    mutating func result(
        _ place: Int, number: UInt32, _ find: () -> Bool
    ) -> Bool {
        if let known = kept[place][number] { return known }
        let result = find()
        kept[place][number] = result
        return result
    }
}
