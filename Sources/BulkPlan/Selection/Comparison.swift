import BulkSystem
import MavaAPI

extension RowCondition {
    /// A comparison of a subject with one value or, for `in`, several.
    package struct Comparison: Hashable, Sendable {
        /// How a value is compared.
        package enum Relation: String, CaseIterable, Hashable, Sendable {
            case equal = "="
            case notEqual = "!="
            case less = "<"
            case lessOrEqual = "<="
            case greater = ">"
            case greaterOrEqual = ">="
            case contains
            case notContains = "not contains"
            case isIn = "in"
            case isNotIn = "not in"
        }

        /// What it asks about.
        package let subject: Subject
        /// How it compares.
        package let relation: Relation
        /// Where its subject begins, in characters from the start of the condition.
        let offset: Int
        let values: [ConditionLiteral]
        /// Whether it looks at the ids of agents, categories and tags that have names.
        ///
        /// Parts and the order are those of names, unless the condition writes a whole id.
        package let looksAtIDs: Bool
        private let test: ValueTest

        init(_ subject: Subject, _ relation: Relation, _ values: [ConditionLiteral], offset: Int) {
            self.subject = subject
            self.relation = relation
            self.values = values
            self.offset = offset
            looksAtIDs =
                relation.isEquality || values.contains { TicketID($0.text)?.isObjectID == true }
            switch relation {
            case .equal, .notEqual, .isIn, .isNotIn: test = .equality(EqualityTest(values, subject))
            case .contains, .notContains: test = .part(PartTest(values[0]))
            case .less, .lessOrEqual, .greater, .greaterOrEqual:
                test = .order(OrderTest(values[0], relation, subject))
            }
        }

        /// The texts of the values that it compares with, so that a caller can look up names.
        ///
        /// A blank is an empty text. An age is as it was written.
        package var literals: [String] { values.map { $0.meaning == .blank ? "" : $0.text } }

        /// Whether the comparison holds for a value of its subject.
        package func holds(_ value: Value) -> Bool {
            let result =
                switch test {
                case .equality(let test): test.holds(value)
                case .order(let test): test.holds(value)
                case .part(let test): test.holds(value)
                }
            return relation.isNegation != result
        }
    }
}

extension RowCondition.Comparison.Relation {
    /// Whether a part of a text is searched.
    package var isPart: Bool { self == .contains || self == .notContains }
    /// Whether whole values are compared, so that a name which means nothing is a mistake.
    package var isEquality: Bool { [.equal, .notEqual, .isIn, .isNotIn].contains(self) }

    /// Whether it holds exactly where its opposite does not.
    var isNegation: Bool { self == .notEqual || self == .notContains || self == .isNotIn }
}

private enum ValueTest: Hashable, Sendable {
    case equality(EqualityTest)
    case order(OrderTest)
    case part(PartTest)
}

extension RowCondition.Value {
    /// The value without its blank writings; a value without any writing is missing.
    fileprivate var simplified: RowCondition.Value {
        switch self {
        case .missing, .time: return self
        case .text(let writings):
            // Most values have one writing, which is not blank.
            if writings.count == 1, !FoldedText.isBlank(writings[0]) { return self }
            let rest = writings.filter { !FoldedText.isBlank($0) }
            return rest.isEmpty ? .missing : .text(rest)
        case .list(let elements):
            let rest = elements.map { $0.filter { !FoldedText.isBlank($0) } }.filter { !$0.isEmpty }
            return rest.isEmpty ? .missing : .list(rest)
        }
    }
}

/// The time that a text writes, if it is one, in microseconds since 1970.
private func time(_ text: String) -> Int64? {
    let inner = FoldedText.withoutBlanks(text)
    // A date starts with a digit and has at least ten characters.
    guard let first = inner.utf8.first, 0x30...0x39 ~= first, inner.utf8.count >= 10 else {
        return nil
    }
    return WrittenTime(String(inner))?.start
}

// MARK: - Equality

/// Whether a value equals one of several literals.
private struct EqualityTest: Hashable, Sendable {
    /// The literals that are no times, as ``FoldedText/key(_:)`` writes them.
    var keys: Set<String> = []
    /// The only element of `keys`, which is compared faster than it is found.
    var onlyKey: String?
    /// The literals that are times, in order and disjoint.
    var times: [ClosedRange<Int64>] = []
    var matchesMissing = false

    init(_ literals: [ConditionLiteral], _ subject: RowCondition.Subject) {
        for literal in literals {
            switch literal.meaning {
            case .blank: matchesMissing = true
            case .text:
                let key = FoldedText.key(literal.text)
                keys.insert(key)
                // A file writes this word for no assignee.
                if key == "unassigned", subject == .old("assignee") { matchesMissing = true }
            case .time(let range): times.append(range)
            }
        }
        if keys.count == 1 { onlyKey = keys.first }
        times = Self.merged(times)
    }

