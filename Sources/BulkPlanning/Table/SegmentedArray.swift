/// A growing array that never moves its elements.
///
/// An ordinary array needs twice the memory while it doubles, which matters for a plan of ten million rows.
/// This one adds one segment at a time, so its memory follows the count.
struct SegmentedArray<Element: BitwiseCopyable>: ~Copyable {
    static var shift: Int { 14 }
    static var mask: Int { (1 << shift) - 1 }

    private(set) var segments: [UnsafeMutablePointer<Element>] = []
    private(set) var count = 0

    init() {}

    deinit { for segment in segments { segment.deallocate() } }

    /// Adds an element at the end.
    mutating func append(_ element: Element) {
        let segment = count >> Self.shift
        if segment == segments.count {
            segments.append(.allocate(capacity: 1 << Self.shift))
        }
        segments[segment][count & Self.mask] = element
        count &+= 1
    }

    /// The element at an index below ``count``.
    subscript(index: Int) -> Element {
        @inline(__always) get {
            precondition(index >= 0 && index < count)
            return segments[index >> Self.shift][index & Self.mask]
        }
        @inline(__always) nonmutating set {
            precondition(index >= 0 && index < count)
            segments[index >> Self.shift][index & Self.mask] = newValue
        }
    }
}
