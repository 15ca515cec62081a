import BulkPlan
import BulkRecords
import MavaAPI

// The fast path for records as most inputs write them. It accepts a record only if the meaning of every value
// is certain. All other records, valid or not, go to the slow path, which starts from the beginning. So the
// fast path needs no rules of its own, and a case that it does not know is only slower.
//
// It loads eight or sixteen bytes from the start of a value's text, whatever its length. The reader keeps
// that many bytes readable after every value.

extension RequestMapper {
    /// Reads a record that has every column in order, if the meaning of all its values is plain.
    ///
    /// It does the same as ``changePlainly(_:)`` without its per-value checks, which cost more than reading
    /// the values.
    ///
    /// - Parameter record: The record, which must not have a problem.
    /// - Returns: The requested change; `nil` when the record must be read another way.
    @inline(__always)
    mutating func changeByPlace(_ record: borrowing Record) -> RequestedChange? {
        // No key occurs twice, so a record with as many values as columns has one value for each.
        guard record.count == places.columnCount, record.columnCount == places.columnCount else {
            return nil
        }
        var isPlain = true
        func text(_ place: Int, mayBeNumber: Bool = false) -> UnsafeBufferPointer<UInt8> {
            if place < 0 { return UnsafeBufferPointer(start: nil, count: 0) }
            let value = record.value(place)
            let isText = value.kind.isText || mayBeNumber && value.kind == .number
            if value.column != place || !isText { isPlain = false }
            return value.bytes
        }
        let ticket = text(places.ticket)
        let status = text(places.status)
        let priority = text(places.priority, mayBeNumber: true)
        let category = text(places.category)
        let assignee = text(places.assignee)
        guard isPlain else { return nil }
        return change(
            of: ticket, status: status, priority: priority, category: category, assignee: assignee)
    }

    /// Reads the texts of a record, each of which may be blank, if the meaning of all of them is plain.
    @inline(__always)
    private mutating func change(
        of ticket: UnsafeBufferPointer<UInt8>, status: UnsafeBufferPointer<UInt8>,
        priority: UnsafeBufferPointer<UInt8>, category: UnsafeBufferPointer<UInt8>,
        assignee: UnsafeBufferPointer<UInt8>
    ) -> RequestedChange? {
        guard let key = TicketKey(hexadecimal: ticket) else { return nil }
        var change = RequestedChange(ticket: key)
        if status.count > 0, let base = status.baseAddress {
            change.statusCode = Self.plainStatus(base, status.count)
            if change.statusCode == 0 { return nil }
        }
        if priority.count > 0, let base = priority.baseAddress {
            guard priority.count == 1, base[0] &- 0x31 < 3 else { return nil }
            change.priorityCode = base[0] &- 0x30
        }
        if category.count > 0, let base = category.baseAddress {
            guard let number = Self.plainName(base, category.count, in: &categories) else {
                return nil
            }
            change.category = NameReference(number)
            change.categoryIsName = places.categoryIsName
        }
        if assignee.count > 0, let base = assignee.baseAddress {
            guard let number = Self.plainName(base, assignee.count, in: &agents) else { return nil }
            change.assignee = NameReference(number)
        }
        guard change.asksForChange else { return nil }
        survey.hasObjectID = true
        return change
    }

