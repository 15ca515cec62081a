// Decompresses deflate data (RFC 1951). Before you change it:
// - Output goes to a space that begins with the bytes before it, from which copies are taken. It
//   ends with ``Inflater/slack``: a step never asks whether its output fits.
// - Copies are made in words and write beyond their end. What comes next overwrites that.
// - A step takes at most three literals or two literals and a copy: 22 bits, then 20 for a length;
//   after a second refill, 28 for a distance.

/// Decompresses deflate data, as much at a time as there is space.
struct Inflater: ~Copyable {
    /// How many bytes before the next one copies can reach (RFC 1951, section 2).
    static let window = 32 * 1024
    /// How many bytes beyond the end of a space may be written.
    static let slack = 512

    /// Why decompressing stopped.
    enum Stop {
        /// The space is full.
        case full
        /// The data has ended; the bytes after it were not taken.
        case ended
        /// The data is damaged or cut off.
        case damaged
    }

    private enum State {
        case betweenBlocks
        /// In a block without compression, with so many bytes left.
        case stored(Int)
        case coded
    }

    private var state = State.betweenBlocks
    private var isLastBlock = false
    private var codeLengths = HuffmanTable(.codeLengths)
    private var literals = HuffmanTable(.literals)
    private var distances = HuffmanTable(.distances)
    /// Whether the tables are of the fixed codes, which many small members or blocks can have.
    private var hasFixedCodes = false
    private let lengths = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 320)

    init() {}

    deinit { lengths.deallocate() }

    /// Starts with the first block of new data.
    mutating func restart() {
        state = .betweenBlocks
        isLastBlock = false
    }

    /// Decompresses until the space is full or the data ends.
    ///
    /// - Parameters:
    ///   - input: The compressed data.
    ///   - start: Where the output goes; moved to its end.
    ///   - end: Where the space ends; ``slack`` bytes follow.
    ///   - history: The first byte from which copies can be taken, at or before the start.
    /// - Returns: Why it stopped.
    mutating func inflate(
        _ input: inout BitInput, to start: inout UnsafeMutablePointer<UInt8>,
        end: UnsafeMutablePointer<UInt8>, history: UnsafeMutablePointer<UInt8>
    ) -> Stop {
        while start < end {
            switch state {
            case .betweenBlocks:
                if isLastBlock {
                    input.alignToByte()
                    return .ended
                }
                guard beginBlock(&input) else { return .damaged }
            case .stored(let left):
                guard left > 0 else {
                    state = .betweenBlocks
                    continue
                }
                let count = input.copy(to: start, atMost: min(left, end - start))
                guard count > 0 else { return .damaged }
                start += count
                state = .stored(left - count)
            case .coded:
                switch decode(&input, to: &start, end: end, history: history) {
                case .full: return .full
                case .ended: state = .betweenBlocks
                case .damaged: return .damaged
                }
            }
        }
        return .full
    }

    // MARK: Blocks

    /// Reads the start of a block (RFC 1951, section 3.2.3).
    private mutating func beginBlock(_ input: inout BitInput) -> Bool {
        guard let head = input.readBits(3) else { return false }
        isLastBlock = head & 1 == 1
        switch head >> 1 {
        case 0:
            input.alignToByte()
            guard let length = input.readNumber(bytes: 2),
                let inverse = input.readNumber(bytes: 2), length ^ inverse == 0xFFFF
            else { return false }
            state = .stored(Int(length))
            return true
        case 1:
            state = .coded
            return readFixedCodes()
        case 2:
            state = .coded
            return readCodes(&input)
        default: return false
        }
    }

    /// The codes that need no description (RFC 1951, section 3.2.6).
    private mutating func readFixedCodes() -> Bool {
        if hasFixedCodes { return true }
        for symbol in 0..<288 {
            lengths[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8
        }
        for symbol in 288..<320 { lengths[symbol] = 5 }
        hasFixedCodes = literals.build(lengths[..<288]) && distances.build(lengths[288..<320])
        return hasFixedCodes
    }

    /// Reads the codes of a block (RFC 1951, section 3.2.7).
    private mutating func readCodes(_ input: inout BitInput) -> Bool {
        guard let literalCount = input.readBits(5).map({ $0 + 257 }), literalCount <= 286,
            let distanceCount = input.readBits(5).map({ $0 + 1 }), distanceCount <= 30,
            let count = input.readBits(4).map({ $0 + 4 })
        else { return false }
        hasFixedCodes = false
        lengths.update(repeating: 0)
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        for symbol in order[..<count] {
            guard let length = input.readBits(3) else { return false }
            lengths[symbol] = UInt8(length)
        }
        guard codeLengths.build(lengths[..<19]) else { return false }
        var filled = 0
        while filled < literalCount + distanceCount {
            guard input.prepare() else { return false }
            input.cursor.refill()
            let entry = codeLengths.entry(of: input.cursor.bits)
            if entry & HuffmanTable.exception != 0 { return false }
            input.cursor.drop(entry)
            let symbol = Int(entry >> 16)
            if symbol < 16 {
                lengths[filled] = UInt8(symbol)
                filled += 1
                continue
            }
            let (bits, least) = symbol == 16 ? (2, 3) : symbol == 17 ? (3, 3) : (7, 11)
            guard symbol != 16 || filled > 0, let more = input.readBits(bits),
                filled + least + more <= literalCount + distanceCount
            else { return false }
            let length = symbol == 16 ? lengths[filled - 1] : 0
            for _ in 0..<least + more {
                lengths[filled] = length
                filled += 1
            }
        }
        // A block without an end is none.
        return !input.isBeyondEnd && lengths[256] > 0
            && literals.build(lengths[..<literalCount])
            && distances.build(lengths[literalCount..<literalCount + distanceCount])
    }

    // MARK: Symbols

    /// Decodes symbols until the space is full or the block ends.
    private mutating func decode(
        _ input: inout BitInput, to start: inout UnsafeMutablePointer<UInt8>,
        end: UnsafeMutablePointer<UInt8>, history: UnsafeMutablePointer<UInt8>
    ) -> Stop {
        var out = start
        defer { start = out }
        while out < end {
            guard input.prepare() else { return .damaged }
            var cursor = input.cursor
            let lastStart = input.lastStart
            defer { input.cursor = cursor }
            while cursor.next <= lastStart, out < end {
                cursor.refill()
                var entry = literals.entry(of: cursor.bits)
                if entry & HuffmanTable.literal != 0 {
                    cursor.writeLiteral(entry, to: &out)
                    entry = literals.entry(of: cursor.bits)
                    if entry & HuffmanTable.literal != 0 {
                        cursor.writeLiteral(entry, to: &out)
                        entry = literals.entry(of: cursor.bits)
                        if entry & HuffmanTable.literal != 0 {
                            cursor.writeLiteral(entry, to: &out)
                            continue
                        }
                    }
                }
                if entry & HuffmanTable.exception != 0 {
                    if entry & HuffmanTable.subtable != 0 {
                        cursor.drop(entry)
                        entry = literals.secondEntry(entry, of: cursor.bits)
                        if entry & HuffmanTable.literal != 0 {
                            cursor.writeLiteral(entry, to: &out)
                            continue
                        }
                    }
                    if entry & HuffmanTable.blockEnd != 0 {
                        cursor.drop(entry)
                        input.cursor = cursor
                        return input.isBeyondEnd ? .damaged : .ended
                    }
                    if entry & HuffmanTable.exception != 0 { return .damaged }
                }
                let length = cursor.readValue(entry)
                cursor.refill()
                entry = distances.entry(of: cursor.bits)
                if entry & HuffmanTable.subtable != 0 {
                    cursor.drop(entry)
                    entry = distances.secondEntry(entry, of: cursor.bits)
                }
                if entry & HuffmanTable.exception != 0 { return .damaged }
                let distance = cursor.readValue(entry)
                guard distance <= out - history else { return .damaged }
                Self.copy(length, from: distance, to: out)
                out += length
            }
        }
        return .full
    }

    /// Copies bytes from a distance before them; the copy may overlap itself.
    @inline(__always)
    private static func copy(
        _ length: Int, from distance: Int, to start: UnsafeMutablePointer<UInt8>
    ) {
        var to = UnsafeMutableRawPointer(start)
        var from = UnsafeRawPointer(start - distance)
        let end = to + length
        if distance >= 16 {
            repeat {
                to.storeBytes(
                    of: from.loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
                to += 16
                from += 16
            } while to < end
        } else if distance == 1 {
            let bytes = SIMD16(repeating: start[-1])
            repeat {
                to.storeBytes(of: bytes, as: SIMD16<UInt8>.self)
                to += 16
            } while to < end
        } else {
            // Of every eight bytes as many are right as the distance, and the next eight start there.
            let step = min(distance, 8)
            repeat {
                to.storeBytes(of: from.loadUnaligned(as: UInt64.self), as: UInt64.self)
                to += step
                from += step
            } while to < end
        }
    }
}

extension HuffmanTable {
    /// The entry of the next bits.
    @inline(__always)
    fileprivate func entry(of bits: UInt64) -> UInt32 {
        entries[Int(truncatingIfNeeded: bits & (1 &<< UInt64(width) &- 1))]
    }

    /// The entry in the second table, after the bits of the first one were dropped.
    @inline(__always)
    fileprivate func secondEntry(_ entry: UInt32, of bits: UInt64) -> UInt32 {
        let mask: UInt64 = 1 &<< UInt64(Self.longestCode &- width) &- 1
        let place = Int(truncatingIfNeeded: bits & mask)
        return entries[Int(entry &>> 16 & 0x7FFF) &+ place]
    }
}

extension BitInput.Cursor {
    /// Writes a literal.
    @inline(__always)
    fileprivate mutating func writeLiteral(
        _ entry: UInt32, to out: inout UnsafeMutablePointer<UInt8>
    ) {
        drop(entry)
        out.pointee = UInt8(truncatingIfNeeded: entry &>> 16)
        out += 1
    }

    /// Reads a length or a distance with its extra bits.
    @inline(__always)
    fileprivate mutating func readValue(_ entry: UInt32) -> Int {
        let all = bits & (1 &<< UInt64(entry & 0xFF) &- 1)
        let extra = all &>> UInt64(entry &>> 8 & 0x1F)
        drop(entry)
        return Int(truncatingIfNeeded: UInt64(entry &>> 16) &+ extra)
    }
}
