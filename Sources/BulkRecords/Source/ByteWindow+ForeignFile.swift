/// Recognises files of other kinds by their first bytes.
enum ForeignFile {
    /// How many of the first bytes are examined.
    static let searched = 16 << 10

    /// The kind of a file that cannot be a text table, and advice what to do with it; `nil` for
    /// text.
    static func kind(_ bytes: UnsafeBufferPointer<UInt8>) -> (name: String, advice: String)? {
        func starts(_ text: String) -> Bool {
            bytes.starts(with: text.unicodeScalars.map { UInt8($0.value) })
        }
        let export = "open it and save the sheet as CSV (\"CSV UTF-8\" in a spreadsheet)"
        let unpack = "unpack it first"
        if starts("PK\u{3}\u{4}") || starts("PK\u{5}\u{6}") {
            return zip(String(decoding: bytes, as: UTF8.self), export: export, unpack: unpack)
        }
        if starts("\u{D0}\u{CF}\u{11}\u{E0}") { return ("an old Excel workbook (.xls)", export) }
        if starts("%PDF") { return ("a PDF", "export the table as CSV instead") }
        for picture in ["\u{89}PNG", "GIF8", "\u{FF}\u{D8}\u{FF}"] where starts(picture) {
            return ("a picture", "name the file with the rows")
        }
        if starts("SQLite format 3\u{0}") {
            return ("an SQLite database", "export the table as CSV first")
        }
        for (mark, name) in [
            ("PAR1", "a Parquet file"), ("ORC", "an ORC file"), ("Obj\u{1}", "an Avro file"),
            ("ARROW1", "an Arrow file"), ("FEA1", "a Feather file"),
            ("\u{89}HDF", "an HDF5 file"),
        ]
        where starts(mark) && hasControls(bytes) {
            return (name, "export it as CSV or JSON Lines first")
        }
        for program in ["\u{7F}ELF", "MZ", "\u{CF}\u{FA}\u{ED}\u{FE}", "\u{CA}\u{FE}\u{BA}\u{BE}"]
        where starts(program) && hasControls(bytes) {
            return ("a program", "name the file with the rows")
        }
        if bytes.dropFirst(257).starts(with: "ustar".utf8) {
            return ("an archive (tar)", unpack)
        }
        for packed in [
            "BZh", "\u{FD}7zXZ\u{0}", "\u{28}\u{B5}\u{2F}\u{FD}", "7z\u{BC}\u{AF}", "Rar!",
        ]
        where starts(packed) {
            return ("a compressed file", unpack)
        }
        if starts("{\\rtf") { return ("a text document (RTF)", "save the table as CSV instead") }
        let beginning = behindComments(bytes)
        if ["<!doctype", "<html", "<head", "<body", "<table"].contains(where: beginning.hasPrefix) {
            let text = String(decoding: bytes, as: UTF8.self).lowercased()
            return (
                "a web page (HTML)",
                text.contains("<table")
                    ? "open it in a spreadsheet and save it as CSV, if it holds the rows"
                    : "most likely a login page was saved: export the rows again"
            )
        }
        if beginning.hasPrefix("<?xml") || beginning.hasPrefix("<!--") {
            return ("XML", "export it as CSV or JSON Lines instead")
        }
        return nil
    }

    /// The kind of an archive, from the names of the files in it.
    private static func zip(
        _ text: String, export: String, unpack: String
    ) -> (name: String, advice: String) {
        if text.contains("opendocument.spreadsheet") {
            return ("an OpenDocument spreadsheet (.ods)", export)
        }
        if text.contains("opendocument.") { return ("an OpenDocument document", export) }
        if text.contains("word/") { return ("a Word document (.docx)", "save its table as CSV") }
        if text.contains("ppt/") {
            return ("a PowerPoint presentation (.pptx)", "save its table as CSV")
        }
        if text.contains("Index/") || text.contains(".iwa") {
            return ("a document of Numbers, Pages or Keynote", export)
        }
        if text.contains("[Content_Types].xml") || text.contains("xl/") || text.contains("_rels/") {
            return ("an Excel workbook (.xlsx)", export)
        }
        return ("a ZIP archive", unpack)
    }

    /// Whether there are bytes that never occur in a text table.
    private static func hasControls(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.contains { $0 < 0x20 && ![0x09, 0x0A, 0x0D].contains($0) }
    }

    /// The text in lower case, starting after blanks and markup comments.
    private static func behindComments(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        var text = String(decoding: bytes, as: UTF8.self)[...].drop {
            $0.isWhitespace || $0 == "\u{FEFF}"
        }
        while text.hasPrefix("<!--"), let end = text.firstRange(of: "-->") {
            text = text[end.upperBound...].drop(while: \.isWhitespace)
        }
        return text.prefix(64).lowercased()
    }
}

extension ByteWindow {
    /// Refuses a file that is not text and names its kind.
    mutating func refuseForeignFile() throws(ReadError) {
        try fill(ForeignFile.searched)
        let bytes = UnsafeBufferPointer(
            start: UnsafePointer(base + start), count: min(end - start, ForeignFile.searched))
        guard let (kind, advice) = ForeignFile.kind(bytes) else { return }
        throw ReadError(
            code: .formatUnsupported, message: "this is \(kind): \(advice)", inputName: name)
    }
}
