import BulkSystem

/// A word or sign of a condition, with its place.
struct ConditionToken {
    enum Kind: Hashable {
        case word(String)
        case quoted(String)
        case relation(RowCondition.Comparison.Relation)
        case open
        case close
        case comma
        case end
    }

    var kind: Kind
    /// Where it begins, in Unicode scalars.
    var start: Int

    /// The word in lower case; `nil` for anything but a word without quotes.
    var lowercasedWord: String? {
        if case .word(let word) = kind { word.lowercased() } else { nil }
    }
}

/// Cuts a condition into words and signs.
///
/// It reads Unicode scalars, not characters: a combining mark after a quote belongs to the quoted text, though it
/// forms one `Character` with the quote. Offsets of errors are in characters.
struct ConditionLexer {
    private let text: String
    private let scalars: [Unicode.Scalar]
    /// The number of the character that each scalar belongs to, and the number of characters.
    private let characters: [Int]
    private var at = 0

    /// The most bytes of a condition, in UTF-8.
    static let limit = 65_536

    init(_ text: String) throws(ConditionError) {
        self.text = text
        guard text.utf8.count <= Self.limit else {
            var room = Self.limit
            let offset = text.prefix { character in
                room -= character.utf8.count
                return room >= 0
            }.count
            throw ConditionError(
                text: text, offset: offset,
                message:
                    "the condition is too long: it may have \(Words.number(Self.limit)) bytes and has "
                    + Words.number(text.utf8.count))
        }
        scalars = Array(text.unicodeScalars)
        var characters: [Int] = []
        characters.reserveCapacity(scalars.count + 1)
        var count = 0
        for character in text {
            for _ in character.unicodeScalars { characters.append(count) }
            count += 1
        }
        characters.append(count)
        self.characters = characters
    }

    /// How many scalars were read.
    var scalarsRead: Int { at }

    /// The character at a scalar's place.
    func offset(of scalar: Int) -> Int { characters[scalar] }

    func error(_ message: String, at scalar: Int) -> ConditionError {
        ConditionError(text: text, offset: offset(of: scalar), message: message)
    }

    /// The next word or sign.
    mutating func next() throws(ConditionError) -> ConditionToken {
        while at < scalars.count, scalars[at].properties.isWhitespace { at += 1 }
        let start = at
        guard at < scalars.count else { return ConditionToken(kind: .end, start: start) }
        let scalar = scalars[at]
        switch scalar {
        case "(", ")", ",":
            at += 1
            return ConditionToken(
                kind: scalar == "(" ? .open : scalar == ")" ? .close : .comma, start: start)
        case "'", "\"", "`":
            return ConditionToken(kind: .quoted(try quotedText(scalar)), start: start)
        case _ where Self.signs.contains(scalar):
            return ConditionToken(kind: .relation(try relation()), start: start)
        case _ where Self.isWord(scalar):
            while at < scalars.count, Self.isWord(scalars[at]) { at += 1 }
            return ConditionToken(kind: .word(string(start..<at)), start: start)
        default: throw unexpected(scalar)
        }
    }

    private mutating func quotedText(_ quote: Unicode.Scalar) throws(ConditionError) -> String {
        let start = at
        at += 1
        var inner = String.UnicodeScalarView()
        while at < scalars.count {
            let scalar = scalars[at]
            at += 1
            if scalar == quote {
                guard at < scalars.count, scalars[at] == quote else { return String(inner) }
                at += 1
            }
            inner.append(scalar)
        }
        throw error(
            "this quote is not closed; inside a quoted text, write a quote twice", at: start)
    }

    private mutating func relation() throws(ConditionError) -> RowCondition.Comparison.Relation {
        let start = at
        while at < scalars.count, Self.signs.contains(scalars[at]) { at += 1 }
        let sign = string(start..<at)
        if let relation = RowCondition.Comparison.Relation(rawValue: sign) { return relation }
        if let right = Self.corrections[sign] {
            throw error("write `\(right)` instead of `\(sign)`", at: start)
        }
        // Several signs without blanks between them, such as `&&!`.
        let close = Self.corrections.filter { sign.hasPrefix($0.key) }.max {
            $0.key.count < $1.key.count
        }
        if let close { throw error("write `\(close.value)` instead of `\(close.key)`", at: start) }
        throw error(
            "\(quoted(sign)) is not an operator; write one of `= != < <= > >= contains in`",
            at: start)
    }

    private func unexpected(_ scalar: Unicode.Scalar) -> ConditionError {
        switch scalar {
        case "‘", "’", "‚", "“", "”", "„", "«", "»", "´", "‹", "›":
            error("write ' or \" instead of the quotation mark \(scalar)", at: at)
        case _ where HiddenCharacter.contains(scalar):
            error(
                "there is a hidden character here, \(HiddenCharacter.escape(scalar)): remove it or put it in quotes",
                at: at)
        default:
            error(
                "\(quoted(String(scalar))) can be written in quotes only, such as 'a \(scalar) b'",
                at: at)
        }
    }

    private func string(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }

    private static let signs: Set<Unicode.Scalar> = [
        "=", "!", "<", ">", "&", "|", "~", "≠", "≤", "≥",
    ]

    /// Operators of other languages, and what they are here.
    private static let corrections = [
        "==": "=", "===": "=", "<>": "!=", "!==": "!=", "><": "!=", "=!": "!=", "≠": "!=",
        "=<": "<=",
        "≤": "<=", "=>": ">=", "≥": ">=", "&&": "and", "&": "and", "||": "or", "|": "or",
        "!": "not",
        "~": "contains", "=~": "contains", "~=": "contains", "!~": "not contains",
    ]

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".", ":", "@", "/", "+", "#":
                return true
            default: return false
            }
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber,
            .letterNumber, .otherNumber, .nonspacingMark, .spacingMark, .enclosingMark:
            return true
        default:
            // They join letters in several languages.
            return scalar == "\u{200C}" || scalar == "\u{200D}"
        }
    }
}
