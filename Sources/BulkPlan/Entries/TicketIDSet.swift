package import MavaAPI

/// A set of tickets' ids, for numbers of tickets that do not fit into memory as texts.
///
/// An ObjectId takes twelve bytes of an open-addressing table that is 7/16 to 7/8 full, so 14 to 28 bytes per
/// ticket. Other ids are stored as texts. The table has 64 parts that grow one by one, so that growing never
/// needs the memory of two whole tables.
package struct TicketIDSet {
    fileprivate struct Part {
        var high: [UInt64] = []
        var low: [UInt32] = []
        var count = 0
    }

    private var parts = Array(repeating: Part(), count: 64)
    private var others: Set<TicketID> = []
    private let seed = UInt64.random(in: .min ... .max)

    package init() {}

    /// The number of ids.
    package var count: Int { parts.reduce(others.count) { $0 + $1.count } }

    /// Adds an id.
    ///
    /// - Parameter id: The id.
    /// - Returns: Whether it is new.
    package mutating func insert(_ id: TicketID) -> Bool {
        guard let (high, low) = Self.packed(id) else { return others.insert(id).inserted }
        return insert(high: high, low: low)
    }

    /// Adds an ObjectId.
    ///
    /// - Parameters:
    ///   - high: Its first eight bytes.
    ///   - low: Its last four bytes. They must not all be 0.
    /// - Returns: Whether it is new.
    @discardableResult
    package mutating func insert(high: UInt64, low: UInt32) -> Bool {
        let seed = seed
        let hash = Self.hash(high, low, seed)
        return parts[Int(hash >> 58)].insert(high, low, hash) { Self.hash($0, $1, seed) }
    }

    /// Whether an id was added.
    ///
    /// - Parameter id: The id.
    /// - Returns: Whether it was.
    package func contains(_ id: TicketID) -> Bool {
        guard let (high, low) = Self.packed(id) else { return others.contains(id) }
        let hash = Self.hash(high, low, seed)
        return parts[Int(hash >> 58)].contains(high, low, hash)
    }

    /// Whether an id as JSON writes it was added.
    ///
    /// - Parameter text: The text between the quotes.
    /// - Returns: Whether it was; `nil` for a text that is no ObjectId in lower case.
    func containsObjectID(_ text: UnsafeRawBufferPointer) -> Bool? {
        guard let (high, low) = Self.packed(text) else { return nil }
        let hash = Self.hash(high, low, seed)
        return parts[Int(hash >> 58)].contains(high, low, hash)
    }

    private static func hash(_ high: UInt64, _ low: UInt32, _ seed: UInt64) -> UInt64 {
        var mixed = (high ^ seed) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(low)
        mixed = (mixed ^ mixed >> 32) &* 0xD6E8_FEB8_6659_FD93
        return mixed ^ mixed >> 32
    }

    /// The twelve bytes of an ObjectId in lower case; `nil` for other ids, which are compared as written.
    private static func packed(_ id: TicketID) -> (UInt64, UInt32)? {
        var text = id.rawValue
        return text.withUTF8 { packed(UnsafeRawBufferPointer($0)) }
    }

    private static func packed(_ bytes: UnsafeRawBufferPointer) -> (UInt64, UInt32)? {
        guard bytes.count == 24 else { return nil }
        var high: UInt64 = 0
        var low: UInt32 = 0
        for index in 0..<24 {
            let byte = bytes[index]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            if index < 16 {
                high = high << 4 | UInt64(digit)
            } else {
                low = low << 4 | UInt32(digit)
            }
        }
        // All zeros mark a free place.
        return high == 0 && low == 0 ? nil : (high, low)
    }
}

extension TicketIDSet.Part {
    fileprivate mutating func insert(
        _ high: UInt64, _ low: UInt32, _ hash: UInt64, rehash: (UInt64, UInt32) -> UInt64
    ) -> Bool {
        if (count + 1) * 8 > self.high.count * 7 { grow(rehash) }
        let place = place(high, low, hash)
        guard self.high[place] == 0, self.low[place] == 0 else { return false }
        self.high[place] = high
        self.low[place] = low
        count += 1
        return true
    }

    fileprivate func contains(_ high: UInt64, _ low: UInt32, _ hash: UInt64) -> Bool {
        guard !self.high.isEmpty else { return false }
        let place = place(high, low, hash)
        return self.high[place] != 0 || self.low[place] != 0
    }

    /// The place of an id, or the free place where it belongs.
    private func place(_ high: UInt64, _ low: UInt32, _ hash: UInt64) -> Int {
        let size = self.high.count
        var place = Int(hash & 0xFFFF_FFFF) % size
        while self.high[place] != high || self.low[place] != low {
            if self.high[place] == 0, self.low[place] == 0 { return place }
            place += 1
            if place == size { place = 0 }
        }
        return place
    }

    private mutating func grow(_ rehash: (UInt64, UInt32) -> UInt64) {
        let (oldHigh, oldLow) = (high, low)
        let size = max(16, oldHigh.count * 2)
        high = Array(repeating: 0, count: size)
        low = Array(repeating: 0, count: size)
        for index in oldHigh.indices where oldHigh[index] != 0 || oldLow[index] != 0 {
            let place = place(oldHigh[index], oldLow[index], rehash(oldHigh[index], oldLow[index]))
            high[place] = oldHigh[index]
            low[place] = oldLow[index]
        }
    }
}
