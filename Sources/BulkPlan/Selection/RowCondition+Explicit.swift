extension RowCondition {
    /// The condition in words that mean the same for every input.
    ///
    /// Where an input has no column `status`, a condition can ask about `old.status` by the short name. Here the full
    /// name is written, so that the text asks the same of an input that has such a column.
    package var explicitText: String {
        var written = text
        // From the end, so that the places before it stay as they are.
        for comparison in comparisons.reversed() {
            guard case .old = comparison.subject,
                let place = Self.nameOfColumn(in: written, at: comparison.offset)
            else { continue }
            written.replaceSubrange(place, with: "\(comparison.subject)")
        }
        return written
    }

    /// Where a subject is written that is no `old.` or `new.` value; `nil` when it is one.
    ///
    /// - Parameters:
    ///   - text: A condition.
    ///   - offset: Where the subject begins, in characters.
    /// - Returns: The place of its name.
    private static func nameOfColumn(in text: String, at offset: Int) -> Range<String.Index>? {
        let start = text.index(text.startIndex, offsetBy: offset)
        guard var lexer = try? ConditionLexer(String(text[start...])),
            let token = try? lexer.next()
        else { return nil }
        switch token.kind {
        case .quoted: break
        case .word(let word):
            guard case .success(.column) = ConditionField.subject(word) else { return nil }
        case .relation, .open, .close, .comma, .end: return nil
        }
        return start..<text.unicodeScalars.index(start, offsetBy: lexer.scalarsRead)
    }
}
