import BulkSystem

/// A prefix code of deflate data as a table: the next bits lead to a symbol and its length.
///
/// An entry is one 32-bit number:
///
/// - bits 0 to 7: how many bits the symbol takes, its extra bits included;
/// - bits 8 to 12: how many of them are the code;
/// - bits 16 to 30: the literal, or the smallest length or distance;
/// - ``literal``, ``exception``, ``subtable`` and ``blockEnd``.
///
/// Codes longer than ``width`` go through a second table: the entry of their first bits says where
/// it starts. An entry that is only an ``exception`` belongs to no symbol.
struct HuffmanTable: ~Copyable {
    static let literal: UInt32 = 1 << 31
    static let exception: UInt32 = 1 << 15
    static let subtable: UInt32 = 1 << 14
    static let blockEnd: UInt32 = 1 << 13
    /// The most bits of a code (RFC 1951, section 3.2.7).
    static let longestCode = 15

    /// What the symbols of a code mean.
    enum Kind {
        /// The lengths of the other two codes.
        case codeLengths
        /// Literals, the end of a block, and lengths of copies.
        case literals
        /// Distances of copies.
        case distances

        /// How many bits the first table decides by.
        fileprivate var width: Int {
            switch self {
            case .codeLengths: 7
            case .literals: 11
            case .distances: 8
            }
        }

        /// How many symbols can have codes that go through a second table.
        fileprivate var symbols: Int {
            switch self {
            case .codeLengths: 0
            case .literals: 288
            case .distances: 32
            }
        }
    }

    let entries: UnsafeMutablePointer<UInt32>
    private let kind: Kind
    let width: Int

    init(_ kind: Kind) {
        self.kind = kind
        width = kind.width
        // A second table has at least two symbols.
        let seconds = (kind.symbols / 2) << (Self.longestCode - width)
        entries = .allocate(capacity: 1 << width + seconds)
        entries.initialize(repeating: Self.exception, count: 1 << width + seconds)
    }

    deinit { entries.deallocate() }

    /// Makes the table for the code with these lengths (RFC 1951, section 3.2.2).
    ///
    /// - Parameter lengths: The number of bits of each symbol's code; 0 for a symbol without one.
    /// - Returns: Whether there is such a code. It must be complete, except that one symbol may
    ///   have one bit. There may be no distance at all.
    mutating func build(_ lengths: Slice<UnsafeMutableBufferPointer<UInt8>>) -> Bool {
        StepCount.add()
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: Self.longestCode + 1) { next in
            next.initialize(repeating: 0)
            for length in lengths { next[Int(length)] += 1 }
            guard isCode(counts: next, symbols: lengths.count) else { return false }
            // The smallest code of each length.
            var code = 0
            var count = 0
            for length in 1...Self.longestCode {
                code = (code + count) << 1
                count = next[length]
                next[length] = code
            }
            entries.update(repeating: Self.exception, count: 1 << width)
            var end = 1 << width
            for (symbol, length) in zip(0..., lengths) where length > 0 {
                let code = next[Int(length)]
                next[Int(length)] += 1
                enter(symbol, code: code, length: Int(length), end: &end)
            }
            return true
        }
    }

    /// Whether codes of these lengths are prefixes of no others and leave no bits without meaning.
    private func isCode(counts: UnsafeMutableBufferPointer<Int>, symbols: Int) -> Bool {
        var free = 1
        for length in 1...Self.longestCode {
            free = free << 1 - counts[length]
            if free < 0 { return false }
        }
        if free == 0 { return true }
        switch kind {
        case .codeLengths: return false
        case .literals: return counts[0] == symbols - 1 && counts[1] == 1
        case .distances: return counts[0] == symbols || counts[0] == symbols - 1 && counts[1] == 1
        }
    }

    private mutating func enter(_ symbol: Int, code: Int, length: Int, end: inout Int) {
        // Codes start with their most significant bit, other numbers with their least.
        let reversed = Int(UInt16(code).reversed) >> (16 - length)
        let entry = entry(symbol, length)
        if length <= width {
            for place in stride(from: reversed, to: 1 << width, by: 1 << length) {
                entries[place] = entry
            }
            return
        }
        let secondWidth = Self.longestCode - width
        let first = reversed & (1 << width - 1)
        if entries[first] & Self.subtable == 0 {
            entries[first] =
                Self.exception | Self.subtable | UInt32(end) << 16 | UInt32(width)
            (entries + end).update(repeating: Self.exception, count: 1 << secondWidth)
            end += 1 << secondWidth
        }
        let start = Int(entries[first] >> 16)
        for place in stride(
            from: reversed >> width, to: 1 << secondWidth, by: 1 << (length - width))
        {
            entries[start + place] = entry - UInt32(width) - UInt32(width) << 8
        }
    }

    /// The entry of a symbol.
    private func entry(_ symbol: Int, _ length: Int) -> UInt32 {
        let code = UInt32(length) << 8 | UInt32(length)
        func value(_ table: [(base: UInt32, extra: UInt32)], _ index: Int) -> UInt32 {
            guard index < table.count else { return Self.exception | code }
            return table[index].base << 16 | code + table[index].extra
        }
        switch kind {
        case .codeLengths: return UInt32(symbol) << 16 | code
        case .distances: return value(Self.distances, symbol)
        case .literals:
            if symbol < 256 { return Self.literal | UInt32(symbol) << 16 | code }
            if symbol == 256 { return Self.exception | Self.blockEnd | code }
            return value(Self.copyLengths, symbol - 257)
        }
    }

    /// The lengths of copies and their extra bits (RFC 1951, section 3.2.5), from symbol 257 on.
    private static let copyLengths: [(base: UInt32, extra: UInt32)] = {
        var all: [(base: UInt32, extra: UInt32)] = []
        var base: UInt32 = 3
        for index in 0..<28 {
            let extra = UInt32(index < 8 ? 0 : index / 4 - 1)
            all.append((base, extra))
            base += 1 << extra
        }
        return all + [(258, 0)]
    }()

    /// The distances of copies and their extra bits.
    private static let distances: [(base: UInt32, extra: UInt32)] = {
        var all: [(base: UInt32, extra: UInt32)] = []
        var base: UInt32 = 1
        for index in 0..<30 {
            let extra = UInt32(index < 4 ? 0 : index / 2 - 1)
            all.append((base, extra))
            base += 1 << extra
        }
        return all
    }()
}

extension UInt16 {
    /// The bits in the opposite order.
    fileprivate var reversed: UInt16 {
        var value = self
        value = (value & 0x5555) << 1 | (value >> 1) & 0x5555
        value = (value & 0x3333) << 2 | (value >> 2) & 0x3333
        value = (value & 0x0F0F) << 4 | (value >> 4) & 0x0F0F
        return value.byteSwapped
    }
}
