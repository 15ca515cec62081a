/// Why one record cannot be read: data about the record, which does not affect other records.
public struct RecordProblem: Hashable, Sendable {
    /// The closed list of causes.
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// A CSV row has more or fewer fields than the header.
        case raggedRow = "ragged_row"
        /// A quote is inside an unquoted field, or text follows a closing quote.
        case strayQuote = "stray_quote"
        /// A quoted field is never closed.
        case unclosedQuote = "unclosed_quote"
        /// The record is not UTF-8.
        case invalidUTF8 = "invalid_utf8"
        /// The record holds a NUL byte.
        case nulByte = "nul_byte"
        /// A field is longer than allowed.
        case fieldTooLong = "field_too_long"
        /// The record is longer than allowed.
        case recordTooLong = "record_too_long"
        /// A JSON line is not valid JSON.
        case invalidJSON = "invalid_json"
        /// A JSON line's object is not closed on that line.
        case unfinishedJSON = "unfinished_json"
        /// Something follows a JSON line's object.
        case trailingGarbage = "trailing_garbage"
        /// A JSON line holds something other than an object.
        case notAnObject = "not_an_object"
        /// A JSON object has the same key twice.
        case duplicateKey = "duplicate_key"
        /// A JSON line is nested deeper than allowed.
        case nestingTooDeep = "nesting_too_deep"
        /// A `\u` escape is half of a surrogate pair.
        case loneSurrogate = "lone_surrogate"
        /// The objects of the input have more different keys than allowed.
        case tooManyColumns = "too_many_columns"
    }

    /// The cause.
    public var code: Code
    /// The position of the problem in the input, in bytes from its start.
    public var byteOffset: Int
    /// The line of the problem; for an unclosed quote, the line on which it opens.
    public var line: Int
    /// The expected or highest allowed number of fields, bytes or levels, if that is the problem.
    public var expected: Int
    /// The number of fields found, if that is the problem.
    public var found: Int
    /// The encoding from which the input was converted; `nil` where it is read as it is.
    var encoding: TextEncoding?
    /// Whether the record is a JSON line, where an open quote is always noticed.
    var isInJSON = false
    /// Whether the field that is too long has no quotes.
    var isUnquoted = false
    /// Whether a row is one quoted field that contains delimiters.
    var isQuotedWhole = false
    /// Whether the surplus fields of a row are empty fields at its end.
    var hasDelimitersAtEnd = false

    init(_ code: Code, byteOffset: Int, line: Int, expected: Int = 0, found: Int = 0) {
        self.code = code
        self.byteOffset = byteOffset
        self.line = line
        self.expected = expected
        self.found = found
    }

    /// Whether another problem has the same message; most messages do not say where the problem is.
    package func isWorded(like other: RecordProblem) -> Bool {
        var other = other
        switch code {
        case .invalidUTF8, .nulByte, .invalidJSON: break
        default: (other.byteOffset, other.line) = (byteOffset, line)
        }
        return other == self
    }

    /// What is wrong and how to fix it, in words, without the position.
    public var message: String {
        switch code {
        case .raggedRow:
            let advice =
                isQuotedWhole
                ? "save the file without quotes around whole lines"
                : hasDelimitersAtEnd
                    ? found == expected + 1
                        ? "remove the delimiter at the row's end"
                        : "remove the delimiters at the row's end"
                    : found > expected
                        ? "put quotes around a value that contains the delimiter"
                        : "keep the delimiters of empty values, or fill the last column"
            let fields = found == 1 ? "1 field" : "\(found) fields"
            return "\(advice): the row has \(fields), the header has \(expected)"
        case .strayQuote:
            return
                "put quotes around the whole value and double each quote inside it: a quote is "
                + "where none can be"
        case .unclosedQuote:
            return
                "close the quote that opens here, or double it if it belongs to the value: it is "
                + "never closed"
        case .invalidUTF8:
            guard let encoding else {
                return "save the file as UTF-8: byte \(byteOffset) is not"
            }
            return
                "correct the text, or give the file's true encoding: a character is none in "
                + encoding.rawValue
        case .nulByte:
            let place = encoding == nil ? "byte \(byteOffset)" : "a character"
            return "\(place) is NUL, which no text holds: the file is damaged or not text"
        case .fieldTooLong:
            return isInJSON || isUnquoted
                ? "shorten the value: it is longer than \(expected) bytes"
                : "close the quote that is left open, or shorten the value: it is longer than "
                    + "\(expected) bytes"
        case .recordTooLong:
            return "the record is longer than \(expected) bytes: is a line break missing?"
        case .invalidJSON:
            return "write one JSON object on each line: from byte \(byteOffset) on it is not JSON"
        case .unfinishedJSON:
            return
                "write each object on one line (`jq -c .` does it): this one is not closed on its "
                + "line"
        case .trailingGarbage:
            return
                "write one object a line, without commas between: something follows the object"
        case .notAnObject:
            return
                "write a JSON object on each line, such as {\"ticketId\":\"...\"}: this is not one"
        case .duplicateKey:
            return "remove one of the two: a key occurs twice in the object"
        case .nestingTooDeep:
            return "nested deeper than \(expected) levels"
        case .loneSurrogate:
            return
                "write both halves of the surrogate pair: a \\u escape is only one, which is not a character"
        case .tooManyColumns:
            return
                "the input has more than \(expected) different keys: are keys and values mixed up?"
        }
    }
}
