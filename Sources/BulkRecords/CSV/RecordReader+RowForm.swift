// Many exports have a delimiter at the end of every row but not of the header, or the reverse. This
// is accepted only if the rows agree. A single row with one field too many is most likely a value
// with an unquoted delimiter. Its other values are then in the wrong columns.
//
// The form is decided before the first row is read, from the input's beginning, so every block
// reader knows it. The beginning is a fixed number of bytes. A row counts only if no byte after it
// could change how it is read. The form is therefore the same for any chunk size.

/// How many fields the rows have, compared with the header.
enum RowForm: Hashable {
    /// The same number as the header.
    case asHeader
    /// This many more, all empty: each row ends with as many delimiters.
    case more(Int)
    /// This many fewer: the header ends with as many delimiters, and no row does.
    case less(Int)

    /// The common form of rows with two forms.
    ///
    /// The smaller number of delimiters at the end counts, because a row with more of them may hold
    /// an unquoted delimiter.
    func joined(with other: RowForm) -> RowForm {
        switch (self, other) {
        case (.more(let count), .more(let others)): .more(min(count, others))
        case _ where self == other: self
        default: .asHeader
        }
    }
}

extension RecordReader {
    /// How much of an input's rows is examined to decide their form, in bytes.
    static let beginningLength = 64 << 10
    /// How far past a row's end the scan may look to parse it.
    private static let lookahead = 512

    /// The form of the rows at the window's start; the reader does not move.
    mutating func surveyRowForm() -> RowForm {
        let isRead = window.fillAhead(Self.beginningLength + Self.lookahead)
        csv.cursor = SpecialCursor(at: window.start)
        guard isRead else { return .asHeader }
        let (start, line, delimiterRows) = (window.start, line, self.delimiterRows)
        let limit = start + Self.beginningLength
        var form: RowForm?
        var row = 0
        rows: while case .record = step(), window.start <= limit {
            let found: RowForm?
            row += 1
            switch record.problem?.code {
            case .strayQuote
            where row == 1 && !csv.skipsBlanks && haveAllBlanks(from: start, to: limit):
                // The header has no quotes, and the rows write `a, "b"`.
                csv.skipsBlanks = true
                window.start = start
                self.line = line
                csv.cursor = SpecialCursor(at: start)
                continue rows
            case nil: found = .asHeader
            case .raggedRow: found = formOfRaggedRow()
            // This affects one row only, and is known at its end.
            case .invalidUTF8, .nulByte: continue rows
            // The end of such a row can depend on bytes far after it.
            default: break rows
            }
            guard let found else { continue }
            form = form.map { $0.joined(with: found) } ?? found
            if form == .asHeader { break }
        }
        window.start = start
        self.line = line
        self.delimiterRows = delimiterRows
        isSkippingLine = false
        csv.cursor = SpecialCursor(at: start)
        return form ?? .asHeader
    }

    /// The form of a row with too many or too few fields; `nil` if it has none.
    private func formOfRaggedRow() -> RowForm? {
        guard let columns = csv.fieldCount, let found = record.problem?.found else { return nil }
        if found > columns {
            return Self.endsWithEmptyFields(record.rawBytes, found - columns, csv.delimiter)
                ? .more(found - columns) : nil
        }
        let isUnnamed = self.columns.suffix(columns - found).allSatisfy(\.isEmpty)
        return found > 0 && isUnnamed ? .less(columns - found) : nil
    }

    /// Whether a row ends with at least this many empty fields: no byte, blanks, or `""`.
    static func endsWithEmptyFields(
        _ row: UnsafeBufferPointer<UInt8>, _ count: Int, _ delimiter: UInt8
    ) -> Bool {
        var at = row.count
        func skipBlanks() {
            while delimiter != 0x20, at > 0, row[at - 1] == 0x20 { at -= 1 }
        }
        for _ in 0..<count {
            skipBlanks()
            if at >= 2, row[at - 1] == 0x22, row[at - 2] == 0x22 {
                at -= 2
                skipBlanks()
            }
            guard at > 0, row[at - 1] == delimiter else { return false }
            at -= 1
        }
        return true
    }

    /// Whether every line has spaces between a delimiter and a quote.
    private func haveAllBlanks(from start: Int, to limit: Int) -> Bool {
        let end = min(limit, window.end)
        var lines = UnsafeBufferPointer(start: window.base + start, count: max(0, end - start))
            .split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
        // The last one may be cut off.
        if end < window.end, lines.count > 1 { lines.removeLast() }
        return lines.allSatisfy {
            HeaderSurvey.hasBlankBeforeQuote($0, delimiter: csv.delimiter)
        }
    }
}
