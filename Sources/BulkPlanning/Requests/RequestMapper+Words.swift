import BulkPlan
import BulkRecords
import BulkSystem
import MavaAPI

// Columns that say something about a field besides the one that is read: a second column for the status or the
// priority, and a column that seems to hold what is wanted.

extension RequestMapper {
    /// Reports other columns for a status or a priority that say something else than the one that is read.
    mutating func compareWords(_ record: borrowing Record) {
        for (column, role) in columns.otherWordColumns where column < record.count {
            compareWord(record, at: column, role)
        }
    }

    /// Reports a value for a status or a priority that is not the one that the record asks for.
    ///
    /// A text without a meaning is another matter of which the column may be, such as a state of the postal address.
    mutating func compareWord(_ record: borrowing Record, at index: Int, _ role: ColumnRole) {
        let code = role == .status ? request.statusCode : request.priorityCode
        let kind = record.kind(of: index)
        guard code != 0, kind.isText || kind == .number else { return }
        let text = cellWord(record.bytes(of: index), kind)
        guard !text.isEmpty, let other = meaning(of: text, role), other != code,
            note(.valueInvalid)
        else { return }
        let found = String(decoding: text, as: UTF8.self)
        issues.append(
            RowIssue(
                code: .valueInvalid,
                message:
                    "correct one: \(quoted(found)) is not the \(role == .status ? "status" : "priority") "
                    + "that another column says",
                column: columns.names[record.column(of: index)], value: found))
    }

    /// The code of a status or a priority; of another system's word, that of what it most likely means.
    private func meaning(of text: UnsafeBufferPointer<UInt8>, _ role: ColumnRole) -> UInt8? {
        let isStatus = role == .status
        let word = String(decoding: text, as: UTF8.self)
        if let field = role.field, let (code, _) = columns.choices.words[field]?[word] {
            return code
        }
        if let code = isStatus ? rules.status(of: text) : rules.priority(of: text) { return code }
        guard word.first?.isLetter == true else { return nil }
        if isStatus {
            if word.lowercased() == "spam" { return UnwritableValue.status }
            return ForeignWord.status(word).flatMap { meant in
                Array(meant.utf8).withUnsafeBufferPointer { rules.status(of: $0) }
            }
        }
        guard let meant = ForeignWord.priority(word), !meant.contains(" or ") else { return nil }
        return meant.first?.wholeNumberValue.map { UInt8($0) }
    }

    /// Notes values of columns that seem to hold what is wanted, where they differ from those that are read.
    mutating func noteWanted(_ record: borrowing Record) {
        for wanted in columns.wanted {
            let column = WantedValues.Column(
                name: columns.names[wanted.column], read: columns.names[wanted.read[0]],
                role: wanted.role)
            if survey.wanted.isFull(column) { continue }
            guard let value = text(of: wanted.column, in: record), !value.isEmpty else { continue }
            // In JSON Lines another record may be the one that has both.
            let read = wanted.read.compactMap { text(of: $0, in: record) }
            guard !read.isEmpty else { continue }
            // A word has one meaning in any letter case. Names that differ in it alone can name several agents.
            let hasNames = wanted.role.hasNames
            let first = hasNames ? read.first { !$0.isEmpty } ?? "" : read[0]
            let isSame =
                hasNames
                ? value.utf8.elementsEqual(first.utf8) : value.lowercased() == first.lowercased()
            if isSame { continue }
            survey.wanted.add(.init(wanted: value, read: first), of: column)
        }
    }

    /// The text of a record's value in a column; `nil` where it has none.
    private func text(of column: Int, in record: borrowing Record) -> String? {
        var index: Int?
        if columns.hasHeader {
            index = column < record.count ? column : nil
        } else {
            for place in 0..<record.count where record.column(of: place) == column { index = place }
        }
        guard let index else { return nil }
        let kind = record.kind(of: index)
        guard kind.isText || kind == .number else { return "" }
        return String(decoding: cellWord(record.bytes(of: index), kind), as: UTF8.self)
    }
}
