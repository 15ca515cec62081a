/// The encodings of an input's characters.
public enum TextEncoding: String, CaseIterable, Hashable, Sendable {
    /// UTF-8 (RFC 3629), with or without a byte order mark.
    case utf8 = "utf-8"
    /// Windows-1252, which spreadsheets in Western Europe and America use for "CSV".
    case windows1252 = "windows-1252"
    /// ISO 8859-1.
    case latin1
    /// UTF-16, lower byte first.
    case utf16LittleEndian = "utf-16le"
    /// UTF-16, higher byte first.
    case utf16BigEndian = "utf-16be"

    /// Parses an encoding's name in any usual spelling.
    ///
    /// The result is `nil` if no encoding has this name.
    ///
    /// - Parameter name: For example `cp1252`, `ISO-8859-1` or `UTF16LE`.
    public init?(name: String) {
        switch name.lowercased().filter({ $0.isLetter || $0.isNumber }) {
        case "utf8": self = .utf8
        case "windows1252", "cp1252", "win1252": self = .windows1252
        case "latin1", "iso88591": self = .latin1
        // The WHATWG Encoding Standard also does this without a mark. A mark overrides the name.
        case "utf16le", "utf16": self = .utf16LittleEndian
        case "utf16be": self = .utf16BigEndian
        default: return nil
        }
    }

    /// The characters of the bytes 0x80 to 0x9F in Windows-1252; 0 for none.
    ///
    /// Source: the WHATWG Encoding Standard's index windows-1252, without its mapping of the five
    /// bytes that Microsoft leaves undefined.
    package static let windows1252High: [UInt32] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
        0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC,
        0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
    ]
}

/// Bytes of another supply, converted to UTF-8.
///
/// An undefined character becomes a byte that is not UTF-8, so that its row is reported.
final class TranscodingSupply: ByteSupply {
    private let upstream: any ByteSupply
    private let encoding: TextEncoding
    private var output: [UInt8] = []
    private var given = 0
    private var pending: [UInt8]
    private var isAtEnd = false

    /// Receives the bytes before they are decoded.
    private let observer: ((UnsafeRawBufferPointer) -> Void)?

    init(
        head: [UInt8], upstream: any ByteSupply, encoding: TextEncoding,
        observer: ((UnsafeRawBufferPointer) -> Void)?
    ) {
        self.upstream = upstream
        self.encoding = encoding
        self.observer = observer
        pending = head
        head.withUnsafeBytes { observer?($0) }
    }

    func read(into space: UnsafeMutableRawBufferPointer) throws(ReadError) -> Int {
        while given == output.count {
            if isAtEnd { return 0 }
            try decodeMore()
        }
        let count = min(space.count, output.count - given)
        space.copyBytes(from: output[given..<given + count])
        given += count
        return count
    }

    private func decodeMore() throws(ReadError) {
        let upstream = upstream
        let size = 64 << 10
        let space = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { space.deallocate() }
        let count = try upstream.read(into: space)
        isAtEnd = count == 0
        if count > 0 { observer?(UnsafeRawBufferPointer(rebasing: space[..<count])) }
        pending += space[..<count]
        output.removeAll(keepingCapacity: true)
        given = 0
        switch encoding {
        case .utf8: (output, pending) = (pending, [])
        case .windows1252, .latin1: decodeBytes()
        case .utf16LittleEndian, .utf16BigEndian: decodeUnits()
        }
    }

    private func append(_ scalar: UInt32) {
        func append(_ lead: UInt32, _ bits: UInt32) {
            output.append(UInt8(truncatingIfNeeded: lead | scalar >> bits))
        }
        func appendTail(_ bits: UInt32) {
            output.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> bits & 0x3F))
        }
        switch scalar {
        case 0..<0x80: append(0, 0)
        case 0x80..<0x800:
            append(0xC0, 6)
            appendTail(0)
        // A half of a surrogate pair is no character.
        case 0xD800...0xDFFF, 0x11_0000...: output.append(0xFF)
        case 0x800..<0x1_0000:
            append(0xE0, 12)
            appendTail(6)
            appendTail(0)
        default:
            append(0xF0, 18)
            appendTail(12)
            appendTail(6)
            appendTail(0)
        }
    }

    private func decodeBytes() {
        for byte in pending {
            if encoding == .windows1252, (0x80...0x9F).contains(byte) {
                let scalar = TextEncoding.windows1252High[Int(byte) - 0x80]
                if scalar == 0 { output.append(0xFF) } else { append(scalar) }
            } else {
                append(UInt32(byte))
            }
        }
        pending.removeAll(keepingCapacity: true)
    }

    private func decodeUnits() {
        func unit(_ at: Int) -> UInt32 {
            let (first, second) = (UInt32(pending[at]), UInt32(pending[at + 1]))
            return encoding == .utf16LittleEndian ? second << 8 | first : first << 8 | second
        }
        var at = 0
        while at + 1 < pending.count {
            let value = unit(at)
            guard (0xD800...0xDBFF).contains(value) else {
                append(value)
                at += 2
                continue
            }
            if at + 3 >= pending.count, !isAtEnd { break }
            if at + 3 < pending.count, (0xDC00...0xDFFF).contains(unit(at + 2)) {
                append(0x10000 + (value - 0xD800) << 10 + (unit(at + 2) - 0xDC00))
                at += 4
            } else {
                output.append(0xFF)
                at += 2
            }
        }
        pending.removeFirst(at)
        if isAtEnd, !pending.isEmpty {
            output.append(0xFF)
            pending = []
        }
    }
}
