/// The `'` that a CSV cell has before text that a spreadsheet would run as a formula.
///
/// OWASP recommends it against CSV injection. A formula starts with `=`, `+`, `-`, `@`, a tab, CR or LF, and in
/// some languages with the wide form of the first four, such as `＝`. A text that has apostrophes before such a
/// character would be read without one, so an exact writer adds one to it as well: `@mei` is written `'@mei`, and
/// `'@mei` is written `''@mei`.
package enum FormulaGuard {
    /// Whether a spreadsheet runs a text.
    package static func startsFormula(_ text: UnsafeRawBufferPointer) -> Bool {
        startsFormula(text, at: 0)
    }

    private static func startsFormula(_ text: UnsafeRawBufferPointer, at index: Int) -> Bool {
        guard index < text.count else { return false }
        switch text[index] {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0A,
            0x0D:
            return true
        case 0xEF:
            // The wide forms are U+FF1D, U+FF0B, U+FF0D and U+FF20.
            return index + 2 < text.count && text[index + 1] == 0xBC
                && [0x9D, 0x8B, 0x8D, 0xA0].contains(text[index + 2])
        default: return false
        }
    }

    /// Whether a cell starts with the guard, so that its text is what follows the first byte.
    package static func isAtStart(of cell: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < cell.count, cell[index] == UInt8(ascii: "'") { index += 1 }
        return index > 0 && startsFormula(cell, at: index)
    }

    /// The text of a cell, without the guard.
    package static func text(ofCell cell: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>
    {
        isAtStart(of: UnsafeRawBufferPointer(cell))
            ? UnsafeBufferPointer(rebasing: cell[1...]) : cell
    }

    /// The text inside a spreadsheet's `="…"`, which is a formula for this text alone; `nil` for any other cell.
    static func inside(literal cell: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let cell = withoutBlanks(cell)
        guard cell.count >= 3, cell[0] == UInt8(ascii: "="), cell[1] == UInt8(ascii: "\""),
            cell[cell.count - 1] == UInt8(ascii: "\"")
        else { return nil }
        let inside = UnsafeRawBufferPointer(rebasing: cell[2..<cell.count - 1])
        return inside.contains(UInt8(ascii: "\"")) ? nil : withoutBlanks(inside)
    }

    /// A text without the blanks around it that reading ignores: spaces, tabs, line breaks and no-break spaces.
    static func withoutBlanks(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var rest = text[...]
        while let first = rest.first {
            if isBlank(first) {
                rest.removeFirst()
            } else if rest.starts(with: [0xC2, 0xA0]) {
                rest.removeFirst(2)
            } else {
                break
            }
        }
        while let last = rest.last {
            if isBlank(last) {
                rest.removeLast()
            } else if rest.suffix(2).elementsEqual([0xC2, 0xA0]) {
                rest.removeLast(2)
            } else {
                break
            }
        }
        return UnsafeRawBufferPointer(rebasing: rest)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }
}
