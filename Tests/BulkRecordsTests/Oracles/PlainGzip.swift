/// Decompresses gzip data bit by bit, as RFC 1951 and RFC 1952 describe it.
///
/// It is slow and has no table, no refill and no copy of more than one byte, so that it can show what the
/// package's own decompressor gets wrong.
struct PlainGzip {
    /// How decompressing ended.
    enum End: Equatable {
        case whole
        /// A rule of the format was broken.
        case damaged
        /// The bytes ended too early.
        case cut
    }

    private struct Damage: Error { var end: End }

    private let bytes: [UInt8]
    private var at = 0
    private var bit = 0
    private(set) var output: [UInt8] = []
    private var memberStart = 0

    /// Decompresses everything.
    static func decompress(_ bytes: [UInt8]) -> (output: [UInt8], end: End) {
        var all = PlainGzip(bytes: bytes)
        do {
            try all.members()
            return (all.output, .whole)
        } catch {
            return (all.output, (error as? Damage)?.end ?? .damaged)
        }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func require(_ isRight: Bool) throws {
        if !isRight { throw Damage(end: .damaged) }
    }

    private mutating func byte() throws -> Int {
        guard at < bytes.count else { throw Damage(end: .cut) }
        at += 1
        return Int(bytes[at - 1])
    }

    private mutating func number(bytes count: Int) throws -> UInt32 {
        var value: UInt32 = 0
        for place in 0..<count { value |= UInt32(try byte()) << UInt32(8 * place) }
        return value
    }

    private mutating func nextBit() throws -> Int {
        guard at < bytes.count else { throw Damage(end: .cut) }
        let value = Int(bytes[at] >> UInt8(bit)) & 1
        bit += 1
        if bit == 8 { (at, bit) = (at + 1, 0) }
        return value
    }

    private mutating func bits(_ count: Int) throws -> Int {
        var value = 0
        for place in 0..<count { value |= try nextBit() << place }
        return value
    }

    private mutating func align() {
        if bit > 0 { (at, bit) = (at + 1, 0) }
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var state = UInt32.max
        for byte in bytes {
            state ^= UInt32(byte)
            for _ in 0..<8 { state = state >> 1 ^ (state & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~state
    }

    private mutating func members() throws {
        repeat { try member() } while at < bytes.count && bytes[at] != 0
        try require(bytes[at...].allSatisfy { $0 == 0 })
    }

    private mutating func member() throws {
        let start = at
        for expected in [0x1F, 0x8B, 8] { try require(byte() == expected) }
        let flags = try byte()
        try require(flags & 0xE0 == 0)
        _ = try number(bytes: 4)
        _ = try number(bytes: 2)
        if flags & 4 != 0 {
            for _ in 0..<(try number(bytes: 2)) { _ = try byte() }
        }
        if flags & 8 != 0 { while try byte() != 0 {} }
        if flags & 16 != 0 { while try byte() != 0 {} }
        if flags & 2 != 0 {
            let sum = Self.checksum(bytes[start..<at])
            try require(number(bytes: 2) == sum & 0xFFFF)
        }
        memberStart = output.count
        while try !block() {}
        align()
        try require(number(bytes: 4) == Self.checksum(output[memberStart...]))
        try require(number(bytes: 4) == UInt32(output.count - memberStart))
    }

    /// Decompresses a block; the result is whether it is the last one.
    private mutating func block() throws -> Bool {
        let isLast = try bits(1) == 1
        switch try bits(2) {
        case 0:
            align()
            let length = try number(bytes: 2)
            try require(number(bytes: 2) == length ^ 0xFFFF)
            for _ in 0..<length { output.append(UInt8(try byte())) }
        case 1:
            let lengths = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
            try symbols(lengths, [Int](repeating: 5, count: 32))
        case 2:
            let (literals, distances) = try codes()
            try symbols(literals, distances)
        default: throw Damage(end: .damaged)
        }
        return isLast
    }

    private mutating func codes() throws -> (literals: [Int], distances: [Int]) {
        let literals = try bits(5) + 257
        try require(literals <= 286)
        let distances = try bits(5) + 1
        try require(distances <= 30)
        let count = try bits(4) + 4
        var lengths = [Int](repeating: 0, count: 19)
        for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15][..<count] {
            lengths[symbol] = try bits(3)
        }
        try require(unused(lengths) == 0)
        var all: [Int] = []
        let ordered = ordered(lengths)
        while all.count < literals + distances {
            let symbol = try self.symbol(ordered)
            switch symbol {
            case 16:
                try require(!all.isEmpty)
                all += [Int](repeating: all.last ?? 0, count: try bits(2) + 3)
            case 17: all += [Int](repeating: 0, count: try bits(3) + 3)
            case 18: all += [Int](repeating: 0, count: try bits(7) + 11)
            default: all.append(symbol)
            }
        }
        try require(all.count == literals + distances && all[256] > 0)
        let (first, second) = (Array(all[..<literals]), Array(all[literals...]))
        for (code, mayBeEmpty) in [(first, false), (second, true)] {
            let used = code.filter { $0 > 0 }
            try require(unused(code) == 0 || used == [1] || mayBeEmpty && used.isEmpty)
        }
        return (first, second)
    }

    /// What part of all bit sequences belongs to no symbol, in 32768ths; negative when codes overlap.
    private func unused(_ lengths: [Int]) -> Int {
        32768 - lengths.filter { $0 > 0 }.reduce(0) { $0 + 32768 >> $1 }
    }

    /// The symbols with a code of each length, in order.
    private func ordered(_ lengths: [Int]) -> [[Int]] {
        (0...15).map { length in lengths.indices.filter { lengths[$0] == length } }
    }

    /// Reads the bits of one symbol.
    private mutating func symbol(_ symbols: [[Int]]) throws -> Int {
        var (code, first) = (0, 0)
        for those in symbols.dropFirst() {
            code = try code << 1 | nextBit()
            if code - first < those.count { return those[code - first] }
            first = (first + those.count) << 1
        }
        throw Damage(end: .damaged)
    }

    private mutating func symbols(_ literals: [Int], _ distances: [Int]) throws {
        let (literals, distances) = (ordered(literals), ordered(distances))
        while true {
            let symbol = try self.symbol(literals)
            if symbol == 256 { return }
            if symbol < 256 {
                output.append(UInt8(symbol))
                continue
            }
            try require(symbol < 286)
            var length = 258
            if symbol < 285 {
                let index = symbol - 257
                let extra = index < 8 ? 0 : index / 4 - 1
                length = 3 + (index < 8 ? index : (4 + index % 4) << extra)
                length += try bits(extra)
            }
            let index = try self.symbol(distances)
            try require(index < 30)
            let extra = index < 4 ? 0 : index / 2 - 1
            var distance = 1 + (index < 4 ? index : (2 + index % 2) << extra)
            distance += try bits(extra)
            try require(distance <= output.count - memberStart)
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }
}
