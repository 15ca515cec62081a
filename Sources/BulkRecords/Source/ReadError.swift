/// Why an input cannot be read at all: a failure of the whole input, never of one record.
///
/// A problem with one record is data: see ``RecordProblem``.
public struct ReadError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of causes.
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// The file does not exist or may not be opened.
        case cannotOpen = "cannot_open"
        /// The file, pipe or terminal failed while it was read.
        case cannotRead = "cannot_read"
        /// The input is written in UTF-16 or UTF-32, not in UTF-8.
        case encodingUnsupported = "encoding_unsupported"
        /// The input is neither CSV nor JSON Lines.
        case formatUnsupported = "format_unsupported"
        /// The header line of a CSV input is itself malformed, so that no column is known.
        case headerMalformed = "header_malformed"
        /// The requested delimiter cannot be one.
        case delimiterInvalid = "delimiter_invalid"
        /// The gzip data is damaged or cut off, or a name promises gzip data where there is none.
        case decompressionFailed = "decompression_failed"
        /// The gzip data expands beyond what is believable for a table.
        case expansionTooLarge = "expansion_too_large"
    }

    /// The cause.
    public var code: Code
    /// What is wrong and how to fix it, in words, without the position.
    public var message: String
    /// The input's name: the file's path, or `-` for standard input.
    public var inputName: String
    /// The line concerned, 1 being the first; `nil` for the whole input.
    public var line: Int?

    /// Makes an error from its parts.
    public init(code: Code, message: String, inputName: String, line: Int? = nil) {
        self.code = code
        self.message = message
        self.inputName = inputName
        self.line = line
    }

    /// The position and the message in readable form.
    public var description: String {
        let place = inputName == "-" ? "standard input" : inputName
        guard let line else { return "\(place): \(message)" }
        return "\(place):\(line): \(message)"
    }
}
