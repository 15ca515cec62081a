// A delimiter at the end of every row but not of the header, or the reverse, is a common export. It is accepted only
// where the rows agree on it: a single row with one field too many is most likely a value with an unquoted delimiter,
// whose other values are then in the wrong columns.
//
// The form is settled before the first row is read, from the input's beginning, so that every reader of blocks knows it.
// The beginning is a number of bytes, and a row counts only where nothing behind it could change how it is read: the
// form is the same however the input arrives in pieces.

/// How many fields the rows have, beside those of the header.
enum RowForm: Hashable {
    /// As many.
    case asHeader
    /// So many more, with nothing in them: each row ends with so many delimiters.
    case more(Int)
    /// So many less: the header ends with so many delimiters, and no row does.
    case less(Int)

    /// The form of rows of two forms.
    ///
    /// Of delimiters at the end the fewest count: a row with more of them may hold an unquoted delimiter.
    func joined(with other: RowForm) -> RowForm {
        switch (self, other) {
        case (.more(let count), .more(let others)): .more(min(count, others))
        case _ where self == other: self
        default: .asHeader
        }
    }
}

extension RecordReader {
    /// How much of an input's rows is looked at to settle their form, in bytes.
    static let beginningLength = 64 << 10
    /// How far behind a row's end the scan may look to understand it.
    private static let lookahead = 512

    /// The form of the rows that start at the window's start; the reader stays where it is.
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
                // The header is without quotes, and the rows write `a, "b"`.
                csv.skipsBlanks = true
                window.start = start
                self.line = line
                csv.cursor = SpecialCursor(at: start)
                continue rows
            case nil: found = .asHeader
            case .raggedRow: found = formOfRaggedRow()
            // One row's matter, and known at its end.
            case .invalidUTF8, .nulByte: continue rows
            // Where such a row ends can depend on bytes far behind it.
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

    /// The form that a row with too many or too few fields is of; `nil` where it is of none.
    private func formOfRaggedRow() -> RowForm? {
        guard let columns = csv.fieldCount, let found = record.problem?.found else { return nil }
        if found > columns {
            return Self.endsWithEmptyFields(record.rawBytes, found - columns, csv.delimiter)
                ? .more(found - columns) : nil
        }
        let isUnnamed = self.columns.suffix(columns - found).allSatisfy(\.isEmpty)
        return found > 0 && isUnnamed ? .less(columns - found) : nil
    }

    /// Whether a row ends with so many fields at least that hold nothing: no byte, blanks, or `""`.
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
