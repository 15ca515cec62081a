import BulkTestSupport
import Testing

@testable import BulkSystem

@Suite("The closest of several texts")
struct EditDistanceTests {
    /// The whole table of distances, without any short cut.
    private func plainDistance(_ one: String, _ other: String) -> Int {
        let (a, b) = (Array(one.prefix(64)), Array(other.prefix(64)))
        var table = Array(repeating: Array(repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in 0...a.count {
            for j in 0...b.count {
                guard i > 0, j > 0 else {
                    table[i][j] = i + j
                    continue
                }
                table[i][j] = min(
                    table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1), table[i - 1][j] + 1,
                    table[i][j - 1] + 1)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
                }
            }
        }
        return max(table[a.count][b.count], abs(one.count - other.count))
    }

    private func plainClosest(_ text: String, _ candidates: [String]) -> String? {
        var best: (String, Int)?
        for candidate in candidates {
            let distance = plainDistance(text, candidate)
            guard distance * 3 <= min(64, max(text.count, candidate.count)) else { continue }
            if distance < best?.1 ?? .max { best = (candidate, distance) }
        }
        return best?.0
    }

    @Test("Short cuts change no distance and no choice")
    func shortCuts() {
        var random = SeededGenerator(seed: 16)
        let letters = Array("abcdé\r\n😀A1")
        func text(upTo length: Int) -> String {
            String(
                (0..<Int.random(in: 0...length, using: &random)).map { _ in
                    letters.prefix(Bool.random(using: &random) ? 4 : letters.count)
                        .randomElement(using: &random)!
                })
        }
        for round in 0..<400 {
            let length = round % 10 == 0 ? 80 : 9
            let one = text(upTo: length)
            let candidates = (0..<8).map { _ in text(upTo: length) }
            for other in candidates {
                #expect(editDistance(one, other) == plainDistance(one, other))
            }
            let expected = plainClosest(one, candidates)
            #expect(closest(to: one, among: candidates) { $0 } == expected)
            #expect(KnownSpellings(candidates.map { ($0, $0) }).closest(to: one) == expected)
        }
    }

    @Test("CR and LF are one letter together")
    func lineEnds() {
        #expect(editDistance("a\r\nb", "ab") == 1)
        #expect(editDistance("a\r\nb", "a\nb") == 1)
    }

    @Test("The first of two equally close ones is chosen, and none that is too far")
    func choice() {
        #expect(closest(to: "grace", among: ["grade", "grape"]) { $0 } == "grade")
        #expect(closest(to: "grace", among: ["ada", "linus"]) { $0 } == nil)
        #expect(closest(to: "grace", among: [("Grace", "grace"), ("GRACE", "grace")]) == "Grace")
    }

    @Test("A long name is close to no short text")
    func longNames() {
        let long = String(repeating: "A", count: 300)
        #expect(closest(to: "zed", among: [long]) { $0 } == nil)
        #expect(closest(to: long, among: ["zed"]) { $0 } == nil)
        #expect(KnownSpellings([(long, long)]).closest(to: "x") == nil)
        #expect(closest(to: "é", among: [long + "é"]) { $0 } == nil)
        // Only a part of these is compared, but all of their letters count.
        #expect(closest(to: String(repeating: "A", count: 70), among: [long]) { $0 } == nil)
        #expect(closest(to: long + "A", among: [long]) { $0 } == long)
        let mailbox = "\(long)@lumenpay.example"
        #expect(closest(to: "x@lumenpay.example", among: [mailbox]) { $0 } == nil)
    }

    @Test("E-mail addresses are close only if what is before the @ is")
    func addresses() {
        let known = ["ben@lumenpay.example", "grace@lumenpay.example"]
        #expect(closest(to: "robin@lumenpay.example", among: known) { $0 } == nil)
        #expect(closest(to: "x@lumenpay.example", among: known) { $0 } == nil)
        #expect(closest(to: "gracee@lumenpay.example", among: known) { $0 } == known[1])
        #expect(closest(to: "ben@lumenpya.exampel", among: known) { $0 } == known[0])
    }
}
