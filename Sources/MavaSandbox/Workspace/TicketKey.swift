/// A ticket's id in twelve bytes.
///
/// A lower-case ObjectId is stored as its bytes. Any other id is stored as a reference into the
/// pool, marked by a `high` value that no stored ObjectId has.
struct TicketKey: Hashable, Sendable {
    /// The first eight bytes of an ObjectId; `.max` for another id.
    var high: UInt64
    /// The last four bytes of an ObjectId; the reference of another id.
    var low: UInt32

    /// The key of an ObjectId, or nil for any other text.
    ///
    /// An ObjectId that begins with sixteen `f` is stored in the pool, because this value marks
    /// other ids.
    init?(objectID text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 24 else { return nil }
        var high: UInt64 = 0
        var low: UInt32 = 0
        for index in 0..<24 {
            let byte = text[index]
            // An id in upper case is a different id, because ids are compared as written.
            guard byte < 0x41 || byte > 0x46, let value = Hexadecimal.value(byte) else {
                return nil
            }
            if index < 16 {
                high = high << 4 | UInt64(value)
            } else {
                low = low << 4 | UInt32(value)
            }
        }
        guard high != .max else { return nil }
        (self.high, self.low) = (high, low)
    }

    init(pooled reference: StringPool.Reference) {
        (high, low) = (.max, reference)
    }

    init(high: UInt64, low: UInt32) {
        (self.high, self.low) = (high, low)
    }

    /// The reference of an id that is not an ObjectId.
    var pooled: StringPool.Reference? { high == .max ? low : nil }

    /// The creation time of an ObjectId, which begins with seconds since 1970; nil for other ids.
    var created: Timestamp? {
        pooled == nil ? Timestamp(milliseconds: Int64(high >> 32) * 1000) : nil
    }

    /// A hash that distributes keys over a table.
    var hash: Int {
        var mixed = (high ^ UInt64(low) << 17) &* 0x9E37_79B9_7F4A_7C15
        mixed ^= mixed >> 32
        mixed = mixed &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: mixed ^ mixed >> 32)
    }

    /// Appends the id's text.
    func append(to bytes: inout [UInt8], pool: StringPool) {
        if let pooled {
            pool.withBytes(pooled) { bytes.append(contentsOf: $0) }
            return
        }
        for shift in stride(from: 60, through: 0, by: -4) {
            bytes.append(Hexadecimal.digit(UInt8(high >> UInt64(shift) & 15)))
        }
        for shift in stride(from: 28, through: 0, by: -4) {
            bytes.append(Hexadecimal.digit(UInt8(low >> UInt32(shift) & 15)))
        }
    }
}
