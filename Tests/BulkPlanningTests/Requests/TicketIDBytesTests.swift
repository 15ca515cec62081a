import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning

/// Compares what is found by bytes with what the characters show, slowly.
@Suite("Texts that name a ticket, by their bytes")
struct TicketIDBytesTests {
    private static let ids = [
        "6630a1f4c2b9e4a1d8f00b99", "6630a1f4c2b9e4a1d8f00b98", "66" + "0".repeated(22),
    ]
    /// Parts of links and cells, and what makes characters of several scalars or of several spellings.
    private static let parts =
        ids + ids.map { $0.uppercased() } + ids.map { $0 + ids[0] } + [
            "id=", "ticketid=", "Ticket=", "TICKETID=", "ticket", "id", "userid=", "user=",
            "orgId=",
            "organization=", "inboxid=", "teamid", "=", "==", "://", ":", "/", "?", "&", "#", "_",
            "9", "a",
            "https://acme.example/t/", "%3D", "%3d", "%", "%2", "%+1", "%41", "%C3%A9", "%FF", " ",
            "\r\n",
            "\u{301}", "é", "e\u{301}", "\u{212A}", "İ", "＝", "＆", "１", "ａ", "ｉｄ", "\u{0663}",
            "\u{0600}",
            "\u{200D}", "\u{FE0F}", "\u{37E}", "ſ", "K\u{301}", "ß", "中",
        ]

    private static func text(_ random: inout SeededGenerator) -> String {
        (0..<random.below(7) + 1).map { _ in random.pick(parts) }.joined()
    }

    @Test("The ids inside a text are those that its characters show")
    func inside() {
        var random = SeededGenerator(seed: 17)
        var counts: [Int: Int] = [:]
        var differing = 0
        for _ in 0..<RandomInputs.count(20_000) {
            let text = Self.text(&random)
            let expected = SlowTicketIDText.idsInside(text)
            #expect(TicketIDText.idsInside(text) == expected, "\(text.debugDescription)")
            #expect(
                TicketIDText.namesScheme(text) == text.contains("://"), "\(text.debugDescription)")
            counts[expected.count, default: 0] += 1
            if Set(expected) != Set(SlowTicketIDText.runs(text)) { differing += 1 }
        }
        // The texts have ids of which some are named, so that the names matter.
        #expect((0...2).allSatisfy { counts[$0, default: 0] > 0 } && differing > 0)
    }

    @Test("A dashboard link gives the id that its characters show")
    func links() {
        let parts = [
            "https://dashboard.mava.app/dashboard/ticket?id=", "http://dashboard.mava.app",
            "HTTPS://Dashboard.Mava.App", "dashboard.mava.app", ":443", ":80", "/dashboard/ticket",
            "/dashboard/ticket/", "/Dashboard/ticket", "?id=", "&id=", "?", "&", "#", "x=1",
            "\u{301}",
            "\r\n", "ſ", "%3D",
        ]
        var random = SeededGenerator(seed: 18)
        var counts = [false: 0, true: 0]
        for _ in 0..<RandomInputs.count(20_000) {
            let start = random.chance(70) ? random.pick(Array(parts[..<3])) : ""
            let middle = (0..<random.below(5)).map { _ in random.pick(parts + Self.ids) }.joined()
            let text = start + middle + (random.chance(70) ? random.pick(Self.ids) : "")
            let expected = TicketIDText.idInDashboardLink(text)
            let (found, unwrapped) = Array(text.utf8).withUnsafeBufferPointer { bytes in
                (
                    TicketIDText.withIDInDashboardLink(bytes) {
                        String(decoding: $0, as: UTF8.self)
                    },
                    TicketIDText.withUnwrapped(bytes) { String(decoding: $0, as: UTF8.self) }
                )
            }
            #expect(found == expected, "\(text.debugDescription)")
            #expect(unwrapped == expected ?? text, "\(text.debugDescription)")
            counts[expected != nil, default: 0] += 1
        }
        #expect(counts.values.allSatisfy { $0 > 0 })
    }

    @Test("A text is a date by its bytes if it is one by its characters")
    func dates() {
        let parts = [
            "1", "22", "333", "4444", "55555", "/", "-", ".", " ", "T", "x", "\u{301}", "é", "\r\n",
            "\u{0663}", "１", "\u{FE0F}",
        ]
        var random = SeededGenerator(seed: 19)
        var counts = [false: 0, true: 0]
        for _ in 0..<RandomInputs.count(20_000) {
            let separator = random.pick(["/", "-", ".", random.pick(parts)])
            let text =
                ((0..<3).map { _ in random.pick(random.chance(90) ? Array(parts[..<4]) : parts) })
                .joined(separator: separator)
                + (0..<random.below(4)).map { _ in random.pick(parts) }.joined()
            let expected = SlowTicketIDText.isDate(text)
            #expect(TicketIDText.isDate(text) == expected, "\(text.debugDescription)")
            counts[expected, default: 0] += 1
        }
        #expect(counts.values.allSatisfy { $0 > 200 })
    }

    @Test("A text is an id if its characters are at most 128, and visible")
    func valid() {
        func isValid(_ text: String) -> Bool {
            let scalars = text.unicodeScalars
            return (1...128).contains(scalars.count)
                && scalars.allSatisfy { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate,
                        .privateUse, .unassigned:
                        false
                    default: !scalar.properties.isWhitespace
                    }
                }
        }
        var random = SeededGenerator(seed: 20)
        let signs = ["a", "Z", "9", "-", "é", "中", "😀", "e\u{301}"]
        let odd = [" ", "\u{A0}", "\u{200B}", "\n", "\u{AD}", "\u{85}", "\u{7F}"]
        for length in [0, 1, 2, 60, 100, 126, 127, 128, 129, 130, 300] {
            for _ in 0..<20 {
                var text = (0..<length).map { _ in random.pick(signs) }
                if random.chance(30), length > 0 { text[random.below(length)] = random.pick(odd) }
                if random.chance(30) { text = [String](repeating: "x", count: length) }
                let joined = text.joined()
                #expect((TicketID(joined) != nil) == isValid(joined), "\(joined.debugDescription)")
            }
        }
    }
}

