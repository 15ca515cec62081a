/// The kind of a value in a JSON text.
enum JSONKind: Equatable {
    case object
    case array
    case string
    case number
    case bool
    case null

    /// The kind in words for an error message.
    var name: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .bool: "a boolean"
        case .null: "null"
        }
    }
}
