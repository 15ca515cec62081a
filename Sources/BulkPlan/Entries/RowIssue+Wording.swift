import BulkSystem

extension RowIssue {
    /// How an issue's message is held.
    ///
    /// The messages of a million wrong values differ by these values alone. So they are not made until they are
    /// needed, and a plan's rows are written without them.
    package enum Wording: Sendable {
        /// As it is.
        case text(String)
        /// A text, the quoted value, and another text.
        case value(before: FixedText, after: FixedText)
        /// The question whether the suggestion is meant, the quoted value, and a text.
        case suggestion(after: FixedText)
        /// The messages of all parts.
        case joined

        /// The message of an issue that is worded like this.
        func message(of issue: RowIssue) -> String {
            switch self {
            case .text(let text): text
            case .value(let before, let after):
                before.text + quoted(issue.value ?? "") + after.text
            case .suggestion(let after):
                "did you mean \(issue.suggestion ?? "")? " + quoted(issue.value ?? "") + after.text
            case .joined:
                issue.parts.dropFirst().reduce(into: issue.parts[0].message) { message, part in
                    message += "; " + (part.column.map { "\($0): " } ?? "") + part.message
                }
            }
        }
    }

    /// A text that many messages have in common.
    ///
    /// It is made once and never freed. So a copy of an issue needs no count of references, for which threads would
    /// compete.
    package struct FixedText: @unchecked Sendable {
        // Nothing writes to these bytes after the text was made.
        fileprivate let bytes: UnsafeRawBufferPointer

        /// Makes a text; only for constants.
        ///
        /// - Parameter text: Visible characters of ASCII without quotes and backslashes, which JSON holds as they are.
        package init(_ text: String) {
            precondition(
                text.utf8.allSatisfy { 0x20..<0x7F ~= $0 && $0 != 0x22 && $0 != 0x5C },
                "a text that is the same in JSON")
            let space = UnsafeMutableRawBufferPointer.allocate(
                byteCount: text.utf8.count, alignment: 1)
            space.copyBytes(from: text.utf8)
            bytes = UnsafeRawBufferPointer(space)
        }

        /// The text.
        var text: String { String(decoding: bytes, as: UTF8.self) }
    }
}

extension OutputBuffer {
    /// Appends an issue's message as a JSON string, without making it where it is not held as a text.
    mutating func append(messageOf issue: RowIssue) {
        append("\"")
        append(wordsOf: issue)
        append("\"")
    }

    private mutating func append(wordsOf issue: RowIssue) {
        switch issue.wording {
        case .text(let text): append(insideJSONString: text)
        case .value(let before, let after):
            append(before.bytes)
            append(quotedInsideJSONString: issue.value ?? "")
            append(after.bytes)
        case .suggestion(let after):
            append("did you mean ")
            append(insideJSONString: issue.suggestion ?? "")
            append("? ")
            append(quotedInsideJSONString: issue.value ?? "")
            append(after.bytes)
        case .joined:
            for (index, part) in issue.parts.enumerated() {
                if index > 0 {
                    append("; ")
                    if let column = part.column {
                        append(insideJSONString: column)
                        append(": ")
                    }
                }
                append(wordsOf: part)
            }
        }
    }
}
