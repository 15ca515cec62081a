import BulkPlan
import BulkTestSupport

/// A random condition that does not come from text: it can be evaluated slowly, and printed.
///
/// The evaluation shares no code with the parser or the comparisons. A number is a count of hundredths, a
/// time is a range of seconds, and a text is a list of scalars. Values are chosen before their spellings.
struct RandomCondition {
    /// A value and one of its spellings.
    struct Atom {
        enum Meaning {
            case blank
            case word
            case hundredths(Int)
            /// Seconds since 1970, including the last one.
            case seconds(Int, Int)
        }

        var meaning: Meaning
        var spelling: String
        /// Whether it is relative to the current time, which is only possible without quotes.
        var isAge = false
    }

    indirect enum Node {
        case leaf(Leaf)
        case not(Node)
        case and([Node])
        case or([Node])
    }

    struct Leaf {
        var number: Int
        var subject: RowCondition.Subject
        var relation: RowCondition.Comparison.Relation
        var literals: [Atom]
    }

    /// A row's value for the evaluation: the spellings of each element.
    enum Cell {
        case missing
        case text([Atom])
        case time(Int)
        case list([[Atom]])
    }

    var root: Node
    var leaves: [Leaf]

    static let now = 1_000_000_000

    /// Makes a condition with a number of comparisons.
    init(comparisons: Int, using random: inout SeededGenerator) {
        leaves = []
        root = .leaf(Self.leaf(0, using: &random))
        root = tree(comparisons, using: &random)
    }

    private mutating func tree(_ count: Int, using random: inout SeededGenerator) -> Node {
        if random.chance(20) { return .not(tree(count, using: &random)) }
        if count == 1 {
            leaves.append(Self.leaf(leaves.count, using: &random))
            return .leaf(leaves[leaves.count - 1])
        }
        var parts: [Node] = []
        var rest = count
        while rest > 0 {
            let size = parts.isEmpty ? 1 + random.below(count - 1) : 1 + random.below(rest)
            parts.append(tree(size, using: &random))
            rest -= size
        }
        return random.chance(50) ? .and(parts) : .or(parts)
    }

    static let subjects: [RowCondition.Subject] = [
        .column("a"), .column("New Agent"), .column("it's \"`"), .column("old.status"),
        .new("status"), .new("assignee"),
        .old("category"), .old("tags"), .old("createdAt"),
    ]

    private static func leaf(_ number: Int, using random: inout SeededGenerator) -> Leaf {
        let subject = random.pick(subjects)
        let relation = random.pick(Array(RowCondition.Comparison.Relation.allCases))
        let count = [.isIn, .isNotIn].contains(relation) ? 1 + random.below(5) : 1
        var literals: [Atom] = []
        while literals.count < count {
            let atom = Atom(using: &random, withAges: true)
            switch relation {
            case .contains, .notContains:
                if atom.isAge || atom.spelling.isEmpty || atom.spelling.lowercased() == "null" {
                    continue
                }
            case .less, .lessOrEqual, .greater, .greaterOrEqual:
                if case .blank = atom.meaning { continue }
            default: break
            }
            let takesTexts =
                subject != .old("createdAt") || [.contains, .notContains].contains(relation)
            switch atom.meaning {
            case .word, .hundredths: if takesTexts { literals.append(atom) }
            case .blank, .seconds: literals.append(atom)
            }
        }
        return Leaf(number: number, subject: subject, relation: relation, literals: literals)
    }
}

// MARK: - Values

extension RandomCondition.Atom {
    private static let words = [
        "open", "Closed", "été", "ÜBER", "straße", "e\u{301}te\u{301}", "3x", "o", "pe", "and",
        "OR", "not", "in", "contains",
        "null", "now", "14d ago", "ago", "it's", "say \"hi\"", "a`b", "😀", "👨‍👩‍👧 family",
        "\u{645}\u{631}\u{62D}\u{628}\u{627}\u{200F}",
        "Ada Lovelace", "a\u{0}b", "ada@example.org", "a-1:b/c+d#e_f.g", "(x)", "x, y", "\u{301}x",
        "1e5", "+7", "2026-02-30",
        "-", ".", "\u{1B}[2J", "like", "is",
    ]

    init(using random: inout SeededGenerator, withAges: Bool = false) {
        switch random.below(10) {
        case 0: self.init(meaning: .blank, spelling: random.pick(["", "", " ", "\u{A0}\t"]))
        case 1...4:
            let word = random.pick(Self.words)
            self.init(meaning: .word, spelling: random.chance(30) ? word.uppercased() : word)
        case 5...6:
            let hundredths =
                random.below(9) * random.pick([1, 10, 100, 1_000_000_007]) * random.pick([1, -1])
            self.init(
                meaning: .hundredths(hundredths),
                spelling: Self.spelling(hundredths, using: &random))
        case 7...8 where withAges && random.chance(40):
            let minutes = random.below(6000)
            let choices = [
                "\(minutes)m", "\(minutes / 60)h\(minutes % 60)m",
                "\(minutes / 1440)d\(minutes % 1440)M",
            ]
            let seconds = RandomCondition.now - minutes * 60
            self.init(
                meaning: .seconds(seconds, seconds), spelling: random.pick(choices) + " ago",
                isAge: true)
            if minutes == 0 { spelling = "now" }
        default:
            // Days, minutes and seconds around the condition's current time, 2001-09-09T01:46:40Z.
            let day = 1 + random.below(30)
            let date = "2001-09-\(day < 10 ? "0" : "")\(day)"
            let start = (11_565 + day) * 86_400
            guard random.chance(60) else {
                self.init(meaning: .seconds(start, start + 86_399), spelling: date)
                return
            }
            let zone = random.pick([
                ("", 0), ("Z", 0), ("z", 0), ("+02:00", 7200), ("-0130", -5400),
            ])
            let isMinute = random.chance(50)
            let first = start + 9 * 3600 + 5 * 60 + (isMinute ? 0 : 7) - zone.1
            self.init(
                meaning: .seconds(first, first + (isMinute ? 59 : 0)),
                spelling: date + random.pick(["T", "t", " "]) + "09:05" + (isMinute ? "" : ":07")
                    + zone.0)
        }
    }

