/// The `'` that a CSV cell has before text that a spreadsheet would run as a formula.
///
/// OWASP recommends it against CSV injection. A formula starts with `=`, `+`, `-`, `@`, a tab, CR or LF. A text
/// that has apostrophes before such a character would be read without one, so an exact writer adds one to it
/// as well: `@mei` is written `'@mei`, and `'@mei` is written `''@mei`.
package enum FormulaGuard {
    /// Whether a spreadsheet runs a text that starts with a byte.
    package static func startsFormula(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0A,
            0x0D:
            true
        default: false
        }
    }

    /// Whether a cell starts with the guard, so that its text is what follows the first byte.
    package static func isAtStart(of cell: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < cell.count, cell[index] == UInt8(ascii: "'") { index += 1 }
        return index > 0 && index < cell.count && startsFormula(cell[index])
    }

    /// The text of a cell, without the guard.
    package static func text(ofCell cell: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>
    {
        isAtStart(of: UnsafeRawBufferPointer(cell))
            ? UnsafeBufferPointer(rebasing: cell[1...]) : cell
    }
}
