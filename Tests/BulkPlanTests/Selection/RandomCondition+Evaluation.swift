import BulkPlan

extension RandomCondition {
    func holds(_ cell: (RowCondition.Subject) -> Cell) -> Bool {
        holds(root) { Self.holds($0, cell($0.subject)) }
    }

    func holds(_ node: Node, _ result: (Leaf) -> Bool) -> Bool {
        switch node {
        case .leaf(let leaf): return result(leaf)
        case .not(let inner): return !holds(inner, result)
        case .and(let parts):
            var all = true
            for part in parts where !holds(part, result) { all = false }
            return all
        case .or(let parts):
            var any = false
            for part in parts where holds(part, result) { any = true }
            return any
        }
    }

    private static func holds(_ leaf: Leaf, _ cell: Cell) -> Bool {
        switch leaf.relation {
        case .equal, .isIn: leaf.literals.contains { isEqual($0, cell) }
        case .notEqual, .isNotIn: !leaf.literals.contains { isEqual($0, cell) }
        case .contains: isPart(leaf.literals[0], cell)
        case .notContains: !isPart(leaf.literals[0], cell)
        case .less: order(leaf.literals[0], cell).contains(-1)
        case .lessOrEqual: order(leaf.literals[0], cell).contains { $0 <= 0 }
        case .greater: order(leaf.literals[0], cell).contains(1)
        case .greaterOrEqual: order(leaf.literals[0], cell).contains { $0 >= 0 }
        }
    }

    /// The elements with their spellings that are not blank.
    ///
    /// A time is an element with a spelling in ISO 8601.
    private static func elements(_ cell: Cell) -> [[Atom]] {
        let all: [[Atom]] =
            switch cell {
            case .missing, .time: []
            case .text(let writings): [writings]
            case .list(let elements): elements
            }
        return all.map { $0.filter { if case .blank = $0.meaning { false } else { true } } }.filter
        { !$0.isEmpty }
    }

    private static func isEqual(_ literal: Atom, _ cell: Cell) -> Bool {
        if case .time(let seconds) = cell {
            guard case .seconds(let first, let last) = literal.meaning else { return false }
            return first <= seconds && seconds <= last
        }
        let elements = elements(cell)
        if case .blank = literal.meaning { return elements.isEmpty }
        return elements.contains { $0.contains { isEqual(literal, $0) } }
    }

    private static func isEqual(_ literal: Atom, _ atom: Atom) -> Bool {
        switch (literal.meaning, atom.meaning) {
        case (.hundredths(let one), .hundredths(let other)): one == other
        case (.word, .word): literal.spelling.lowercased() == atom.spelling.lowercased()
        case (.seconds(let first, let last), .seconds(let start, _)):
            first <= start && start <= last
        default: false
        }
    }

    private static func isPart(_ literal: Atom, _ cell: Cell) -> Bool {
        if case .time(let seconds) = cell {
            let day = seconds / 86_400 - 11_565
            func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            let (month, date) = day <= 0 ? (8, day + 31) : day <= 30 ? (9, day) : (10, day - 30)
            let time = "\(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
            return isPart(
                literal, Atom(meaning: .word, spelling: "2001-\(two(month))-\(two(date))T\(time)Z"))
        }
        let equalCounts = if case .list = cell { true } else { false }
        return elements(cell).contains {
            $0.contains {
                isPart(literal, $0) || equalCounts && isEqual(literal, $0) && !isTime(literal)
            }
        }
    }

    private static func isTime(_ atom: Atom) -> Bool {
        if case .seconds = atom.meaning { true } else { false }
    }

    private static func isPart(_ literal: Atom, _ atom: Atom) -> Bool {
        let text = Array(atom.spelling.lowercased())
        let part = Array(literal.spelling.lowercased())
        guard part.count <= text.count else { return false }
        return (0...(text.count - part.count)).contains {
            Array(text[$0..<($0 + part.count)]) == part
        }
    }

    /// For each comparable element: -1 when it is before the literal, 1 when it is after it, otherwise 0.
    private static func order(_ literal: Atom, _ cell: Cell) -> [Int] {
        if case .time(let seconds) = cell {
            return order(
                literal, [Atom(meaning: .seconds(seconds, seconds), spelling: "")], isTime: true
            ).map { [$0] } ?? []
        }
        return elements(cell).compactMap { order(literal, $0, isTime: false) }
    }

    private static func order(_ literal: Atom, _ writings: [Atom], isTime: Bool) -> Int? {
        if case .seconds(let first, let last) = literal.meaning {
            for case .seconds(let start, _) in writings.map(\.meaning) {
                return start < first ? -1 : start > last ? 1 : 0
            }
            return nil
        }
        if isTime { return nil }
        if case .hundredths(let wanted) = literal.meaning {
            for case .hundredths(let found) in writings.map(\.meaning) {
                return found < wanted ? -1 : found > wanted ? 1 : 0
            }
        }
        let texts = writings.filter { if case .hundredths = $0.meaning { false } else { true } }
        let text = (texts.first ?? writings[0]).spelling.lowercased()
        let wanted = literal.spelling.lowercased()
        if text == wanted { return 0 }
        let (found, other) = (text.unicodeScalars.map(\.value), wanted.unicodeScalars.map(\.value))
        for (one, another) in zip(found, other) where one != another {
            return one < another ? -1 : 1
        }
        return found.count < other.count ? -1 : 1
    }
}