    /// A number with unnecessary zeros.
    private static func spelling(_ hundredths: Int, using random: inout SeededGenerator) -> String {
        let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
        var text = random.pick(["", "", "0", "000"]) + "\(whole)"
        if rest > 0 || random.chance(30) { text += rest < 10 ? ".0\(rest)" : ".\(rest)" }
        if text.contains("."), random.chance(30) { text += "00" }
        return (hundredths < 0 ? "-" : "") + text
    }
}

extension RandomCondition.Cell {
    init(using random: inout SeededGenerator) {
        switch random.below(8) {
        case 0: self = .missing
        case 1: self = .time(RandomCondition.now - 1_500_000 + random.below(3_000_000))
        case 2...5: self = .text(Self.writings(using: &random))
        default: self = .list((0..<random.below(4)).map { _ in Self.writings(using: &random) })
        }
    }

    private static func writings(using random: inout SeededGenerator) -> [RandomCondition.Atom] {
        (0..<random.pick([0, 1, 1, 1, 1, 2, 3])).map { _ in RandomCondition.Atom(using: &random) }
    }

    var value: RowCondition.Value {
        switch self {
        case .missing: .missing
        case .text(let writings): .text(writings.map(\.spelling))
        case .time(let seconds): .time(Int64(seconds) * 1_000_000)
        case .list(let elements): .list(elements.map { $0.map(\.spelling) })
        }
    }
}

// MARK: - Evaluation

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

// MARK: - Printing

extension RandomCondition {
    /// One of the texts with the meaning of this condition.
    func text(using random: inout SeededGenerator) -> String {
        text(root, strength: 0, using: &random)
    }

    /// One of the texts of a node inside an operator.
    ///
    /// The operator's strength is 0 for none and `or`, 1 for `and`, 2 for `not`.
    private func text(_ node: Node, strength: Int, using random: inout SeededGenerator) -> String {
        var text: String
        var own = 3
        switch node {
        case .leaf(let leaf): text = self.text(leaf, using: &random)
        case .not(let inner):
            text =
                random.pick(["not ", "NOT ", "Not\n"])
                + self.text(inner, strength: 2, using: &random)
        case .and(let parts):
            text = parts.map { self.text($0, strength: 2, using: &random) }
                .joined(separator: random.pick([" and ", " AND\t", "\u{3000}anD "]))
            own = parts.count > 1 ? 1 : 2
        case .or(let parts):
            text = parts.map { self.text($0, strength: 1, using: &random) }
                .joined(separator: random.pick([" or ", " OR ", "\r\noR\n"]))
            own = parts.count > 1 ? 0 : 1
        }
        while own < strength || random.chance(10) {
            text = random.pick(["(", "( "]) + text + random.pick([")", " )"])
            own = 3
        }
        return text
    }

    private func text(_ leaf: Leaf, using random: inout SeededGenerator) -> String {
        let field =
            switch leaf.subject {
            case .column("a"): random.pick(["a", "'a'", "`a`"])
            case .column(let name): Self.quoted(name, using: &random)
            case .new("assignee"): random.pick(["new.assignee", "NEW.assignedTo", "New.OWNER"])
            case .new(let name): "new.\(name)"
            case .old("category"): random.pick(["old.category", "old.CategoryID"])
            case .old(let name): "old.\(name)"
            }
        let relation =
            random.chance(50) ? leaf.relation.rawValue : leaf.relation.rawValue.uppercased()
        var values = leaf.literals.map { Self.text($0, using: &random) }.joined(
            separator: random.pick([",", " , ", ",\n"]))
        if [.isIn, .isNotIn].contains(leaf.relation) { values = "(\(values))" }
        let isSign = !leaf.relation.rawValue.contains { $0.isLetter }
        let gap = isSign ? random.pick(["", " ", "\t "]) : " "
        return field + gap + relation + gap + values
    }

    private static func text(_ atom: Atom, using random: inout SeededGenerator) -> String {
        if atom.isAge { return atom.spelling }
        if case .blank = atom.meaning, random.chance(30), atom.spelling.isEmpty {
            return random.pick(["null", "NULL"])
        }
        let isPlain =
            !atom.spelling.isEmpty
            && atom.spelling.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic
                    || $0.isASCII
                        && ($0.properties.numericType != nil
                            || "_-.:@/+#".unicodeScalars.contains($0))
            }
        let needsQuotes = ["and", "or", "not", "in", "contains", "null", "now", "2026-02-30"]
            .contains(atom.spelling.lowercased())
        return isPlain && !needsQuotes && random.chance(70)
            ? atom.spelling : quoted(atom.spelling, using: &random)
    }

    private static func quoted(_ text: String, using random: inout SeededGenerator) -> String {
        let quote: Unicode.Scalar = random.pick(["'", "\"", "`"])
        var result = String.UnicodeScalarView([quote])
        for scalar in text.unicodeScalars {
            if scalar == quote { result.append(quote) }
            result.append(scalar)
        }
        result.append(quote)
        return String(result)
    }
}
