import BulkSystem

extension ConditionParser {
    /// Reads a value, and checks that the operator can compare the subject with it.
    mutating func value(
        _ subject: RowCondition.Subject, _ relation: RowCondition.Comparison.Relation
    ) throws(ConditionError) -> ConditionLiteral {
        let start = token.start
        let literal = try literal(relation)
        if let message = Self.mismatch(subject, relation, literal) {
            throw lexer.error(message, at: start)
        }
        return literal
    }

    private mutating func literal(
        _ relation: RowCondition.Comparison.Relation
    ) throws(ConditionError) -> ConditionLiteral {
        let start = token.start
        let offset = lexer.offset(of: start)
        switch token.kind {
        case .quoted(let text):
            try advance()
            return ConditionLiteral(text, offset: offset, isQuoted: true)
        case .word(let word):
            guard !Self.isKeyword(word) else {
                throw error(
                    "a value is expected before `\(word)`; a value of this name is written in quotes"
                )
            }
            try advance()
            if token.lowercasedWord == "ago" {
                let age = try age(word, at: start)
                try advance()
                return ConditionLiteral("\(word) ago", microsecondsSince1970: age, offset: offset)
            }
            switch word.lowercased() {
            case "null": return ConditionLiteral(nullAt: offset)
            case "now":
                return ConditionLiteral(
                    word, microsecondsSince1970: try microseconds(now, at: start), offset: offset)
            default: break
            }
            let literal = ConditionLiteral(word, offset: offset)
            // A part of a date is no mistake.
            if literal.isText, relation != .contains, relation != .notContains,
                Self.isLikeDate(word)
            {
                throw lexer.error(
                    "\(quoted(word)) is not a date; write one such as `2026-01-05`, or a text in quotes",
                    at: start)
            }
            return literal
        case .open: throw error("a value is expected here; for several values write `in (a, b)`")
        case .end: throw error("a value is expected at the end")
        case .relation, .close, .comma: throw error("a value is expected here")
        }
    }

    /// The time that was so long ago, in microseconds since 1970.
    private func age(_ word: String, at start: Int) throws(ConditionError) -> Int64 {
        guard
            let span = WrittenSpan(
                word.lowercased(), units: Set(WrittenSpan.Unit.allCases), takesFractions: true)
        else {
            throw lexer.error(
                "\(quoted(word)) is not an age; write one such as `90m ago`, `36h ago`, `14d ago` or `1y ago`",
                at: start)
        }
        let (age, isTooLong) = span.milliseconds.multipliedReportingOverflow(by: 1000)
        let (time, isTooEarly) = try microseconds(now, at: start).subtractingReportingOverflow(age)
        guard !isTooLong, !isTooEarly else {
            throw lexer.error("this is too long ago", at: start)
        }
        return time
    }

    private func microseconds(_ seconds: Int, at start: Int) throws(ConditionError) -> Int64 {
        let (time, isTooLong) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000)
        guard !isTooLong else { throw lexer.error("this is too long ago", at: start) }
        return time
    }

    /// Whether a word looks like a date to its reader: `2026-1-5`, `2026-02-30`.
    private static func isLikeDate(_ word: String) -> Bool {
        let parts = word.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, 1...2 ~= parts[1].utf8.count else {
            return false
        }
        let day = parts[2].utf8.prefix { 0x30...0x39 ~= $0 }
        let rest = parts[2].utf8.dropFirst(day.count)
        return parts[0].utf8.allSatisfy { 0x30...0x39 ~= $0 }
            && parts[1].utf8.allSatisfy { 0x30...0x39 ~= $0 }
            && 1...2 ~= day.count && (rest.first.map("TtZz+:".utf8.contains) ?? true)
    }

    /// Why an operator cannot compare a subject with a value; `nil` when it can.
    private static func mismatch(
        _ subject: RowCondition.Subject, _ relation: RowCondition.Comparison.Relation,
        _ literal: ConditionLiteral
    ) -> String? {
        switch relation {
        case .contains, .notContains:
            if literal.text.isEmpty {
                return "`contains` needs a text; for a blank value write `= ''`"
            }
            if literal.isAge {
                return
                    "`contains` takes a text; a text such as \(quoted(literal.text)) is written in quotes"
            }
            return nil
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            if literal.meaning == .blank {
                return "a blank has no order: write `= ''` for a blank value, `!= ''` for any other"
            }
        case .equal, .notEqual, .isIn, .isNotIn: break
        }
        switch subject {
        case .old(let name):
            return ConditionField.times.contains(name) && literal.isText
                ? literal.adviceOnTime(of: subject) : nil
        case .column(let name):
            // A column of an input can hold other texts than times under this name, but hardly `14d`, and without
            // quotes nothing else that has an order.
            if ConditionField.isTime(name), literal.isText,
                literal.isSpan || !relation.isEquality && !literal.isQuoted
            {
                return literal.adviceOnTime(of: subject)
            }
            guard literal.isSpan else { return nil }
            return relation.isEquality || literal.isQuoted
                ? nil
                : "write `\(literal.text.lowercased()) ago` for an age, or the text in quotes"
        case .new: return nil
        }
    }
}
