/// Files of other kinds, told by their first bytes.
enum ForeignFile {
    /// How many of the first bytes are looked at.
    static let searched = 4096

    /// What a file is that cannot be a table of text, and what to do with it; `nil` for text.
    static func kind(_ bytes: UnsafeBufferPointer<UInt8>) -> (name: String, advice: String)? {
        func starts(_ text: String) -> Bool {
            bytes.starts(with: text.unicodeScalars.map { UInt8($0.value) })
        }
        let export = "open it and save the sheet as CSV (\"CSV UTF-8\" in a spreadsheet)"
        let unpack = "unpack it first"
        if starts("PK\u{3}\u{4}") || starts("PK\u{5}\u{6}") {
            let text = String(decoding: bytes, as: UTF8.self)
            if text.contains("opendocument.spreadsheet") {
                return ("an OpenDocument spreadsheet (.ods)", export)
            }
            if text.contains("[Content_Types].xml") || text.contains("xl/")
                || text.contains("_rels/")
            {
                return ("an Excel workbook (.xlsx)", export)
            }
            return ("a ZIP archive", unpack)
        }
        if starts("\u{D0}\u{CF}\u{11}\u{E0}") { return ("an old Excel workbook (.xls)", export) }
        if starts("%PDF") { return ("a PDF", "export the table as CSV instead") }
        for picture in ["\u{89}PNG", "GIF8", "\u{FF}\u{D8}\u{FF}"] where starts(picture) {
            return ("a picture", "name the file with the rows")
        }
        if starts("SQLite format 3\u{0}") {
            return ("an SQLite database", "export the table as CSV first")
        }
        if starts("PAR1") { return ("a Parquet file", "export it as CSV or JSON Lines first") }
        for packed in [
            "BZh", "\u{FD}7zXZ\u{0}", "\u{28}\u{B5}\u{2F}\u{FD}", "7z\u{BC}\u{AF}", "Rar!",
        ]
        where starts(packed) {
            return ("a compressed file", unpack)
        }
        if starts("{\\rtf") { return ("a text document (RTF)", "save the table as CSV instead") }
        let beginning = String(decoding: bytes.prefix(64), as: UTF8.self).lowercased()
            .drop { $0.isWhitespace }
        if ["<!doctype", "<html", "<head", "<body", "<table"].contains(where: beginning.hasPrefix) {
            return (
                "a web page (HTML)", "most likely a login page was saved: export the rows again"
            )
        }
        if beginning.hasPrefix("<?xml") { return ("XML", "export it as CSV or JSON Lines instead") }
        return nil
    }
}

extension ByteWindow {
    /// Refuses a file that is no text, by what it is.
    mutating func refuseForeignFile() throws(ReadError) {
        try fill(ForeignFile.searched)
        let bytes = UnsafeBufferPointer(
            start: UnsafePointer(base + start), count: min(end - start, ForeignFile.searched))
        guard let (kind, advice) = ForeignFile.kind(bytes) else { return }
        throw ReadError(
            code: .formatUnsupported, message: "this is \(kind): \(advice)", inputName: name)
    }
}
