import BulkSystem

/// Reads a condition by recursive descent.
///
///     condition:  both (or both)*
///     both:       factor (and factor)*
///     factor:     not factor | ( condition ) | comparison
///     comparison: field operator value | field [not] contains value | field [not] in ( value, … )
struct ConditionParser {
    var lexer: ConditionLexer
    var token: ConditionToken
    /// The time from which ages count, in seconds since 1970.
    let now: Int
    private(set) var comparisons: [RowCondition.Comparison] = []
    private var depth = 0

    private static let maximumDepth = 256
    private static let maximumComparisons = 64
    private static let maximumValues = 10_000
    private static let keywords: Set<String> = ["and", "or", "not", "contains", "in"]

    init(_ text: String, now: Int) throws(ConditionError) {
        lexer = try ConditionLexer(text)
        token = try lexer.next()
        self.now = now
    }

    mutating func parse() throws(ConditionError) -> ConditionTree {
        guard token.kind != .end else {
            throw lexer.error("the condition is empty; write one such as `status = open`", at: 0)
        }
        let tree = try condition()
        switch token.kind {
        case .end: return tree
        case .close: throw lexer.error("this `)` closes nothing", at: token.start)
        default: throw unexpectedAfterComparison()
        }
    }

    mutating func advance() throws(ConditionError) { token = try lexer.next() }

    func error(_ message: String) -> ConditionError { lexer.error(message, at: token.start) }

    /// Whether the next token is a keyword, which is a word without quotes.
    private func isKeyword(_ keyword: String) -> Bool { token.lowercasedWord == keyword }

    private mutating func condition() throws(ConditionError) -> ConditionTree {
        var parts = [try both()]
        while isKeyword("or") {
            try advance()
            parts.append(try both())
        }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func both() throws(ConditionError) -> ConditionTree {
        var parts = [try factor()]
        while isKeyword("and") {
            try advance()
            parts.append(try factor())
        }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func factor() throws(ConditionError) -> ConditionTree {
        let start = token.start
        guard isKeyword("not") || token.kind == .open else { return try comparison() }
        guard depth < Self.maximumDepth else {
            throw error(
                "the condition is nested too deeply: \(Self.maximumDepth) levels are allowed")
        }
        depth += 1
        defer { depth -= 1 }
        if isKeyword("not") {
            try advance()
            return .not(try factor())
        }
        try advance()
        let inner = try condition()
        guard token.kind == .close else {
            if token.kind == .end { throw lexer.error("this `(` is not closed", at: start) }
            throw unexpectedAfterComparison()
        }
        try advance()
        return inner
    }

    private mutating func comparison() throws(ConditionError) -> ConditionTree {
        let start = token.start
        let subject = try subject()
        guard comparisons.count < Self.maximumComparisons else {
            throw lexer.error(
                "there are more than \(Self.maximumComparisons) comparisons", at: start)
        }
        try advance()
        let relation = try relation()
        let values =
            relation == .isIn || relation == .isNotIn
            ? try list(subject, relation) : [try value(subject, relation)]
        comparisons.append(
            RowCondition.Comparison(subject, relation, values, offset: lexer.offset(of: start)))
        return .comparison(comparisons.count - 1)
    }

    private func subject() throws(ConditionError) -> RowCondition.Subject {
        switch token.kind {
        case .quoted(let name):
            guard !name.isEmpty else { throw error("the name of a field is empty") }
            return .column(name)
        case .word(let word):
            if Self.keywords.contains(word.lowercased()) {
                throw error(
                    "a field is expected before `\(word)`; a field of this name is written in quotes"
                )
            }
            switch ConditionField.subject(word) {
            case .success(let subject): return subject
            case .failure(let unknown): throw error(unknown.message)
            }
        case .end: throw error("a comparison is expected at the end, such as `status = open`")
        case .relation(let sign): throw error("a field is expected before `\(sign.rawValue)`")
        case .open, .close, .comma:
            throw error("a comparison is expected here, such as `status = open`")
        }
    }

    /// Reads an operator.
    private mutating func relation() throws(ConditionError) -> RowCondition.Comparison.Relation {
        if case .relation(let relation) = token.kind {
            try advance()
            return relation
        }
        switch token.lowercasedWord {
        case "contains":
            try advance()
            return .contains
        case "in":
            try advance()
            return .isIn
        case "not":
            try advance()
            switch token.lowercasedWord {
            case "contains":
                try advance()
                return .notContains
            case "in":
                try advance()
                return .isNotIn
            case "like", "matches":
                throw error("write `not contains` instead of `not \(token.lowercasedWord ?? "")`")
            default:
                throw error("`in` or `contains` is expected after `not`; for not equal, write `!=`")
            }
        case let word?: throw error(Self.advice(for: word))
        case nil: throw error("an operator is expected here: one of `= != < <= > >= contains in`")
        }
    }

    /// What to write instead of a word that is not an operator.
    private static func advice(for word: String) -> String {
        switch word {
        case "is", "eq", "equals":
            return "write `=` instead of `\(word)`; for not equal, write `!=`"
        case "isnt", "ne", "neq": return "write `!=` instead of `\(word)`"
        case "like", "ilike", "matches", "has", "includes":
            return "write `contains` instead of `\(word)`"
        case "between": return "write `>=` and `<=` instead of `between`"
        default: break
        }
        if word.count > 2, let close = closest(to: word, among: ["contains", "not"], by: { $0 }) {
            return "did you mean `\(close)`? \(quoted(word)) is not an operator"
        }
        return
            "an operator is expected here, such as `=` or `contains`; a field of several words is written in quotes"
    }

    private mutating func list(
        _ subject: RowCondition.Subject, _ relation: RowCondition.Comparison.Relation
    ) throws(ConditionError) -> [ConditionLiteral] {
        let start = token.start
        guard token.kind == .open else {
            throw error(
                "`(` is expected after `\(relation.rawValue)`, such as `in (open, pending)`")
        }
        var values: [ConditionLiteral] = []
        repeat {
            // Skips the parenthesis, and then the comma.
            try advance()
            guard values.count < Self.maximumValues else {
                throw error(
                    "there are more than \(Words.number(Self.maximumValues)) values in this list")
            }
            values.append(try value(subject, relation))
        } while token.kind == .comma
        switch token.kind {
        case .close: try advance()
        case .end: throw lexer.error("this `(` is not closed", at: start)
        default:
            throw error(
                "a comma or `)` is expected here; a value of several words is written in quotes")
        }
        return values
    }

    private func unexpectedAfterComparison() -> ConditionError {
        switch token.kind {
        case .word(let word) where Self.isTimeOfDay(word):
            error(
                "write a date and a time with a T between them, such as `2026-01-05T09:30`, or in quotes"
            )
        case .word, .quoted:
            error("`and` or `or` is expected here; a value of several words is written in quotes")
        default: error("`and` or `or` is expected here")
        }
    }

    private static func isTimeOfDay(_ word: String) -> Bool {
        let digits = word.utf8.prefix { 0x30...0x39 ~= $0 }.count
        return digits == 2 && word.utf8.dropFirst(2).first == UInt8(ascii: ":")
    }

    /// Whether a word has a meaning of its own unless it is in quotes.
    static func isKeyword(_ word: String) -> Bool { keywords.contains(word.lowercased()) }
}
