import MavaAPI

/// The meanings of texts in the fields of a request: one set of rules for both ways of reading.
///
/// The statuses and priorities come from `TicketStatus` and `TicketPriority`; no rule names one.
///
/// The rules for `readable` texts decide what most inputs contain. They refuse a text whose meaning needs more
/// than a look, and the exact way then reads it with the rules for any text. They load eight or sixteen bytes
/// from a text's start, whatever its length: the reader keeps that many bytes readable after every value.
struct FieldRules {
    /// The rules, made once; the tables of words are never released.
    static let standard = FieldRules()

    private let statuses = WordTable(TicketStatus.allCases.map(\.rawValue))
    private let priorities = WordTable(TicketPriority.allCases.map(\.word))
    private let priorityCount = UInt8(TicketPriority.allCases.count)

    private init() {}

    /// The status that a text names in any letter case.
    ///
    /// - Parameter text: The text, not empty, of which eight bytes are readable.
    /// - Returns: The status's position in `TicketStatus.allCases`, from 1; 0 for any other text.
    @inline(__always)
    func status(readable text: UnsafeBufferPointer<UInt8>) -> UInt8 {
        statuses.number(readable: text)
    }

    /// The status that a text names in any letter case.
    ///
    /// - Parameter text: The text without blanks around it.
    /// - Returns: The status's position in `TicketStatus.allCases`, from 1; `nil` for any other text.
    func status(of text: UnsafeBufferPointer<UInt8>) -> UInt8? { statuses.number(of: text) }

    /// The priority that a text is: one digit, or a word in any letter case.
    ///
    /// - Parameter text: The text, not empty, of which eight bytes are readable.
    /// - Returns: The priority; 0 for any other text.
    @inline(__always)
    func priority(readable text: UnsafeBufferPointer<UInt8>) -> UInt8 {
        guard text.count == 1 else { return priorities.number(readable: text) }
        let number = text[0] &- UInt8(ascii: "0")
        return number <= priorityCount ? number : 0
    }

    /// Parses a priority: a number that is exactly a priority's in any notation, or its word.
    ///
    /// Numbers are compared by their digits and never rounded. So `1.0`, `1e0`, `10e-1` and `01` are 1, the
    /// last one only in CSV, because JSON's grammar forbids it. `1.0000000000000000001` and 2⁵³+1 are not
    /// priorities.
    ///
    /// - Parameter text: The text without blanks around it.
    /// - Returns: The priority; `nil` for any other text.
    func priority(of text: UnsafeBufferPointer<UInt8>) -> UInt8? {
        if let number = priorities.number(of: text) { return number }
        return exactDigit(text).flatMap { $0 <= priorityCount ? $0 : nil }
    }

    /// The number of a text that is certainly a name.
    ///
    /// A text that has a number as such a name already is not checked again.
    ///
    /// - Parameters:
    ///   - text: The text, not empty, of which sixteen bytes are readable.
    ///   - names: The table, to which a new name is added.
    /// - Returns: The number; `nil` for any text that may be something else.
    @inline(__always)
    func name(readable text: UnsafeBufferPointer<UInt8>, in names: inout NameTable) -> Int? {
        guard let base = text.baseAddress else { return nil }
        if let number = name(readable: text, in: names.lookup) { return number }
        return isPlainName(text) ? names.intern(plain: base, count: text.count) : nil
    }

    /// The number of a name that was found to be one before; `nil` for any other text.
    @inline(__always)
    func name(readable text: UnsafeBufferPointer<UInt8>, in names: NameLookup) -> Int? {
        text.baseAddress.flatMap { names.plainNumber(readable: $0, count: text.count) }
    }

    /// What a text says in a column of names.
    ///
    /// - Parameter text: The text without blanks around it, not empty.
    /// - Returns: The meaning.
    func name(of text: UnsafeBufferPointer<UInt8>) -> NameMeaning {
        if equalsIgnoringCase(text, "not listed") { return .nothing }
        if equalsIgnoringCase(text, "null") { return .null }
        return equalsIgnoringCase(text, "unassigned") ? .unassigned : .name
    }

    /// What a text says in a column of names.
    enum NameMeaning {
        /// It is what exports write for a name that no list has.
        case nothing
        case null
        /// A word for "no agent" that a category may have as its name.
        case unassigned
        case name

        /// Whether the text clears an assignee.
        var isNobody: Bool { self == .null || self == .unassigned }
    }

    /// Whether a text is certainly a name.
    ///
    /// It has no surrounding blanks and no leading `'` or `=`, and cannot be a word with a meaning.
    @inline(__always)
    private func isPlainName(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let first = text[0]
        let last = text[text.count &- 1]
        // The words are "null", "unassigned" and "not listed", in any letter case. The letter is checked before
        // the length, because the lengths of names alternate at random and their letters seldom do.
        let mayBeWord =
            (first | 0x20 == UInt8(ascii: "n") && (text.count == 4 || text.count == 10))
            || (first | 0x20 == UInt8(ascii: "u") && text.count == 10)
        return first > 0x27 && first < 0x80 && first != UInt8(ascii: "=") && last > 0x20
            && last < 0x80 && !mayBeWord
    }
}

extension TicketPriority {
    /// The word for the priority.
    var word: String {
        switch self {
        case .low: "low"
        case .medium: "medium"
        case .high: "high"
        }
    }

    /// The priority's number and its word, as messages write them.
    static var choices: [String] { allCases.map { "\($0.rawValue) (\($0.word))" } }
}
