import BulkRecords
import MavaAPI

// The short way for records as most inputs write them. It takes a record only where the meaning of every
// value is beyond doubt, and leaves all others, right or wrong, to the long way, which starts anew: so it
// needs no rules of its own, and whatever it does not know is merely slower.
//
// It loads eight or sixteen bytes from where a value's text starts, whatever its length: the reader keeps
// that much readable behind every value.

extension RequestMapper {
    /// Reads a record that has every column in order, if the meaning of all its values is plain.
    ///
    /// The same as ``mapPlainly(_:)`` without its questions about every value, which cost more than
    /// reading the values.
    ///
    /// - Parameter record: The record; one without a problem.
    /// - Returns: Whether ``request`` holds what it asks for.
    @inline(__always)
    mutating func mapByPlace(_ record: borrowing Record) -> Bool {
        // No key occurs twice, so as many values as there are columns are one of each.
        guard record.count == places.columnCount, record.columnCount == places.columnCount else {
            return false
        }
        let ticket = record.value(places.ticket)
        guard ticket.column == places.ticket, ticket.kind.isText,
            let key = TicketKey(hexadecimal: ticket.bytes)
        else { return false }
        var change = RequestedChange(ticket: key)
        if places.status >= 0 {
            let value = record.value(places.status)
            guard value.column == places.status, value.kind.isText else { return false }
            if value.bytes.count > 0, let base = value.bytes.baseAddress {
                change.statusCode = plainStatus(base, value.bytes.count)
                if change.statusCode == 0 { return false }
            }
        }
        if places.priority >= 0 {
            let value = record.value(places.priority)
            guard value.column == places.priority, value.kind.isText || value.kind == .number else {
                return false
            }
            if value.bytes.count > 0, let base = value.bytes.baseAddress {
                guard value.bytes.count == 1, base[0] &- 0x31 < 3 else { return false }
                change.priorityCode = base[0] &- 0x30
            }
        }
        if places.category >= 0 {
            let value = record.value(places.category)
            guard value.column == places.category, value.kind.isText else { return false }
            let count = value.bytes.count
            if count > 0, let base = value.bytes.baseAddress {
                guard isPlainName(base, count) else { return false }
                change.category = NameReference(categories.intern(readable: base, count: count))
                change.categoryIsName = places.categoryIsName
            }
        }
        if places.assignee >= 0 {
            let value = record.value(places.assignee)
            guard value.column == places.assignee, value.kind.isText else { return false }
            let count = value.bytes.count
            if count > 0, let base = value.bytes.baseAddress {
                guard isPlainName(base, count) else { return false }
                change.assignee = NameReference(agents.intern(readable: base, count: count))
            }
        }
        guard change.asksForChange else { return false }
        request = change
        hasSeenObjectID = true
        hasTicket = true
        return true
    }

    /// Reads a record if the meaning of all its values is plain.
    ///
    /// - Parameter record: The record; one without a problem.
    /// - Returns: Whether ``request`` holds what it asks for.
    @inline(never)
    mutating func mapPlainly(_ record: borrowing Record) -> Bool {
        var change = RequestedChange(ticket: TicketKey(interned: 0))
        var seen: UInt32 = 0
        for index in 0..<record.count {
            let value = record.value(index)
            guard value.column < roleCount else { return false }
            let role = roles[value.column]
            if role == .unknown || role == .reserved { continue }
            if seen & role.groupBit != 0 { return false }
            seen |= role.groupBit
            guard value.kind.isText || (value.kind == .number && role == .priority) else {
                return false
            }
            let count = value.bytes.count
            guard count > 0, let base = value.bytes.baseAddress else { continue }
            switch role {
            case .ticketID:
                guard count == 24, let key = TicketKey(hexadecimal: value.bytes) else {
                    return false
                }
                change.ticket = key
            case .status:
                change.statusCode = plainStatus(base, count)
                if change.statusCode == 0 { return false }
            case .priority:
                guard count == 1, base[0] &- 0x31 < 3 else { return false }
                change.priorityCode = base[0] &- 0x30
            case .categoryID, .categoryName:
                guard isPlainName(base, count) else { return false }
                change.category = NameReference(categories.intern(readable: base, count: count))
                change.categoryIsName = role == .categoryName
            case .assignee:
                guard isPlainName(base, count) else { return false }
                change.assignee = NameReference(agents.intern(readable: base, count: count))
            default:
                return false
            }
        }
        guard change.ticket.isObjectID, change.asksForChange else { return false }
        request = change
        hasSeenObjectID = true
        hasTicket = true
        return true
    }

    /// Whether a text has no blanks around it, no `'` before it, and cannot be a word that means nobody.
    @inline(__always)
    private func isPlainName(_ base: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let first = base[0]
        let last = base[count &- 1]
        // A word that means nobody is "null" or "unassigned", in any case.
        // The letter is asked first: the lengths of names alternate at random, their letters seldom do.
        let mayMeanNobody =
            (first | 0x20 == UInt8(ascii: "n") && count == 4)
            || (first | 0x20 == UInt8(ascii: "u") && count == 10)
        return first > 0x27 && first < 0x80 && last > 0x20 && last < 0x80 && !mayMeanNobody
    }

    /// The status's place in `TicketStatus.allCases`, from 1; 0 for any other text.
    ///
    /// Statuses alternate at random, so this must not branch on which one it is: the third letter
    /// chooses the only word that is compared.
    @inline(__always)
    private func plainStatus(_ base: UnsafePointer<UInt8>, _ count: Int) -> UInt8 {
        let raw = UnsafeRawPointer(base).loadUnaligned(as: UInt64.self).littleEndian
        let kept = UInt64.max >> UInt64(truncatingIfNeeded: max(0, 8 &- count) &* 8)
        let word = (raw | 0x2020_2020_2020_2020) & kept
        // Two bits of the third letter: i is 0, s is 1, e is 2, n is 3.
        let choice = UInt32(truncatingIfNeeded: word >> 17) & 3
        let low: UInt64 = choice & 1 == 0 ? 0x0067_6E69_7469_6177 : 0x6465_766C_6F73_6572
        let high: UInt64 = choice & 1 == 0 ? 0x0000_0000_6E65_706F : 0x0067_6E69_646E_6570
        guard word == (choice & 2 == 0 ? low : high), count <= 8 else { return 0 }
        return UInt8(truncatingIfNeeded: 0x0301_0204 >> (choice &* 8) & 0xFF)
    }
}
