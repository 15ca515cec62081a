import BulkSystem

/// The layout of a text that begins as JSON.
enum JSONLayout: Equatable {
    /// Not JSON, or one object per line.
    case lines
    /// One array of objects.
    case array
    /// One array of texts.
    case texts
    /// One array of arrays: a header and rows, or rows alone.
    case table
    /// One object that is a table.
    case object(TableObject)
    /// One object with all records in arrays.
    case wrapped(WrappedRecords)
    /// Objects that span several lines, or several objects on one line.
    case spread
    /// Objects separated by commas.
    case separated

    /// How much of an object is examined.
    static let searched = 64 << 10

    /// Determines the layout of a text.
    ///
    /// - Parameters:
    ///   - bytes: The text's beginning.
    ///   - isTicketKey: Whether a key names the ticket of a record; `nil` if objects may have any
    ///     keys.
    init(_ bytes: UnsafeBufferPointer<UInt8>, isTicketKey: ((String) -> Bool)?) {
        var at = 0
        Self.skipBlanks(bytes, &at)
        guard at < bytes.count else { self = .lines; return }
        if bytes[at] == UInt8(ascii: "[") {
            at += 1
            Self.skipBlanks(bytes, &at)
            // A column's name could be in brackets.
            let follows = at < bytes.count ? bytes[at] : UInt8(ascii: "]")
            switch follows {
            case UInt8(ascii: "["): self = .table
            case UInt8(ascii: "{"), UInt8(ascii: "]"): self = .array
            case UInt8(ascii: "\""): self = .texts
            default: self = .lines
            }
            return
        }
        guard bytes[at] == UInt8(ascii: "{"), let isTicketKey else { self = .lines; return }
        var object = FirstObject(isTicketKey)
        object.scan(bytes, from: at)
        self = object.layout(bytes)
    }

    static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    static func skipBlanks(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int) {
        while at < bytes.count, isBlank(bytes[at]) { at += 1 }
    }
}

extension ByteWindow {
    /// Refuses JSON that is not one object per line; no part of it is read.
    mutating func refuseWholeJSON(isTicketKey: ((String) -> Bool)?) throws(ReadError) {
        try fill(64)
        var first = firstNonBlank()
        // Any number of blank lines may precede an array.
        while first == nil, !isFinal, end - start < 64 << 20 {
            try fill(2 * (end - start))
            first = firstNonBlank()
        }
        guard let first, base[first] == UInt8(ascii: "[") || base[first] == UInt8(ascii: "{")
        else { return }
        try fill(first - start + JSONLayout.searched)
        let blanks = firstNonBlank() ?? start
        let bytes = UnsafeBufferPointer(
            start: UnsafePointer(base + blanks), count: min(end - blanks, JSONLayout.searched))
        let conversion = conversion
        let words: String
        let command: String
        switch JSONLayout(bytes, isTicketKey: isTicketKey) {
        case .lines: return
        case .array: (words, command) = ("one JSON array", conversion.jq(".[]"))
        case .texts:
            (words, command) = ("one JSON array of texts", conversion.jq(".[] | {ticketId: .}"))
        case .table: (words, command) = ("one JSON array of arrays", conversion.jqOfTable)
        case .object(let table): (words, command) = (table.words, conversion.jq(table.filter))
        case .wrapped(let records):
            words = "one JSON object with its records under \(records.words)"
            command = conversion.jq(records.filter)
        case .spread:
            (words, command) = (
                "JSON with objects over several lines, or several on one", conversion.jq(".")
            )
        case .separated:
            (words, command) = ("JSON objects with commas between", conversion.jqOfSeparatedObjects)
        }
        throw ReadError(
            code: .formatUnsupported,
            message: "this is \(words), and JSON Lines has an object a line: "
                + "rewrite it, \(conversion.introduction): \(command)",
            inputName: name)
    }

    private func firstNonBlank() -> Int? {
        (start..<end).first { !JSONLayout.isBlank(base[$0]) }
    }
}
