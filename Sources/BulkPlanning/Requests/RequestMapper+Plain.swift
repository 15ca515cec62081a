import BulkRecords
import MavaAPI

// The short way for values as most inputs write them. It takes a value only where its meaning is beyond
// doubt, and leaves all others, right or wrong, to the long way: so it needs no rules of its own, and
// whatever it does not know yet is merely slower.
//
// It loads eight or sixteen bytes from where a value's text starts, whatever its length: the reader keeps
// that much readable behind every value.

extension RequestMapper {
    /// Reads a value whose text needs no trimming, if its meaning is plain.
    ///
    /// - Parameters:
    ///   - role: The column's role.
    ///   - text: The value's text, in the reader's memory.
    /// - Returns: `false` when the value is to be read the long way.
    @inline(__always)
    mutating func readPlain(_ role: ColumnRole, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let count = text.count
        guard count > 0, let base = text.baseAddress else { return count == 0 }
        switch role {
        case .ticketID:
            guard count == 24, let key = TicketKey(hexadecimal: text) else { return false }
            isTicketNamed = true
            hasSeenObjectID = true
            setTicket(key)
            return true
        case .status:
            let code = plainStatus(base, count)
            if code == 0 { return false }
            request.statusCode = code
            return true
        case .priority:
            guard count == 1, base[0] &- 0x31 < 3 else { return false }
            request.priorityCode = base[0] &- 0x30
            return true
        case .categoryID, .categoryName:
            guard isPlainName(base, count) else { return false }
            request.category = NameReference(categories.intern(readable: base, count: count))
            request.categoryIsName = role == .categoryName
            return true
        case .assignee:
            guard isPlainName(base, count) else { return false }
            request.assignee = NameReference(agents.intern(readable: base, count: count))
            return true
        default:
            return false
        }
    }

    /// Whether a text has no blanks around it, no `'` before it, and cannot be a word that means nobody.
    @inline(__always)
    private func isPlainName(_ base: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let first = base[0]
        let last = base[count &- 1]
        // A word that means nobody is "null" or "unassigned", in any case.
        let mayMeanNobody =
            (count == 4 && first | 0x20 == UInt8(ascii: "n"))
            || (count == 10 && first | 0x20 == UInt8(ascii: "u"))
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
