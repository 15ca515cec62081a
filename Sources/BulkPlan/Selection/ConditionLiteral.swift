import BulkSystem

/// A value that a condition names.
struct ConditionLiteral: Hashable, Sendable {
    /// What it is compared as.
    enum Meaning: Hashable, Sendable {
        /// No value: `''` or `null`.
        case blank
        /// A text or a number.
        case text
        /// The microseconds since 1970 of a date, a time or an age, from the first to the last one.
        case time(ClosedRange<Int64>)
    }

    /// The text, without quotes; `null` has none.
    let text: String
    /// Where it begins, in characters from the start of the condition.
    let offset: Int
    let meaning: Meaning
    /// Whether it counts from the present time: `now`, `14d ago`.
    let isAge: Bool

    /// Makes a literal from a text: an ISO 8601 date is a time, quoted or not.
    init(_ text: String, offset: Int) {
        self.text = text
        self.offset = offset
        isAge = false
        if FoldedText.isBlank(text) {
            meaning = .blank
        } else if let time = WrittenTime(String(FoldedText.withoutBlanks(text))) {
            meaning = .time(time.start...time.start + time.length - 1)
        } else {
            meaning = .text
        }
    }

    /// Makes `null`.
    init(nullAt offset: Int) {
        text = ""
        self.offset = offset
        meaning = .blank
        isAge = false
    }

    /// Makes a literal from `now` or an age.
    init(_ text: String, microsecondsSince1970 time: Int64, offset: Int) {
        self.text = text
        self.offset = offset
        meaning = .time(time...time)
        isAge = true
    }

    var isText: Bool { meaning == .text }
}
