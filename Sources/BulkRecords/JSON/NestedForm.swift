/// What the nested values of the lines of a JSON Lines input usually consist of.
///
/// Nested values of one key are often written alike, too: all bytes between two texts or numbers are compared together.
/// Where a value goes on in another way, as an array with one more element does, the rest of it is passed step by step.
struct NestedForm: ~Copyable {
    /// What is written before a text or number, or at the value's end.
    struct Piece: BitwiseCopyable {
        /// What follows a piece.
        enum Leaf: BitwiseCopyable {
            /// A string. Its quotes belong to the pieces around it.
            case text
            /// A number, `true`, `false` or `null`.
            case other
            /// The next piece, or the value's end.
            case none
        }

        fileprivate(set) var text: FormText
        fileprivate(set) var leaf: Leaf
        /// What is open after the piece.
        fileprivate(set) var open: OpenLevels
    }

    /// The most pieces of all values of a line.
    private static let most = 256

    private let pieces: UnsafeMutablePointer<Piece>
    private var count = 0

    init() { pieces = .allocate(capacity: Self.most) }

    deinit { pieces.deallocate() }

    mutating func removeAll() { count = 0 }

    /// Adds the pieces of a value.
    ///
    /// - Parameters:
    ///   - base: The value's first byte, a bracket.
    ///   - length: The number of bytes; the value is valid.
    /// - Returns: The first piece and their number; 0 when they are too many, or levels are too deep.
    mutating func learn(
        _ base: UnsafePointer<UInt8>, count length: Int
    ) -> (first: Int, count: Int) {
        let first = count
        guard split(base, count: length) else {
            count = first
            return (0, 0)
        }
        return (first, count - first)
    }

    private mutating func split(_ base: UnsafePointer<UInt8>, count length: Int) -> Bool {
        var open = OpenLevels()
        var isKeyNext = false
        /// Where the piece starts.
        var start = 0
        var at = 0
        while at < length {
            switch base[at] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                isKeyNext = base[at] == UInt8(ascii: "{")
                guard open.push(isObject: isKeyNext, most: UInt64.bitWidth) else { return false }
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                open.pop()
                at += 1
            case UInt8(ascii: ","):
                isKeyNext = open.isObject
                at += 1
            case UInt8(ascii: ":"), 0x20, 0x09: at += 1
            case 0x22:
                var scanner = JSONScanner(base, from: at, to: length)
                var isEscaped = false
                guard scanner.skipString(isEscaped: &isEscaped) else { return false }
                if !isKeyNext {
                    guard add(base, start..<at + 1, .text, open) else { return false }
                    start = scanner.at - 1
                }
                isKeyNext = false
                at = scanner.at
            default:
                guard add(base, start..<at, .other, open),
                    JSONScanner.passWordOrNumber(base, &at, length)
                else { return false }
                start = at
            }
        }
        return add(base, start..<length, .none, open)
    }

    /// Adds a piece, or several where its bytes are many.
    private mutating func add(
        _ base: UnsafePointer<UInt8>, _ bytes: Range<Int>, _ leaf: Piece.Leaf, _ open: OpenLevels
    ) -> Bool {
        var start = bytes.lowerBound
        repeat {
            guard count < Self.most else { return false }
            let end = min(start + FormText.most, bytes.upperBound)
            (pieces + count).initialize(
                to: Piece(
                    text: FormText(base + start, count: end - start),
                    leaf: end == bytes.upperBound ? leaf : .none, open: open))
            count += 1
            start = end
        } while start < bytes.upperBound
        return true
    }

    /// Passes an object or array, whether it is written as expected or not.
    ///
    /// - Parameters:
    ///   - expected: Its pieces, at least one.
    ///   - base: The text's first byte.
    ///   - position: Where the value starts; afterwards, where it ends. It is unchanged if the result is `false`.
    ///   - end: One past the text's last byte.
    ///   - depth: How many levels it may have, including itself.
    ///   - joinedStrings: Receives the bytes of all strings, as in ``JSONScanner``.
    /// - Returns: `false` when it is not valid, or must be looked at more closely.
    @inline(never)
    func pass(
        _ expected: (first: Int, count: Int), _ base: UnsafePointer<UInt8>, _ position: inout Int,
        to end: Int, depth: Int, _ joinedStrings: inout Bytes16
    ) -> Bool {
        var joined = Bytes16(repeating: 0)
        var at = position
        // Where the last text or number ended, and what is open there.
        var last = at
        var open = OpenLevels()
        var hasValue = false
        var piece = UnsafePointer(pieces + expected.first)
        let afterLast = piece + expected.count
        while piece < afterLast {
            guard piece.pointee.text.matches(base + at) else { break }
            at += piece.pointee.text.length
            if piece.pointee.leaf != .none {
                if piece.pointee.leaf == .text {
                    guard JSONScanner.passText(base, &at, &joined) else { return false }
                    last = at + 1
                } else {
                    guard JSONScanner.passWordOrNumber(base, &at, end) else { break }
                    last = at
                }
                open = piece.pointee.open
                hasValue = true
            }
            piece += 1
        }
        if piece < afterLast {
            at = last
            guard
                JSONScanner.passUsualNested(
                    base, &at, to: end, depth: depth, within: open, after: hasValue, &joined)
            else { return false }
        }
        position = at
        joinedStrings |= joined
        return true
    }
}

/// The objects and arrays around a place in a JSON text, at most 64.
struct OpenLevels: BitwiseCopyable {
    /// One bit for each, the lowest for the innermost: whether it is an object.
    private var bits: UInt64 = 0
    private(set) var count = 0

    /// Whether the innermost one is an object.
    @inline(__always)
    var isObject: Bool { bits & 1 == 1 }

    /// Opens one, unless there are as many as there may be.
    @inline(__always)
    mutating func push(isObject: Bool, most: Int) -> Bool {
        guard count < most else { return false }
        bits = bits &<< 1 | (isObject ? 1 : 0)
        count &+= 1
        return true
    }

    /// Closes the innermost one.
    @inline(__always)
    mutating func pop() {
        bits &>>= 1
        count &-= 1
    }
}
