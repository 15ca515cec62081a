/// One member of a header's comma-separated list: an item and its `;` parameters.
///
/// A loose reading of Structured Fields (RFC 9651) that also accepts the older rate-limit headers. Any text
/// can be an item, `=` included. Nothing is an error; the caller ignores text that it does not know.
struct FieldMember: Hashable {
    /// The item, without the quotes it may have had.
    var item: String
    /// The parameters, names in lower case, values without quotes; an empty value where none is given.
    var parameters: [(name: String, value: String)]

    /// The first parameter with one of these names.
    func parameter(_ names: String...) -> String? {
        parameters.first { names.contains($0.name) }?.value
    }

    static func == (left: FieldMember, right: FieldMember) -> Bool {
        left.item == right.item && left.parameters.elementsEqual(right.parameters, by: ==)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(item)
        for (name, value) in parameters {
            hasher.combine(name)
            hasher.combine(value)
        }
    }

    /// The most members that are read; a real header has a handful.
    static let limit = 64

    /// The members of all values of one header, in order.
    static func list(_ values: [String]) -> [FieldMember] {
        var members: [FieldMember] = []
        for value in values {
            for part in split(Array(value.utf8)[...], at: UInt8(ascii: ",")) {
                guard members.count < limit else { return members }
                let pieces = split(part, at: UInt8(ascii: ";"))
                guard let first = pieces.first else { continue }
                let item = text(first)
                let parameters = pieces.dropFirst().prefix(limit).map(parameter)
                if !item.isEmpty || !parameters.isEmpty {
                    members.append(FieldMember(item: item, parameters: Array(parameters)))
                }
            }
        }
        return members
    }

    /// The name and the value on both sides of the first `=`.
    static func parameter(_ bytes: ArraySlice<UInt8>) -> (name: String, value: String) {
        let equals = bytes.firstIndex(of: UInt8(ascii: "=")) ?? bytes.endIndex
        return (text(bytes[..<equals]).lowercased(), text(bytes[equals...].dropFirst()))
    }

    /// Cuts at a byte, except inside quotes.
    private static func split(_ bytes: ArraySlice<UInt8>, at mark: UInt8) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var start = bytes.startIndex
        var isQuoted = false
        var isEscaped = false
        for index in bytes.indices {
            let byte = bytes[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted && byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == mark && !isQuoted {
                parts.append(bytes[start..<index])
                start = index + 1
            }
        }
        parts.append(bytes[start...])
        return parts
    }

    /// The text without blanks around it and, if it is quoted, without quotes and escapes.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        let quote = UInt8(ascii: "\"")
        guard bytes.count >= 2, bytes.first == quote, bytes.last == quote else {
            return String(decoding: bytes, as: UTF8.self)
        }
        var plain: [UInt8] = []
        var isEscaped = false
        for byte in bytes.dropFirst().dropLast() {
            if byte == UInt8(ascii: "\\") && !isEscaped {
                isEscaped = true
            } else {
                plain.append(byte)
                isEscaped = false
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }
}
