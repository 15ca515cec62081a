import BulkPlan
import BulkTestSupport
import Testing

@Suite("Conditions: random ones")
struct ConditionPropertyTests {
    @Test(
        "a printed condition is read, and holds for the rows that a slow evaluation chooses",
        arguments: [1, 2, 3, 4])
    func evaluation(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var held = 0
        let tries = RandomInputs.count(600)
        for _ in 0..<tries {
            let wanted = RandomCondition(
                comparisons: 1 + random.below(random.pick([1, 3, 12])), using: &random)
            let texts = [wanted.text(using: &random), wanted.text(using: &random)]
            let conditions = try texts.map { try RowCondition($0, now: RandomCondition.now) }
            for condition in conditions {
                #expect(
                    condition.comparisons.map(\.subject) == wanted.leaves.map(\.subject),
                    "\(condition)")
                #expect(
                    condition.comparisons.map(\.relation) == wanted.leaves.map(\.relation),
                    "\(condition)")
            }
            for _ in 0..<8 {
                var cells: [RowCondition.Subject: RandomCondition.Cell] = [:]
                for subject in RandomCondition.subjects {
                    cells[subject] = RandomCondition.Cell(using: &random)
                }
                let expected = wanted.holds { cells[$0] ?? .missing }
                if expected { held += 1 }
                for condition in conditions {
                    let found = condition.holds { cells[$0]?.value ?? .missing }
                    guard found != expected else { continue }
                    let values = condition.subjects.map { "\($0): \(cells[$0]?.value ?? .missing)" }
                    Issue.record("\(condition.text.debugDescription) is \(found) for \(values)")
                }
            }
        }
        // Both outcomes are frequent, so that the comparison is meaningful.
        #expect(held > 2 * tries && held < 6 * tries, "\(held)")
    }

    @Test(
        "an outcome is decided exactly when all completions of what is known agree",
        arguments: [5, 6])
    func decided(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var decisions: [Bool?: Int] = [:]
        for _ in 0..<RandomInputs.count(600) {
            let count = 1 + random.below(7)
            let wanted = RandomCondition(comparisons: count, using: &random)
            let condition = try RowCondition(wanted.text(using: &random), now: RandomCondition.now)
            let known = (0..<count).map { _ in random.chance(50) ? random.chance(50) : nil }
            var outcomes: Set<Bool> = []
            for completion in 0..<(1 << count) {
                let results = (0..<count).map { known[$0] ?? (completion >> $0 & 1 == 1) }
                let outcome = condition.holds { results[$0] }
                #expect(outcome == wanted.holds(wanted.root) { results[$0.number] })
                #expect(condition.decided { results[$0] } == outcome)
                outcomes.insert(outcome)
            }
            let decision = condition.decided { known[$0] }
            #expect(decision == (outcomes.count == 1 ? outcomes.first : nil), "\(condition)")
            decisions[decision, default: 0] += 1
        }
        #expect(decisions.count == 3)
    }

    @Test("no text is read in a way that its negation does not oppose", arguments: [7, 8])
    func damage(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "a", "old.status", "new.", "'", "\"", "`", "''", "=", "!=", "<", ">=", "!", "&&", "(",
            ")", ",", "in", "not", "and", "or",
            "contains", "null", "now", "14d ago", "ago", "2026-01-05", "2026-1-5", "3", "-", "😀",
            "\u{202E}", "\u{200F}", "\u{0}",
            "\u{301}", "\u{FEFF}", "\r\n", "é", "‘", "e\u{301}", "x y",
        ]
        var read = 0
        for _ in 0..<2500 {
            let damaged = RandomCondition(comparisons: 1 + random.below(3), using: &random)
            var scalars = Array(damaged.text(using: &random).unicodeScalars)
            for _ in 0..<random.below(3) {
                let place = random.below(scalars.count + 1)
                let end = random.chance(50) ? place : min(scalars.count, place + random.below(4))
                scalars.replaceSubrange(place..<end, with: random.pick(pieces).unicodeScalars)
            }
            let text = String(String.UnicodeScalarView(scalars))
            do {
                let condition = try RowCondition(text, now: 0)
                let opposite = try RowCondition("not (\(text))", now: 0)
                let value = RowCondition.Value.text([random.pick(["x", "3", "", "2026-01-05"])])
                #expect(
                    condition.holds { _ in value } != opposite.holds { _ in value },
                    "\(text.debugDescription)")
                read += 1
            } catch {
                #expect(error.offset >= 0 && error.offset <= text.count && !error.message.isEmpty)
                let lines = error.description.split(
                    separator: "\n", omittingEmptySubsequences: false)
                #expect(lines.count == 3, "\(text.debugDescription)")
            }
        }
        #expect(read > 750 && read < 2250, "\(read)")
    }
}
