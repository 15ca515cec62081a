import BulkSystem
import BulkRecords
import MavaAPI

/// Text in Windows-1252 where UTF-8 is expected: what a spreadsheet's plain "CSV" is in much of the world.
struct ForeignEncoding {
    /// Where it was seen.
    let place: String
    /// How the text reads in Windows-1252.
    let text: String

    /// Looks whether a whole input is in Windows-1252, chunk by chunk.
    struct Check {
        /// The first byte of the sequence that would go on, and the number of its bytes that are missing.
        private var lead: UInt8 = 0
        private var missing = 0
        /// Whether all of its bytes behind the first are signs that follow a word in Windows-1252.
        private var areSigns = true
        private var hasUTF8 = false
        private var hasUndefined = false
        private var hasHighBytes = false

        /// Whether it is: bytes beyond ASCII, all of them defined, none of them in a sequence of UTF-8, and no NUL.
        var isForeign: Bool { hasHighBytes && !hasUTF8 && !hasUndefined }

        mutating func update(_ bytes: some Sequence<UInt8>) {
            for byte in bytes {
                if byte >= 0x80 { hasHighBytes = true }
                switch byte {
                case 0, 0x81, 0x8D, 0x8F, 0x90, 0x9D: hasUndefined = true
                default: break
                }
                guard missing > 0, 0x80...0xBF ~= byte else {
                    begin(byte)
                    continue
                }
                areSigns = areSigns && Self.signs.contains(byte)
                missing -= 1
                if missing == 0, !areSigns || !Self.endsWords(lead) { hasUTF8 = true }
            }
        }

        private mutating func begin(_ byte: UInt8) {
            lead = byte
            areSigns = true
            missing =
                switch byte {
                case 0xC2...0xDF: 1
                case 0xE0...0xEF: 2
                case 0xF0...0xF4: 3
                default: 0
                }
        }

        /// `…`, quotes, a no-break space, `«` and `»`.
        private static let signs: Set<UInt8> = [
            0x85, 0x91, 0x92, 0x93, 0x94, 0xA0, 0xAB, 0xBB,
        ]

        /// Whether a byte is a letter at the end of words in Windows-1252, where few texts in UTF-8 have it before a
        /// sign: `È É Ê Ö Ü ß`, and small letters with accents.
        private static func endsWords(_ byte: UInt8) -> Bool {
            [0xC8, 0xC9, 0xCA, 0xD6, 0xDC].contains(byte) || byte >= 0xDF
        }
    }

    /// What a header in Windows-1252 says; `nil` where it is not in that.
    static func header(_ beginning: [UInt8]) -> ForeignEncoding? {
        let line = Array(beginning.prefix { $0 != 0x0A && $0 != 0x0D })
        var check = Check()
        check.update(line)
        guard line.contains(where: { $0 >= 0x80 }), check.isForeign, let text = decoded(line) else {
            return nil
        }
        return ForeignEncoding(place: "the header", text: text)
    }

    /// What the first foreign field of a row says; `nil` where the row is not in Windows-1252.
    static func row(_ raw: [UInt8], columns: [String], delimiter: UInt8) -> ForeignEncoding? {
        var index = 0
        var isQuoted = false
        var field: [UInt8] = []
        for byte in raw {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            guard byte == delimiter, !isQuoted else {
                field.append(byte)
                continue
            }
            if field.contains(where: { $0 >= 0x80 }) { break }
            index += 1
            field = []
        }
        guard field.contains(where: { $0 >= 0x80 }), let text = decoded(field) else { return nil }
        let name = index < columns.count ? columns[index] : "\(index + 1)"
        return ForeignEncoding(place: "column \(quoted(name))", text: text)
    }

    /// What the first foreign word of a JSON line says; `nil` where the line is not in Windows-1252.
    static func line(_ raw: [UInt8], number: Int) -> ForeignEncoding? {
        guard let high = raw.firstIndex(where: { $0 >= 0x80 }) else { return nil }
        let quote = UInt8(ascii: "\"")
        let start = raw[..<high].lastIndex(of: quote).map { $0 + 1 } ?? 0
        let end = raw[high...].firstIndex(of: quote) ?? raw.count
        guard let text = decoded(Array(raw[start..<end])) else { return nil }
        return ForeignEncoding(place: "line \(number)", text: text)
    }

    private static func decoded(_ bytes: [UInt8]) -> String? {
        var text = ""
        for byte in bytes {
            let value =
                (0x80...0x9F).contains(byte)
                ? TextEncoding.windows1252High[Int(byte) - 0x80] : UInt32(byte)
            guard value != 0 || byte == 0, let scalar = Unicode.Scalar(value) else { return nil }
            text.unicodeScalars.append(scalar)
        }
        return text.filter { $0 != "\"" }
    }

    /// The refusal of the whole input, with two ways out.
    func error(
        _ path: String, _ findings: ByteSource.Findings?, hasMark: Bool = false
    ) -> ReadError {
        let conversion = ConversionCommand(name: path, findings)
        return ReadError(
            code: .encodingUnsupported,
            message:
                "not written in UTF-8 but in Windows-1252, as which \(place) reads \(quoted(text)): if "
                + "that is right, \(hasMark ? "" : "add \(SettingName.windows1252), or ")convert it, "
                + "\(conversion.introduction): "
                + conversion.iconv(from: "WINDOWS-1252", skipsMark: hasMark),
            inputName: path)
    }
}