/// The same by characters.
private enum SlowTicketIDText {
    static func runs(_ text: String) -> [String] {
        var found: [String] = []
        for run in decoded(text).split(whereSeparator: { !$0.isASCII || !$0.isHexDigit })
        where run.count % 24 == 0 {
            var rest = run.lowercased()[...]
            while !rest.isEmpty, found.count < 3 {
                let id = String(rest.prefix(24))
                if !found.contains(id) { found.append(id) }
                rest = rest.dropFirst(24)
            }
        }
        return found
    }

    static func idsInside(_ text: String) -> [String] {
        let plain = decoded(text)
        let found = runs(text)
        guard found.count > 1 || plain.contains("=") else { return found }
        let lower = plain.lowercased()
        for name in ["ticketid=", "ticket=", "id="] {
            for range in lower.ranges(of: name) {
                let start = lower[..<range.lowerBound].last
                let id = lower[range.upperBound...].prefix { $0.isHexDigit }
                if start.map({ !$0.isLetter && !$0.isNumber && $0 != "_" }) ?? true,
                    found.contains(String(id))
                {
                    return [String(id)]
                }
            }
        }
        let others = found.filter { id in
            ["user", "agent", "org", "organization", "inbox", "assignee", "team"].contains {
                lower.contains("\($0)id=\(id)") || lower.contains("\($0)=\(id)")
            }
        }
        let tickets = found.filter { !others.contains($0) }
        return plain.contains("://") ? tickets : found
    }

    private static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        var plain = String.UnicodeScalarView()
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            let isWide = (0xFF01...0xFF5E).contains(scalar.value)
            plain.append(isWide ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar)
        }
        return String(plain)
    }

    static func isDate(_ text: String) -> Bool {
        guard let first = text.utf8.first, 0x30...0x39 ~= first else { return false }
        let day = text.prefix { $0 != " " && $0 != "T" }
        return ["/", "-", "."].contains { separator in
            let parts = day.split(
                separator: Character(separator), omittingEmptySubsequences: false)
            return parts.count == 3
                && parts.allSatisfy { part in
                    (1...4).contains(part.count) && part.allSatisfy { $0.isASCII && $0.isNumber }
                }
        }
    }
}

extension String {
    fileprivate func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}
