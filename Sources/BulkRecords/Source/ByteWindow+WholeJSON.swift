// The fuzz targets build these sources as one module.
#if canImport(BulkFiles)
    import BulkFiles
#endif

/// How a text that begins as JSON is laid out.
enum JSONLayout: Equatable {
    /// Not JSON, or an object a line.
    case lines
    /// One array.
    case array
    /// One object with all records in an array under a key.
    case wrapped(String)
    /// Objects over several lines.
    case spread

    /// How much of an object is looked at.
    static let searched = 64 << 10

    /// The layout of a text.
    ///
    /// - Parameters:
    ///   - bytes: The text's beginning.
    ///   - isTicketKey: Whether a key names what a record is about; `nil` where objects may hold whatever they
    ///     like.
    init(_ bytes: UnsafeBufferPointer<UInt8>, isTicketKey: ((String) -> Bool)?) {
        var at = 0
        func skipBlanks() {
            while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
        }
        skipBlanks()
        guard at < bytes.count else { self = .lines; return }
        if bytes[at] == UInt8(ascii: "[") {
            at += 1
            skipBlanks()
            // A column's name could stand in brackets.
            let follows = at < bytes.count ? bytes[at] : UInt8(ascii: "]")
            self = "{[]\"".utf8.contains(follows) ? .array : .lines
            return
        }
        guard bytes[at] == UInt8(ascii: "{"), let isTicketKey else { self = .lines; return }
        self = Self.object(bytes, from: at, isTicketKey)
    }

    /// The layout of an object.
    private static func object(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ isTicketKey: (String) -> Bool
    ) -> JSONLayout {
        var depth = 0
        var isSpread = false
        var stringStart: Int?
        var key: String?
        var arrayKey: String?
        var at = start
        scan: while at < bytes.count {
            let byte = bytes[at]
            if let start = stringStart {
                if byte == UInt8(ascii: "\\") {
                    at += 1
                } else if byte == 0x22 {
                    if depth == 1, key == nil {
                        key = String(decoding: bytes[start..<at], as: UTF8.self)
                        if isTicketKey(key ?? "") {
                            arrayKey = nil; return isSpread ? .spread : rest(bytes, at, depth)
                        }
                    }
                    stringStart = nil
                }
                at += 1
                continue
            }
            switch byte {
            case 0x22: stringStart = at + 1
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "["):
                if depth == 1, arrayKey == nil, opensRecords(bytes, at + 1) { arrayKey = key }
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { break scan }
            case UInt8(ascii: ","): if depth == 1 { key = nil }
            case 0x0A, 0x0D: isSpread = true
            default: break
            }
            at += 1
        }
        if let arrayKey { return .wrapped(arrayKey) }
        return isSpread ? .spread : .lines
    }

    /// The layout of an object that names a ticket: whether a line break comes before its end.
    private static func rest(
        _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ depth: Int
    ) -> JSONLayout {
        var depth = depth
        var isString = false
        var at = start + 1
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\\") where isString: at += 1
            case 0x22: isString.toggle()
            case _ where isString: break
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return .lines }
            case 0x0A, 0x0D: return .spread
            default: break
            }
            at += 1
        }
        return .lines
    }

    /// Whether an array holds objects, or nothing.
    private static func opensRecords(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
        let first = bytes[min(start, bytes.count)...].first {
            ![0x20, 0x09, 0x0A, 0x0D].contains($0)
        }
        return first == nil || first == UInt8(ascii: "{") || first == UInt8(ascii: "]")
    }
}

extension ByteWindow {
    /// Refuses JSON that is not an object a line: no part of it is read.
    mutating func refuseWholeJSON(isTicketKey: ((String) -> Bool)?) throws(ReadError) {
        try fill(64)
        let first = UnsafeBufferPointer(start: base + start, count: min(end - start, 64)).first {
            ![0x20, 0x09, 0x0A, 0x0D].contains($0)
        }
        // Blank lines may go on and on before an array.
        guard first == nil || first == UInt8(ascii: "[") || first == UInt8(ascii: "{") else {
            return
        }
        try fill(JSONLayout.searched)
        let bytes = UnsafeBufferPointer(
            start: UnsafePointer(base + start), count: min(end - start, JSONLayout.searched))
        let words: String
        let filter: String
        switch JSONLayout(bytes, isTicketKey: isTicketKey) {
        case .lines: return
        case .array: (words, filter) = ("one JSON array", ".[]")
        case .wrapped(let key):
            let isPlain = key.utf8.allSatisfy { $0 == 0x5F || (0x61...0x7A).contains($0 | 0x20) }
            (words, filter) = (
                "one JSON object with its records under \"\(key.prefix(60))\"",
                isPlain && !key.isEmpty ? ".\(key)[]" : ".[\"\(key)\"][]"
            )
        case .spread: (words, filter) = ("JSON objects over several lines", ".")
        }
        throw ReadError(
            code: .formatUnsupported,
            message: "this is \(words), and JSON Lines has an object a line: write it so with: "
                + "jq -c \(ShellWord.quoted(filter))\(name == "-" ? "" : " \(ShellWord.operand(name))") > rows.jsonl",
            inputName: name)
    }
}