    /// Reads a record if the meaning of all its values is plain.
    ///
    /// - Parameter record: The record, which must not have a problem.
    /// - Returns: The requested change; `nil` when the record must be read another way.
    @inline(never)
    mutating func changePlainly(_ record: borrowing Record) -> RequestedChange? {
        // Names are added while the values are read. So a record must not be left to the slow path after that
        // if the slow path would add other names: for new columns, or for columns with the same meaning.
        if isMapped || columns.hasContested || record.columnCount > roleCount { return nil }
        var change = RequestedChange(ticket: TicketKey(interned: 0))
        var seen: UInt32 = 0
        for index in 0..<record.count {
            let value = record.value(index)
            guard value.column < roleCount else { return nil }
            let role = roles[value.column]
            if role.isPassive { continue }
            if seen & role.groupBit != 0 { return nil }
            seen |= role.groupBit
            guard value.kind.isText || (value.kind == .number && role == .priority) else {
                return nil
            }
            let count = value.bytes.count
            guard count > 0, let base = value.bytes.baseAddress else { continue }
            switch role {
            case .ticketID:
                guard count == 24, let key = TicketKey(hexadecimal: value.bytes) else {
                    return nil
                }
                change.ticket = key
            case .status:
                change.statusCode = Self.plainStatus(base, count)
                if change.statusCode == 0 { return nil }
            case .priority:
                guard count == 1, base[0] &- 0x31 < 3 else { return nil }
                change.priorityCode = base[0] &- 0x30
            case .categoryID, .categoryName:
                guard let number = Self.plainName(base, count, in: &categories) else { return nil }
                change.category = NameReference(number)
                change.categoryIsName = role == .categoryName
            case .assignee:
                guard let number = Self.plainName(base, count, in: &agents) else { return nil }
                change.assignee = NameReference(number)
            default:
                return nil
            }
        }
        guard change.ticket.isObjectID, change.asksForChange else { return nil }
        survey.hasObjectID = true
        return change
    }

    /// The number of a name whose meaning is plain; `nil` for any other text.
    ///
    /// A text that already has a number as a plain name is not checked again.
    @inline(__always)
    private static func plainName(
        _ base: UnsafePointer<UInt8>, _ count: Int, in names: inout NameTable
    ) -> Int? {
        if let number = names.lookup.plainNumber(readable: base, count: count) { return number }
        return isPlainName(base, count) ? names.intern(plain: base, count: count) : nil
    }

    /// Whether a text is certainly a name.
    ///
    /// It has no surrounding blanks and no leading `'` or `=`, and cannot be a word that clears the assignee.
    @inline(__always)
    private static func isPlainName(_ base: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let first = base[0]
        let last = base[count &- 1]
        // A word that clears the assignee is "null" or "unassigned", in any letter case. The letter is
        // checked before the length, because the lengths of names alternate at random and their letters
        // seldom do.
        let mayMeanNobody =
            (first | 0x20 == UInt8(ascii: "n") && count == 4)
            || (first | 0x20 == UInt8(ascii: "u") && count == 10)
            // So is what exports write for a name that no list has.
            || (first | 0x20 == UInt8(ascii: "n") && count == 10)
        return first > 0x27 && first < 0x80 && first != UInt8(ascii: "=") && last > 0x20
            && last < 0x80 && !mayMeanNobody
    }

    /// The status's position in `TicketStatus.allCases`, from 1; 0 for any other text.
    ///
    /// Statuses alternate at random, so this must not branch on the status. The third letter selects the only
    /// word that is compared.
    @inline(__always)
    static func plainStatus(_ base: UnsafePointer<UInt8>, _ count: Int) -> UInt8 {
        let raw = UnsafeRawPointer(base).loadUnaligned(as: UInt64.self).littleEndian
        let kept = UInt64.max >> UInt64(truncatingIfNeeded: max(0, 8 &- count) &* 8)
        let word = (raw | 0x2020_2020_2020_2020) & kept
        // Two bits of the third letter: i is 0, s is 1, e is 2, n is 3. The words come from a table, because
        // the compiler makes branches of any choice between numbers.
        let choice = Int(truncatingIfNeeded: word >> 17) & 3
        let words: StaticString = "waiting\0resolvedopen\0\0\0\0pending\0"
        let expected = UnsafeRawPointer(words.utf8Start).loadUnaligned(
            fromByteOffset: choice &* 8, as: UInt64.self
        ).littleEndian
        guard word == expected, count <= 8 else { return 0 }
        return UInt8(truncatingIfNeeded: 0x0301_0204 >> (choice &* 8) & 0xFF)
    }
}
