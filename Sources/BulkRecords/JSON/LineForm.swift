/// The keys that the lines of a JSON Lines input usually have, in their order, as they are written.
///
/// The lines of an export have the same keys. A line is compared with the form first: all bytes between two values
/// together. A line that follows it needs no look-up of its keys, and has none of them twice, because the form has none
/// twice.
struct LineForm: ~Copyable {
    /// What is written before a value, and what is inside it.
    struct Member: BitwiseCopyable {
        /// A brace or a comma, a key and a colon.
        fileprivate(set) var text: FormText
        /// The key's column.
        fileprivate(set) var column: Int
        /// The first of the pieces of a nested value, and how many there are; 0 when the value is none or its form is not
        /// known.
        fileprivate(set) var pieces = (first: 0, count: 0)
    }

    /// The most members; an object with more has no form.
    private static let most = 64
    /// Fewer hits do not show that lines have a form.
    private static let fewHits = 8
    private static let mostPatience = 256

    let members: UnsafeMutablePointer<Member>
    /// What nested values of the members consist of.
    private(set) var nested = NestedForm()
    /// The number of members; 0 when no form is known.
    private(set) var count = 0
    /// How many lines had the form since it was learned.
    private var hits = 0
    /// How many lines in a row did not have it.
    private var misses = 0
    /// After how many of them it is learned again.
    private var patience = 0

    init() { members = .allocate(capacity: Self.most) }

    deinit { members.deallocate() }

    /// Notes that a line has the form.
    @inline(__always)
    mutating func noteHit() {
        hits &+= 1
        misses = 0
    }

    /// Notes that a line does not have the form.
    ///
    /// Where lines have many forms, to learn each of them would cost more than it saves.
    ///
    /// - Returns: Whether the form is to be learned from the line.
    mutating func noteMiss() -> Bool {
        misses += 1
        guard misses > patience else { return false }
        patience = hits >= Self.fewHits ? 1 : min(2 * patience + 1, Self.mostPatience)
        misses = 0
        hits = 0
        return true
    }

    /// Forgets the form, to learn another one.
    mutating func beginLearning() {
        count = 0
        nested.removeAll()
    }

    /// Forgets a form that was not learned to its end.
    mutating func forget() { count = 0 }

    /// Adds what is written before a value.
    ///
    /// - Parameters:
    ///   - text: The first byte.
    ///   - length: The number of bytes.
    ///   - column: The key's column, which the form does not have yet.
    /// - Returns: `false` when that is too long or there are too many members.
    mutating func learn(_ text: UnsafePointer<UInt8>, count length: Int, column: Int) -> Bool {
        guard length <= FormText.most, count < Self.most else { return false }
        (members + count).initialize(
            to: Member(text: FormText(text, count: length), column: column))
        count += 1
        return true
    }

    /// Adds what the value of the last member consists of, if that is an object or array.
    ///
    /// - Parameters:
    ///   - value: The value's first byte.
    ///   - length: The number of bytes; the value is valid.
    mutating func learn(value: UnsafePointer<UInt8>, count length: Int) {
        guard value[0] | 0x20 == UInt8(ascii: "{") else { return }
        members[count - 1].pieces = nested.learn(value, count: length)
    }
}

/// Bytes that an input usually has at some place.
struct FormText: BitwiseCopyable {
    /// The most bytes.
    static let most = 32

    /// The bytes, and which of them count.
    private var bytes: (Bytes16, Bytes16)
    private var masks: (Bytes16, Bytes16)
    /// How many bytes there are.
    let length: Int

    /// - Parameters:
    ///   - text: The first byte.
    ///   - length: The number of bytes, at most ``most``.
    init(_ text: UnsafePointer<UInt8>, count length: Int) {
        self.length = length
        bytes = (Bytes16(repeating: 0), Bytes16(repeating: 0))
        masks = bytes
        for index in 0..<min(length, 16) {
            bytes.0[index] = text[index]
            masks.0[index] = 0xFF
        }
        for index in 16..<max(length, 16) {
            bytes.1[index - 16] = text[index]
            masks.1[index - 16] = 0xFF
        }
    }

    /// Whether the same is written elsewhere; 32 bytes can be loaded from there.
    @inline(__always)
    func matches(_ text: UnsafePointer<UInt8>) -> Bool {
        var different = (load16(text) ^ bytes.0) & masks.0
        if length > 16 { different |= (load16(text + 16) ^ bytes.1) & masks.1 }
        let words = unsafeBitCast(different, to: SIMD2<UInt64>.self)
        return words[0] | words[1] == 0
    }
}
