import BulkPlan
import BulkRecords
import BulkSystem

/// The text without surrounding blanks.
///
/// Blanks are spaces, tabs, line breaks, and the no-break spaces that spreadsheets leave behind.
@inline(__always)
func trimmed(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    guard let first = text.first, let last = text.last else { return text }
    // Blanks are at most 0x20, and a no-break space is C2 A0.
    if first > 0x20, first != 0xC2, last > 0x20, last != 0xA0 { return text }
    return trimmedSlowly(text)
}

private func trimmedSlowly(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var start = 0
    var end = text.count
    while start < end {
        if isBlank(text[start]) {
            start += 1
        } else if start + 1 < end, text[start] == 0xC2, text[start + 1] == 0xA0 {
            start += 2
        } else {
            break
        }
    }
    while start < end {
        if isBlank(text[end - 1]) {
            end -= 1
        } else if start + 1 < end, text[end - 2] == 0xC2, text[end - 1] == 0xA0 {
            end -= 2
        } else {
            break
        }
    }
    return UnsafeBufferPointer(rebasing: text[start..<end])
}

private func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
}

/// A cell's text without the `'` that exports and reports put before what a spreadsheet would run as a formula.
///
/// JSON needs no such `'`, so it is a part of the text there.
@inline(__always)
func unescaped(
    _ text: UnsafeBufferPointer<UInt8>, _ kind: ValueKind
) -> UnsafeBufferPointer<UInt8> {
    guard text.first == UInt8(ascii: "'"), kind == .text || kind == .quotedText else {
        return text
    }
    return FormulaGuard.text(ofCell: text)
}

/// The text inside a spreadsheet's `="…"` where a name stands; `nil` for a text that is the name itself.
///
/// What follows the `'` of an export is the name itself, and so is a string of JSON. Only an id is no name there.
///
/// - Parameters:
///   - text: The text, without such a `'`.
///   - isItself: Whether it followed one, or is a string of JSON.
/// - Returns: The text inside.
func insideFormula(
    _ text: UnsafeBufferPointer<UInt8>, ofName isItself: Bool
) -> UnsafeBufferPointer<UInt8>? {
    guard let inside = insideFormula(text) else { return nil }
    return !isItself || TicketKey(hexadecimal: inside) != nil ? inside : nil
}

/// The text of a cell with a name, as an input's and a snapshot's are read: without the blanks around it, the
/// `'` of an export, and a spreadsheet's `="…"`.
@inline(__always)
func cellText(
    _ text: UnsafeBufferPointer<UInt8>, _ kind: ValueKind
) -> UnsafeBufferPointer<UInt8> {
    let text = trimmed(text)
    guard let first = text.first, first == UInt8(ascii: "'") || first == UInt8(ascii: "=") else {
        return text
    }
    let plain = unescaped(text, kind)
    return insideFormula(plain, ofName: plain.count < text.count || kind == .string)
        ?? idBehindApostrophe(plain) ?? plain
}

/// What a spreadsheet put around a cell's text.
enum CellWrapping {
    case none
    case formula
    case apostrophe
}

/// The text of a column's cell, without `="…"` around it, or without a leading `'` where no value can start with one.
///
/// The `'` before a ticket's id stays, as it is found where the id is read. In a column without a meaning the text is
/// the value itself where a name would be.
///
/// - Parameters:
///   - cell: The cell without the blanks around it.
///   - kind: Its kind, which is that of a text.
///   - role: The column's meaning.
/// - Returns: The text, and what was around it.
func unwrappedCell(
    _ cell: UnsafeBufferPointer<UInt8>, _ kind: ValueKind, _ role: ColumnRole
) -> (text: UnsafeBufferPointer<UInt8>, wrapping: CellWrapping) {
    let text = unescaped(cell, kind)
    let isName = role.hasNames || role.isPassive
    let isItself = isName && (text.count < cell.count || kind == .string)
    if let inside = insideFormula(text, ofName: isItself) { return (inside, .formula) }
    guard text.count > 1, text[0] == UInt8(ascii: "'"), role != .ticketID else {
        return (text, .none)
    }
    // An agent's name may start with an apostrophe, and an id cannot.
    let inside =
        role.hasNames || role.isPassive
        ? idBehindApostrophe(text) : UnsafeBufferPointer(rebasing: text[1...])
    return inside.map { ($0, .apostrophe) } ?? (text, .none)
}

/// The id behind a `'`, by which a spreadsheet marks text; `nil` for any other text, as a name may start with one.
func idBehindApostrophe(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
    guard text.count == 25, text[0] == UInt8(ascii: "'") else { return nil }
    let rest = UnsafeBufferPointer(rebasing: text[1...])
    return TicketKey(hexadecimal: rest) == nil ? nil : rest
}

/// The text of a cell with a word, before which a `'` means nothing.
@inline(__always)
func cellWord(
    _ text: UnsafeBufferPointer<UInt8>, _ kind: ValueKind
) -> UnsafeBufferPointer<UInt8> {
    let text = cellText(text, kind)
    guard text.count > 1, text[0] == UInt8(ascii: "'") else { return text }
    return UnsafeBufferPointer(rebasing: text[1...])
}

/// Whether a text is a lower-case word, in any letter case.
func equalsIgnoringCase(_ text: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
    guard text.count == word.utf8CodeUnitCount else { return false }
    for index in 0..<text.count {
        let byte = text[index]
        let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        if lower != word.utf8Start[index] { return false }
    }
    return true
}
