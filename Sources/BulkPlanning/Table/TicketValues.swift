import BulkPlan
import BulkRecords
import BulkSystem
import MavaAPI

/// The values from one reading of one wanted ticket.
struct TicketValues: BitwiseCopyable {
    /// The ticket's number.
    var ticket: UInt32 = 0
    var category: UInt32 = 0
    var assignee: UInt32 = 0
    var status: UInt16 = 0
    var priority: Int8 = .min
    /// The flags of ``TicketTable/Flags/ofReading``.
    var flags: TicketTable.Flags = []

    var isHandledByAI: Bool {
        get { flags.contains(.handledByAI) }
        set { if newValue { flags.insert(.handledByAI) } else { flags.remove(.handledByAI) } }
    }

    /// The number of every priority that no ticket can have.
    static let noPriority = Int8.max

    /// Parses a priority from its digits or its word.
    ///
    /// A text or number that is no priority becomes ``noPriority``, to distinguish it from "none".
    @inline(__always)
    static func priority(_ bytes: UnsafeBufferPointer<UInt8>, _ kind: ValueKind) -> Int8 {
        if bytes.count == 1, bytes[0] &- UInt8(ascii: "0") < 10 {
            return Int8(bytes[0] - UInt8(ascii: "0"))
        }
        return kind.isText || kind == .number ? priority(written: trimmed(bytes)) : .min
    }

    private static func priority(written text: UnsafeBufferPointer<UInt8>) -> Int8 {
        if text.isEmpty || equalsIgnoringCase(text, "null") { return .min }
        if let number = FieldRules.standard.priority(of: text) { return Int8(number) }
        return Double(String(decoding: text, as: UTF8.self)).map { priority($0) } ?? noPriority
    }

    static func priority(_ number: Double) -> Int8 {
        number.rounded() == number && abs(number) < 127 ? Int8(number) : noPriority
    }
}
