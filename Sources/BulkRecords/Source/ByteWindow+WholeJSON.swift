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
    /// One object with all records in an array; the value holds the keys that lead to it.
    case wrapped([String])
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

/// What the first object of a text shows about the layout of the whole text.
private struct FirstObject {
    /// Keys that other programs use for the records of an export.
    private static let usualKeys = [
        "tickets", "data", "items", "results", "rows", "records", "objects", "values", "content",
    ]

    private let isTicketKey: (String) -> Bool
    /// Whether the object itself names a ticket.
    private var namesTicket = false
    /// The keys that lead to the first array of objects.
    private var records: [String]?
    /// Whether the first of these objects names a ticket.
    private var recordNamesTicket = false
    private var isSpread = false
    /// Where the object ends; `nil` if its end was not found in the examined part.
    private var end: Int?
    /// The object's open containers: the last key read, or `nil` for an array.
    private var open: [String?] = []
    /// How many of them are arrays.
    private var openArrays = 0

    init(_ isTicketKey: @escaping (String) -> Bool) { self.isTicketKey = isTicketKey }

    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
        var isKeyNext = false
        var at = start
        let lastNonBlank = bytes.lastIndex { !JSONLayout.isBlank($0) } ?? start
        while at < bytes.count {
            switch bytes[at] {
            case 0x22:
                let from = at + 1
                at = from
                while at < bytes.count, bytes[at] != 0x22 {
                    at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
                }
                if isKeyNext, at < bytes.count {
                    note(key: String(decoding: bytes[from..<at], as: UTF8.self))
                    isKeyNext = false
                }
            case UInt8(ascii: "{"):
                open.append("")
                isKeyNext = true
            case UInt8(ascii: "["):
                noteArray(bytes, at + 1)
                open.append(nil)
                openArrays += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if open.removeLast() == nil { openArrays -= 1 }
                isKeyNext = false
                if open.isEmpty {
                    end = at + 1
                    return
                }
            case UInt8(ascii: ","): isKeyNext = open.last != .some(nil)
            // A line break at the end of an object that was cut off spreads it over no lines.
            case 0x0A, 0x0D:
                isSpread = isSpread || at < lastNonBlank
            default: break
            }
            at += 1
        }
    }

    private mutating func note(key: String) {
        open[open.count - 1] = key
        guard isTicketKey(key) else { return }
        if open.count == 1 { namesTicket = true }
        // Only the array itself is between the record and the object that holds the array.
        if let records, open.count == records.count + 2 { recordNamesTicket = true }
    }

    /// Records an array that is empty or holds objects, and that can be reached by keys alone.
    private mutating func noteArray(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) {
        guard records == nil, openArrays == 0, let last = open.last, let last else { return }
        var at = start
        JSONLayout.skipBlanks(bytes, &at)
        let first = at < bytes.count ? bytes[at] : UInt8(ascii: "]")
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "]") && isUsual(last) else {
            return
        }
        records = open.compactMap { $0 }
    }

    private func isUsual(_ key: String) -> Bool { Self.usualKeys.contains(key.lowercased()) }

    func layout(_ bytes: UnsafeBufferPointer<UInt8>) -> JSONLayout {
        if let records, let last = records.last {
            // A ticket may have arrays itself, such as its messages.
            let isWrapper =
                namesTicket || records.count > 1
                ? isUsual(last) && (recordNamesTicket || !namesTicket) : true
            if isWrapper || records.count > 1 && !namesTicket && recordNamesTicket {
                return .wrapped(records)
            }
        }
        if let end {
            var at = end
            while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
            if at < bytes.count, bytes[at] == UInt8(ascii: "{") { return .spread }
            JSONLayout.skipBlanks(bytes, &at)
            if at < bytes.count, bytes[at] == UInt8(ascii: ",") { return .separated }
        }
        return isSpread ? .spread : .lines
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
        case .wrapped(let keys):
            let path = keys.map(Self.filter).joined()
            (words, command) = (
                "one JSON object with its records under \"\(keys.joined(separator: ".").prefix(60))\"",
                conversion.jq((path.hasPrefix(".") ? path : "." + path) + "[]")
            )
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

    /// A key's path in jq's syntax.
    private static func filter(_ key: String) -> String {
        let isPlain =
            key.utf8.allSatisfy { $0 == 0x5F || (0x61...0x7A).contains($0 | 0x20) }
            && !key.isEmpty
        return isPlain ? ".\(key)" : "[\"\(key)\"]"
    }
}