    func holds(_ value: RowCondition.Value) -> Bool {
        switch value.simplified {
        case .missing: matchesMissing
        case .text(let writings): writings.contains(where: equals)
        case .time(let time): contains(time)
        case .list(let elements): elements.contains { $0.contains(where: equals) }
        }
    }

    private func equals(_ text: String) -> Bool {
        if let onlyKey {
            if FoldedText.key(text) == onlyKey { return true }
        } else if !keys.isEmpty, keys.contains(FoldedText.key(text)) {
            return true
        }
        guard !times.isEmpty, let time = time(text) else { return false }
        return contains(time)
    }

    /// Whether a time lies in one of the ranges, by binary search.
    private func contains(_ time: Int64) -> Bool {
        let place = times.indices.partitionPoint { times[$0].upperBound < time }
        return place < times.count && times[place].contains(time)
    }

    /// The ranges in order, with overlapping ones united.
    private static func merged(_ ranges: [ClosedRange<Int64>]) -> [ClosedRange<Int64>] {
        var merged: [ClosedRange<Int64>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}

// MARK: - Order

/// Whether a value is before or after a literal.
private struct OrderTest: Hashable, Sendable {
    private let relation: RowCondition.Comparison.Relation
    private let range: ClosedRange<Int64>?
    private let number: DecimalNumber?
    private let folded: String
    /// Whether the words of priorities, in the condition and in values, have the order of their numbers.
    private let ranksWords: Bool

    init(
        _ literal: ConditionLiteral, _ relation: RowCondition.Comparison.Relation,
        _ subject: RowCondition.Subject
    ) {
        self.relation = relation
        if case .time(let range) = literal.meaning { self.range = range } else { range = nil }
        ranksWords = subject.isPriority
        let priority = ranksWords ? TicketPriority(word: literal.text) : nil
        number = priority?.decimal ?? DecimalNumber(FoldedText.withoutBlanks(literal.text))
        folded = FoldedText.trimmed(literal.text)
    }

    func holds(_ value: RowCondition.Value) -> Bool {
        switch value.simplified {
        case .missing: false
        case .text(let writings): holds(writings)
        case .time(let time): range.map { holds(time, $0) } ?? false
        case .list(let elements): elements.contains(where: holds)
        }
    }

    /// Compares one of the writings: one of the literal's kind, if there is any.
    ///
    /// Else a value could be both less and greater, as `["3", "high"]` would be of 2 if each writing counted.
    private func holds(_ writings: [String]) -> Bool {
        if let range {
            for writing in writings {
                if let time = time(writing) { return holds(time, range) }
            }
            return false
        }
        let numbers = writings.lazy.map { writing in
            DecimalNumber(FoldedText.withoutBlanks(writing))
                ?? (ranksWords ? TicketPriority(word: writing)?.decimal : nil)
        }
        if let number {
            if let found = numbers.compactMap({ $0 }).first {
                return holds(isLess: found < number, isGreater: number < found)
            }
        }
        let choice = zip(writings, numbers).first { $0.1 == nil }?.0 ?? writings[0]
        let text = FoldedText.trimmed(choice)
        return holds(
            isLess: FoldedText.isOrdered(text, before: folded),
            isGreater: FoldedText.isOrdered(folded, before: text))
    }

    private func holds(_ time: Int64, _ range: ClosedRange<Int64>) -> Bool {
        holds(isLess: time < range.lowerBound, isGreater: time > range.upperBound)
    }

    private func holds(isLess: Bool, isGreater: Bool) -> Bool {
        switch relation {
        case .less: isLess
        case .lessOrEqual: !isGreater
        case .greater: isGreater
        default: !isLess
        }
    }
}

// MARK: - Parts

/// Whether a value contains a literal's text.
private struct PartTest: Hashable, Sendable {
    private let part: String
    private let key: String

    init(_ literal: ConditionLiteral) {
        part = FoldedText.folded(literal.text)
        key = FoldedText.key(literal.text)
    }

    func holds(_ value: RowCondition.Value) -> Bool {
        switch value.simplified {
        case .missing: false
        case .text(let writings): writings.contains(where: isPart)
        case .time(let time): isPart(of: WrittenTime.text(time, within: 1))
        case .list(let elements):
            elements.contains { $0.contains { isPart(of: $0) || FoldedText.key($0) == key } }
        }
    }

    private func isPart(of text: String) -> Bool {
        FoldedText.contains(FoldedText.folded(text), part)
    }
}
