/// Writes CSV by RFC 4180, by default with commas, doubled quotes and one `\n` at a row's end.
///
/// A cell that a spreadsheet would run as a formula (`=`, `+`, `-`, `@`, their wide forms, tab, CR or LF first) gets
/// a leading `'`, as ``FormulaGuard`` explains. Our own reader removes it.
package struct CSVWriter: ~Copyable {
    package private(set) var buffer = OutputBuffer()
    /// The byte between two cells.
    package private(set) var delimiter = UInt8(ascii: ",")
    /// Whether a cell that a spreadsheet would run as a formula gets a leading `'`.
    ///
    /// Only a file that this program alone reads has no need of it.
    package var escapesFormulas = true
    /// Whether a text that already looks escaped gets another `'`, so that reading restores every text exactly.
    ///
    /// Only for texts as Mava has them. Cells that are copied from an input have their `'` already.
    package var escapesApostrophes = false
    private var rowEnd = "\n"
    private var isAtRowStart = true

    /// Makes a writer of CSV with commas.
    package init() {}

    /// Sets the file's format; call it before anything else.
    ///
    /// - Parameters:
    ///   - delimiter: The byte between two cells.
    ///   - hasMark: Whether a byte order mark comes first.
    ///   - rowEnd: The end of each row.
    package mutating func begin(delimiter: UInt8, hasMark: Bool, rowEnd: String) {
        self.delimiter = delimiter
        self.rowEnd = rowEnd
        if hasMark { buffer.append(text: "\u{FEFF}") }
    }

    /// Appends a cell.
    package mutating func cell(_ text: String) {
        var text = text
        text.withUTF8 { cell(UnsafeRawBufferPointer($0)) }
    }

    /// Appends a cell, empty for `nil`.
    package mutating func cell(_ text: String?) { cell(text ?? "") }

    /// Appends one of our own numbers, whose sign does not count as the start of a formula.
    package mutating func cell(_ number: Int?) {
        separate()
        guard let number else { return }
        let isQuoted = (0x30...0x39).contains(delimiter) || delimiter == UInt8(ascii: "-")
        if isQuoted { buffer.append(UInt8(ascii: "\"")) }
        buffer.append(decimal: number)
        if isQuoted { buffer.append(UInt8(ascii: "\"")) }
    }

    /// Appends a cell of UTF-8 bytes.
    package mutating func cell(_ bytes: UnsafeRawBufferPointer) {
        cell(bytes, isFormula: escapesFormulas && startsFormula(bytes))
    }

    private func startsFormula(_ bytes: UnsafeRawBufferPointer) -> Bool {
        FormulaGuard.startsFormula(bytes)
            || escapesApostrophes && FormulaGuard.isAtStart(of: bytes)
    }

    /// Appends a cell, with a `'` before a formula.
    private mutating func cell(
        _ bytes: UnsafeRawBufferPointer, isFormula: Bool, quotes: Bool = false
    ) {
        separate()
        guard let first = bytes.first else { return }
        let needsQuotes =
            quotes || isFormula || first == UInt8(ascii: " ") || bytes.last == UInt8(ascii: " ")
            || hasSpecial(bytes)
        guard needsQuotes else { return buffer.append(bytes) }
        buffer.append(UInt8(ascii: "\""))
        if isFormula { buffer.append(UInt8(ascii: "'")) }
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\"") {
            buffer.append(UnsafeRawBufferPointer(rebasing: bytes[start...index]))
            start = index
        }
        buffer.append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        buffer.append(UInt8(ascii: "\""))
    }

    /// Appends a column's name, in quotes if it contains a byte that a reader could take for the delimiter.
    package mutating func name(_ text: String) {
        var text = text
        let isAmbiguous = text.utf8.contains { Self.commonDelimiters.contains($0) }
        text.withUTF8 {
            let bytes = UnsafeRawBufferPointer($0)
            cell(
                bytes, isFormula: escapesFormulas && startsFormula(bytes), quotes: isAmbiguous)
        }
    }

    /// Appends a cell of an input so that our reader reads it as it read the input's.
    ///
    /// A spreadsheet's `="…"` is a text, and with a `'` before it would be another one. So it stays as it is, unless
    /// the text inside could itself be run as a formula.
    ///
    /// - Parameters:
    ///   - text: The cell as the input has it.
    ///   - isBlankIgnored: Whether blanks around the text mean nothing, because its column asks for something.
    package mutating func cell(ofInput text: String, isBlankIgnored: Bool) {
        var text = text
        text.withUTF8 { cell(ofInput: UnsafeRawBufferPointer($0), isBlankIgnored) }
    }

    private mutating func cell(ofInput bytes: UnsafeRawBufferPointer, _ isBlankIgnored: Bool) {
        guard FormulaGuard.startsFormula(bytes) else { return cell(bytes) }
        let text = isBlankIgnored ? FormulaGuard.withoutBlanks(bytes) : bytes
        guard let inside = FormulaGuard.inside(literal: text) else { return cell(text) }
        let isFormula = FormulaGuard.startsFormula(inside) || FormulaGuard.isAtStart(of: inside)
        if !isFormula { return cell(text, isFormula: false) }
        if isBlankIgnored { cell(inside, isFormula: true) } else { cell(text) }
    }

    /// Writes the row `sep=;` with which spreadsheets name the delimiter; call it before anything else.
    package mutating func separatorRow() {
        buffer.append("sep=")
        buffer.append(delimiter)
        endRow()
    }

    /// The delimiters that our reader finds by itself.
    package static let commonDelimiters = Array(",;\t|".utf8)

    /// Appends cells unchanged, as they were written.
    package mutating func cells(asWritten bytes: [UInt8]) {
        separate()
        bytes.withUnsafeBytes { buffer.append($0) }
    }

    /// Ends the row.
    package mutating func endRow() {
        buffer.append(text: rowEnd)
        isAtRowStart = true
    }

    /// Moves the rows written so far out of the writer.
    ///
    /// - Parameter body: Receives the bytes.
    /// - Throws: What `body` throws.
    package mutating func drain<E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        try buffer.drain(body)
    }

    /// Writes the buffer to a file if it is large enough for a system call.
    package mutating func flush(to file: borrowing AtomicFile, atLeast bytes: Int = 0)
        throws(FileError)
    {
        if buffer.count >= max(bytes, 1) { try file.write(&buffer) }
    }

    private mutating func separate() {
        if !isAtRowStart { buffer.append(delimiter) }
        isAtRowStart = false
    }

    /// Whether some bytes contain the delimiter, a quote or a line end, tested eight at a time.
    private func hasSpecial(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while bytes.count &- index >= 8 {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if Self.hasByte(word, delimiter) || Self.hasByte(word, UInt8(ascii: "\""))
                || Self.hasByte(word, UInt8(ascii: "\n")) || Self.hasByte(word, UInt8(ascii: "\r"))
            {
                return true
            }
            index &+= 8
        }
        while index < bytes.count {
            switch bytes[index] {
            case delimiter, UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                return true
            default: index &+= 1
            }
        }
        return false
    }

    /// Whether one of a word's eight bytes has a given value.
    private static func hasByte(_ word: UInt64, _ byte: UInt8) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let zeros = word ^ (ones &* UInt64(byte))
        // The lowest zero byte borrows, and so sets its top bit. Without a zero byte no bit is set.
        return (zeros &- ones) & ~zeros & (ones &* 0x80) != 0
    }
}
