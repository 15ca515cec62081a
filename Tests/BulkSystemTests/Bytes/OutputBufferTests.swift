import BulkSystem
import Testing

@Suite("What goes into an output buffer comes out of it")
struct OutputBufferTests {
    private func text(_ fill: (inout OutputBuffer) -> Void) -> String {
        var buffer = OutputBuffer(capacity: 1)
        fill(&buffer)
        return buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test("Numbers are decimal", arguments: [0, 7, -1, 10, 1_234_567, .max, .min])
    func decimal(value: Int) {
        #expect(text { $0.append(decimal: value) } == String(value))
    }

    @Test(
        "JSON strings are escaped and stay one line",
        arguments: [
            ("", "\"\""), ("plain", "\"plain\""), ("a\"b\\c", #""a\"b\\c""#),
            ("\n\r\t\u{08}\u{0C}\u{00}\u{1F}", #""\n\r\t\b\f\u0000\u001f""#),
            ("\u{2028}\u{2029}\u{202A}€", "\"\\u2028\\u2029\u{202A}€\""), ("é👍", "\"é👍\""),
        ])
    func jsonString(plain: String, escaped: String) {
        #expect(text { $0.append(jsonString: plain) } == escaped)
    }

    @Test("A character to escape is found wherever it stands", arguments: 0..<20)
    func escapes(place: Int) {
        for (special, escaped) in [
            ("\"", "\\\""), ("\\", "\\\\"), ("\u{1F}", "\\u001f"), ("\u{2028}", "\\u2028"),
            ("é", "é"),
        ] {
            let before = String(repeating: "!", count: place)
            let after = String(repeating: "~", count: 19 - place)
            #expect(
                text { $0.append(jsonString: before + special + after) }
                    == "\"" + before + escaped + after + "\"")
        }
    }

    @Test("Long texts are escaped as short ones", arguments: [4070, 4085, 4090, 4095, 8180, 8191])
    func longEscapes(place: Int) {
        let before = String(repeating: "é", count: place / 2) + String(repeating: "\"", count: 20)
        let escapedBefore =
            String(repeating: "é", count: place / 2) + String(repeating: "\\\"", count: 20)
        for (special, escaped) in [("\u{2028}€", "\\u2028€"), ("\u{01}", "\\u0001"), ("â", "â")] {
            for shift in 0..<9 {
                let after = String(repeating: "~", count: shift) + special
                let escapedAfter = String(repeating: "~", count: shift) + escaped
                #expect(
                    text { $0.append(jsonString: before + after + before) }
                        == "\"" + escapedBefore + escapedAfter + escapedBefore + "\"")
            }
        }
    }

    @Test("Whole numbers of every length are written as Swift writes them")
    func decimals() {
        var numbers = [0, 1, -1, Int.max, Int.min, 99_999_999, 100_000_000, 1_000_000_000_000_000]
        var power = 1
        for _ in 0..<18 {
            power *= 10
            numbers += [power - 1, power, power + 1, -power, power / 7, power / 3 * 2]
        }
        for number in numbers + Array(0...12_345) {
            #expect(text { $0.append(decimal: number) } == "\(number)")
        }
    }

    @Test("Words are eight hexadecimal digits")
    func hexadecimal() {
        #expect(text { $0.append(hexadecimal: 0x0123_4567) } == "01234567")
        #expect(text { $0.append(hexadecimal: 0x89AB_CDEF) } == "89abcdef")
        #expect(text { $0.append(hexadecimal: 0) } == "00000000")
    }

    @Test("It grows past any capacity and keeps the order")
    func grows() {
        let long = String(repeating: "0123456789", count: 1000)
        #expect(
            text {
                $0.append("<")
                $0.append(text: long)
                $0.append(UInt8(ascii: ">"))
                $0.pad(to: 10_010)
            } == "<" + long + ">" + String(repeating: " ", count: 8))
    }
}
