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
    /// One more, with nothing in it: each row ends with a delimiter.
    case delimiterMore
    /// One less: the header ends with a delimiter, and no row does.
    case delimiterLess
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
        rows: while case .record = step(), window.start <= limit {
            let found: RowForm?
            switch record.problem?.code {
            case nil: found = .asHeader
            case .raggedRow: found = formOfRaggedRow()
            // One row's matter, and known at its end.
            case .invalidUTF8, .nulByte: continue rows
            // Where such a row ends can depend on bytes far behind it.
            default: break rows
            }
            guard let found else { continue }
            if found == .asHeader || form != nil && form != found {
                form = .asHeader
                break
            }
            form = found
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
        if found == columns + 1, record.rawBytes.last == csv.delimiter { return .delimiterMore }
        return found == columns - 1 && columns > 1 && self.columns.last == ""
            ? .delimiterLess : nil
    }
}
