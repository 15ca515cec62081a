import BulkTestSupport
import Testing

@testable import BulkRecords

@Suite("Nested JSON values")
struct NestedValueTests {
    /// What both ways make of a value; `nil` where a value is not valid.
    private func ends(_ text: [UInt8], depth: Int) -> (usual: Int?, exact: Int?) {
        // Zeros end the text, as in a window.
        (text + [UInt8](repeating: 0, count: 32)).withUnsafeBufferPointer { bytes in
            let start = JSONScanner(bytes.baseAddress!, from: 0, to: text.count)
            var (usual, exact) = (start, start)
            return (
                usual.skipUsualNested(depth: depth) ? usual.at : nil,
                exact.skipNested(depth: depth) ? exact.at : nil
            )
        }
    }

    private func value(_ random: inout SeededGenerator, level: Int) -> String {
        let blank = random.pick(["", "", "", " ", "\t "])
        func list(_ open: String, _ close: String, _ item: () -> String) -> String {
            let items = (0..<random.below(4)).map { _ in item() }
            return open + blank + items.joined(separator: "\(blank),\(blank)") + blank + close
        }
        switch random.below(level > 3 ? 8 : 12) {
        case 0: return random.pick(["true", "false", "null"])
        case 1: return random.pick(["0", "-1", "120", "-0.5", "1e9", "2.5E-3"])
        case 2...7: return text(&random)
        case 8, 9: return list("[", "]") { value(&random, level: level + 1) }
        default:
            return list("{", "}") {
                text(&random) + blank + ":" + blank + value(&random, level: level + 1)
            }
        }
    }

    private func text(_ random: inout SeededGenerator) -> String {
        let pieces = (0..<random.below(5)).map { _ in
            random.pick([
                "a", "é", "plan and city", #"\""#, #"\\"#, #"\n"#, #"\u00f6"#, #"\ud83d\ude00"#,
                "😀", "Zoë", "0123456789abcdef",
            ])
        }
        return "\"" + pieces.joined() + "\""
    }

    @Test("the fast way accepts what the exact way accepts, and nothing else")
    func agreement() {
        var random = SeededGenerator(seed: 41)
        var counts = (valid: 0, invalid: 0, left: 0)
        for _ in 0..<RandomInputs.count(100_000) {
            let open = random.pick(["[", "{\"k\":"])
            let close = open == "[" ? "]" : "}"
            var bytes = Array((open + value(&random, level: 0) + close + ",").utf8)
            if random.below(2) == 0 {
                let place = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[place] = random.pick(Array(#"{}[]",:\ u09.eE-tn"#.utf8) + [0, 10])
                case 1: bytes.remove(at: place)
                default: bytes.insert(random.pick(Array(#"{}[]",:\ 0"#.utf8)), at: place)
                }
            }
            guard bytes.first == UInt8(ascii: "[") || bytes.first == UInt8(ascii: "{") else {
                continue
            }
            let depth = random.pick([1, 2, 3, 64, 500])
            let (usual, exact) = ends(bytes, depth: depth)
            let text = String(decoding: bytes, as: UTF8.self)
            if let usual {
                counts.valid += 1
                #expect(usual == exact, "\(text)")
            } else if exact != nil {
                counts.left += 1
                #expect(text.contains(#"\ud"#), "\(text)")
            } else {
                counts.invalid += 1
            }
        }
        #expect(min(counts.valid, counts.invalid, counts.left) > 100, "\(counts)")
    }

    /// What becomes of a value that is compared with another one, and without that.
    private func ends(
        _ text: [UInt8], after learned: [UInt8]
    ) -> (formed: Int?, usual: Int?, isLearned: Bool) {
        let padding = [UInt8](repeating: 0, count: 64)
        return (learned + padding).withUnsafeBufferPointer { learnedBytes in
            (text + padding).withUnsafeBufferPointer { bytes in
                let base = bytes.baseAddress!
                var form = NestedForm()
                let pieces = form.learn(learnedBytes.baseAddress!, count: learned.count)
                var (formed, usual) = (0, 0)
                var joined = (Bytes16(repeating: 0), Bytes16(repeating: 0))
                let isUsual = JSONScanner.passUsualNested(
                    base, &usual, to: text.count, depth: 64, &joined.0)
                guard pieces.count > 0 else { return (nil, isUsual ? usual : nil, false) }
                let isFormed = form.pass(
                    pieces, base, &formed, to: text.count, depth: 64, &joined.1)
                // Texts beyond ASCII must be noticed; keys of the learned value were checked with it.
                if isFormed, learned.allSatisfy({ $0 < 0x80 }),
                    text[..<formed].contains(where: { $0 >= 0x80 })
                {
                    #expect(hasHighBit(joined.1))
                }
                return (isFormed ? formed : nil, isUsual ? usual : nil, true)
            }
        }
    }

    @Test("comparing a value with another one changes nothing, whatever they have in common")
    func forms() {
        var random = SeededGenerator(seed: 47)
        var counts = (valid: 0, invalid: 0)
        for _ in 0..<RandomInputs.count(40_000) {
            let (open, close) = random.pick([("[", "]"), ("[[", "]]"), ("[{\"a\":[", "]}]")])
            let parts = (0..<4).map { _ in value(&random, level: 1) }
            let learned = Array((open + parts[0] + "," + parts[1] + close).utf8)
            guard ends(learned, after: learned).usual == learned.count else { continue }
            // The same value with other parts, or with another byte somewhere.
            var bytes = Array(
                (open + random.pick([parts[0], parts[2]]) + ","
                    + random.pick([parts[1], parts[3], parts[1] + "," + parts[2]]) + close).utf8)
            if random.below(2) == 0 {
                let place = 1 + random.below(bytes.count - 1)
                switch random.below(3) {
                case 0: bytes[place] = random.pick(Array(#"{}[]",:\ u09.eE-tn"#.utf8) + [0, 10])
                case 1: bytes.remove(at: place)
                default: bytes.insert(random.pick(Array(#"{}[]",:\ 0"#.utf8)), at: place)
                }
            }
            let (formed, usual, isLearned) = ends(bytes, after: learned)
            #expect(isLearned)
            #expect(
                formed == usual,
                "\(String(decoding: learned, as: UTF8.self)) \(String(decoding: bytes, as: UTF8.self))"
            )
            if usual == nil { counts.invalid += 1 } else { counts.valid += 1 }
        }
        #expect(min(counts.valid, counts.invalid) > 100, "\(counts)")
    }

    @Test(
        "levels are counted as the exact way counts them", arguments: [1, 2, 63, 64, 65, 66, 200])
    func levels(count: Int) {
        for (open, close) in [("[", "]"), ("{\"k\":", "}")] {
            for inner in ["1", "[]", "{}"] {
                let text = Array(
                    (String(repeating: open, count: count) + inner
                        + String(repeating: close, count: count)).utf8)
                for depth in [count - 1, count, count + 1, 500] where depth > 0 {
                    let (usual, exact) = ends(text, depth: depth)
                    let levels = inner == "1" ? count : count + 1
                    #expect(exact == (levels <= depth ? text.count : nil))
                    #expect(usual == (levels <= min(depth, 64) ? text.count : nil))
                }
            }
        }
    }
}
