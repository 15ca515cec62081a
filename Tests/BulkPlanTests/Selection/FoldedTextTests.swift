import BulkTestSupport
import Testing

@testable import BulkPlan

@Suite("Texts are searched by bytes where that finds the same as by characters")
struct FoldedTextTests {
    private static let simple = (UInt32(0)...0x1_FFFF).filter {
        Unicode.Scalar($0) != nil && ($0 < 0x300 || FoldedText.isSimple($0))
    }.compactMap(Unicode.Scalar.init)

    @Test("A scalar that counts as simple is a character beside any other, and equal to no other")
    func simpleScalars() {
        var seen: Set<Character> = []
        for scalar in Self.simple where scalar != "\r" {
            #expect(seen.insert(Character(scalar)).inserted, "\(scalar.value)")
            guard scalar.value >= 0x300 else { continue }
            for other in ["a", "\n", "中", "가", "й", "ά", "😀", "\u{AD}", String(scalar)] {
                #expect("\(other)\(scalar)\(other)".count == 3, "\(scalar.value)")
            }
            #expect(scalar.properties.canonicalCombiningClass == .notReordered)
        }
        #expect(seen.count > 40_000)
    }

    @Test("A part is found in a text if its characters are there, in any script")
    func contains() {
        let marks = [
            "\u{301}", "\u{306}", "\u{308}", "\u{FE0F}", "\u{200D}", "\u{3099}", "\u{1F3FB}",
            "\u{11A8}",
            "\u{1100}", "\u{0E33}", "\u{0600}", "\u{037E}", "\u{212A}", "\u{F900}", "🇩", "\u{1F71}",
            "\r\n",
        ].map { $0 }
        let words = [
            "a", "e", "é", "и", "й", "слово", "ё", "ά", "α", ";", "k", "豈", "か", "が", "ガ", "가", "각",
            "中",
            "文", "😀", "👍", "א", "ا", "آ", "ü", "u", "ß", "\n", " ", "…", "–", "Ａ", "ệ", "e\u{323}",
        ]
        var random = SeededGenerator(seed: 11)
        var counts = [false: 0, true: 0]
        func text(_ most: Int, _ percent: Int) -> String {
            (0..<random.below(most) + 1).map { _ in
                random.pick(random.chance(percent) ? marks : words)
            }.joined()
        }
        for _ in 0..<RandomInputs.count(20_000) {
            let percent = random.pick([0, 0, 20])
            let whole = text(9, percent)
            let part = random.chance(50) ? text(2, percent) : String(whole.unicodeScalars.suffix(2))
            let (folded, foldedPart) = (FoldedText.folded(whole), FoldedText.folded(part))
            let expected = folded.contains(foldedPart)
            #expect(
                FoldedText.contains(folded, foldedPart) == expected,
                "\(folded.debugDescription) \(foldedPart.debugDescription)")
            counts[expected, default: 0] += 1
        }
        #expect(counts.values.allSatisfy { $0 > RandomInputs.count(1000) })
    }
}
