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
    /// Whether it is written in quotes.
    let isQuoted: Bool

    /// Makes a literal from a text: an ISO 8601 date is a time, quoted or not.
    init(_ text: String, offset: Int, isQuoted: Bool = false) {
        self.text = text
        self.offset = offset
        self.isQuoted = isQuoted
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
        isQuoted = false
    }

    /// Makes a literal from `now` or an age.
    init(_ text: String, microsecondsSince1970 time: Int64, offset: Int) {
        self.text = text
        self.offset = offset
        meaning = .time(time...time)
        isAge = true
        isQuoted = false
    }

    var isText: Bool { meaning == .text }

    /// Whether it writes an age without the word for it, such as `14d`.
    var isSpan: Bool {
        guard isText else { return false }
        return WrittenSpan(
            text.lowercased(), units: Set(WrittenSpan.Unit.allCases), takesFractions: true) != nil
    }

    /// What to write instead of a text where a time is compared.
    func adviceOnTime(of subject: RowCondition.Subject) -> String {
        let lower = text.lowercased()
        if isSpan { return "\(subject) is a time: write `\(lower) ago` for an age" }
        if lower.hasSuffix(" ago") {
            return "\(subject) is a time: write an age without quotes, such as `14d ago`"
        }
        return
            "\(subject) is a time: write a date such as `2026-01-05`, or an age such as `14d ago`"
    }
}
