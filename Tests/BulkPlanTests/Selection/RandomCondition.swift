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
