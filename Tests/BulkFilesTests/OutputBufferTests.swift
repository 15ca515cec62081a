import BulkFiles
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
