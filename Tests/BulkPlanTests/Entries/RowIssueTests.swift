import BulkSystem
import Testing

@testable import BulkPlan

@Suite("Issues of rows")
struct RowIssueTests {
    /// Values that are escaped, shortened, or both, in messages and in JSON.
    static let values =
        [
            "", "Wrong", "a \"wrong\" one", "back\\slash", "tab\tand\nbreak\r\n",
            "\u{0}\u{1F}\u{7F}",
            "été", "\u{202E}hidden\u{200B}", "a\u{2028}b\u{2029}", "Закрыто", "😀👩‍👩‍👧", "e\u{301}",
            String(repeating: "x", count: 59) + "\u{301}yz", String(repeating: "\"", count: 61),
            String(repeating: "é", count: 31), String(repeating: "\u{200B}", count: 101),
        ] + [59, 60, 61, 99, 100, 101, 200].map { String(repeating: "w", count: $0) }

    private static let before = RowIssue.FixedText("use Open: ")
    private static let after = RowIssue.FixedText(" is not a status")

    private static func issues(_ value: String) -> [(held: RowIssue, asText: RowIssue)] {
        let quoted = quoted(value)
        func pair(
            _ wording: RowIssue.Wording, _ message: String, _ suggestion: String?
        ) -> (RowIssue, RowIssue) {
            (
                RowIssue(
                    code: .statusInvalid, wording, column: "status", value: value,
                    suggestion: suggestion),
                RowIssue(
                    code: .statusInvalid, message: message, column: "status", value: value,
                    suggestion: suggestion)
            )
        }
        return [
            pair(
                .value(before: before, after: after), "use Open: \(quoted) is not a status", nil),
            pair(
                .suggestion(after: after), "did you mean a \"b\"? \(quoted) is not a status",
                "a \"b\""),
        ]
    }

    private static func json(_ body: (inout OutputBuffer) -> Void) -> String {
        var buffer = OutputBuffer()
        body(&buffer)
        return buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test("a message is the same, compared and hashed, however it is held", arguments: values)
    func equality(value: String) {
        for (held, asText) in Self.issues(value) {
            #expect(held.message == asText.message)
            #expect(held == asText)
            #expect(held.hashValue == asText.hashValue)
            var other = asText
            other.message += "."
            #expect(held != other)
            other = held
            other.column = nil
            #expect(held != other)
        }
    }

    @Test("a plan holds the same text, whether the message was made or not", arguments: values)
    func writing(value: String) {
        for (held, asText) in Self.issues(value) {
            let message = Self.json { $0.append(jsonString: asText.message) }
            #expect(Self.json { $0.append(messageOf: held) } == message)
            #expect(Self.json { $0.append(held) } == Self.json { $0.append(asText) })
        }
    }

    @Test("several issues of a row are written as they are read", arguments: values)
    func joined(value: String) {
        let parts = Self.issues(value).map(\.held)
        let texts = Self.issues(value).map(\.asText)
        let message = texts[0].message + "; status: " + texts[1].message
        var asText = texts[0]
        asText.parts = texts
        asText.message = message
        let joined = RowIssue(joining: parts)
        #expect(joined.message == message)
        #expect(joined == asText)
        #expect(joined.hashValue == asText.hashValue)
        #expect(Self.json { $0.append(joined) } == Self.json { $0.append(asText) })
        #expect(RowIssue(joining: [parts[0]]) == texts[0])
    }

    @Test("a message stays when something changes of which it was made")
    func changes() {
        for (held, asText) in Self.issues("Wrong") {
            var issue = held
            issue.value = "other"
            #expect(issue.message == asText.message)
            issue = held
            issue.suggestion = "other"
            #expect(issue.message == asText.message)
        }
        var joined = RowIssue(joining: Self.issues("Wrong").map(\.held))
        let message = joined.message
        joined.parts = []
        #expect(joined.message == message)
        joined.message = "new"
        #expect(joined.message == "new")
    }
}
