import BulkPlan
import BulkTestSupport

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
