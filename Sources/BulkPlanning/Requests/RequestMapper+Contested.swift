import BulkPlan
import BulkRecords

// Several columns can have the same meaning: exports have an agent's id, e-mail address and name. The value
// of the most certain column that is not blank is read. The other columns' values are stored after it and
// compared when the names are looked up. So a name that was edited beside an id is noticed.
//
// Of several keys for a ticket, a status or a priority the most certain one is read, also where it is blank. So an
// object means what a CSV row with the same values means.

extension RequestMapper {
    /// Separates a name from other columns' names for the same thing; no value of a record contains it.
    static var separator: UInt8 { 0 }

    /// The bits of the groups for which a record has several values.
    func contestedBits(of record: borrowing Record) -> UInt32 {
        var seen: UInt32 = 0
        var contested: UInt32 = 0
        for index in 0..<record.count {
            let role = roles[record.column(of: index)]
            if role.isPassive { continue }
            contested |= seen & role.groupBit
            seen |= role.groupBit
        }
        return contested
    }

    /// Reads the values of groups for which a record has several.
    mutating func readContested(_ record: borrowing Record, _ bits: UInt32) {
        var bits = bits
        while bits != 0 {
            readContestedGroup(bits & (0 &- bits), record)
            bits &= bits &- 1
        }
    }

    private mutating func readContestedGroup(_ bit: UInt32, _ record: borrowing Record) {
        var values: [(rank: UInt8, index: Int)] = []
        for index in 0..<record.count where roles[record.column(of: index)].groupBit == bit {
            let rank = columns.ranks[record.column(of: index)]
            if values.contains(where: { $0.rank == rank }) {
                reportDoubled(record.column(of: index))
            }
            values.append((rank, index))
        }
        values.sort { ($0.rank, $0.index) < ($1.rank, $1.index) }
        let isNamed = bit == ColumnRole.assignee.groupBit || bit == ColumnRole.categoryID.groupBit
        var found: [Int] = []
        for value in values {
            let isRead = !isNamed && found.isEmpty
            if isRead || !isBlank(record, value.index) { found.append(value.index) }
        }
        guard let first = found.first else { return }
        let column = record.column(of: first)
        let role = roles[column]
        let others = found.dropFirst().filter { record.kind(of: $0) != .null }
        guard isNamed, !others.isEmpty, record.kind(of: first).isText else {
            read(role, record.kind(of: first), record, at: first, column: column)
            for other in others {
                if role == .ticketID { compareTicket(record, at: other) }
                if role == .status || role == .priority { compareWord(record, at: other, role) }
            }
            if record.kind(of: first) == .null, isNamed, let other = others.first {
                reportDisagreement(column, record.column(of: other))
            }
            return
        }
        var names = Array(text(record, first, role))
        if names.withUnsafeBufferPointer({ rules.name(of: $0).isNobody }) {
            read(role, record.kind(of: first), record, at: first, column: column)
            if others.contains(where: { !rules.name(of: trimmed(record.bytes(of: $0))).isNobody }) {
                reportDisagreement(column, record.column(of: others[0]))
            }
            return
        }
        for other in others {
            names.append(Self.separator)
            names += text(record, other, roles[record.column(of: other)])
        }
        names.withUnsafeBufferPointer { read(role, $0, column: column) }
    }

    /// Whether options alone make a record ask for nothing: it has a value that they leave out, or the field of a map.
    func leavesValueOut(_ record: borrowing Record) -> Bool {
        for index in 0..<record.count {
            let column = record.column(of: index)
            if columns.leftOut[column], !isBlank(record, index) { return true }
            if let field = roles[column].field, columns.choices.mapped.contains(field) {
                return true
            }
        }
        return false
    }

    private func isBlank(_ record: borrowing Record, _ index: Int) -> Bool {
        guard record.kind(of: index).isText else { return false }
        let text = cellText(record.bytes(of: index), record.kind(of: index))
        return text.isEmpty || rules.name(of: text) == .nothing
    }

    private mutating func text(
        _ record: borrowing Record, _ index: Int, _ role: ColumnRole
    ) -> UnsafeBufferPointer<UInt8> {
        unwrapped(trimmed(record.bytes(of: index)), record.kind(of: index), role)
    }

    private mutating func reportDisagreement(_ column: Int, _ other: Int) {
        guard note(.valueInvalid) else { return }
        issues.append(
            RowIssue(
                code: .valueInvalid,
                message: "correct one: it says none, and \(columns.names[other]) names one",
                column: columns.names[column]))
    }
}
