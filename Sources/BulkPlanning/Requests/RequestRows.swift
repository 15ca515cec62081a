/// What the records of a batch ask for, and the lines at which they start.
struct RequestRows: ~Copyable {
    private(set) var count = 0
    private var capacity = 1024
    private var changes: UnsafeMutablePointer<RequestedChange>
    /// Counted from the first line of the batch.
    private var lines: UnsafeMutablePointer<UInt32>

    init() {
        changes = .allocate(capacity: capacity)
        lines = .allocate(capacity: capacity)
    }

    deinit {
        changes.deallocate()
        lines.deallocate()
    }

    /// What the records ask for; it lies there until something is appended.
    var requests: UnsafeBufferPointer<RequestedChange> {
        UnsafeBufferPointer(start: changes, count: count)
    }

    func line(_ row: Int) -> Int {
        precondition(row >= 0 && row < count, "a batch's records are numbered from 0")
        return Int(lines[row])
    }

    mutating func removeAll() { count = 0 }

    @inline(__always)
    mutating func append(_ change: RequestedChange, line: Int) {
        if count == capacity { grow() }
        (changes + count).initialize(to: change)
        (lines + count).initialize(to: UInt32(truncatingIfNeeded: line))
        count &+= 1
    }

    /// Replaces the numbers of the batch's tables by others.
    func renumber(_ numbers: NameNumbers) {
        for row in 0..<count { changes[row].renumber(numbers) }
    }

    private mutating func grow() {
        changes = Self.larger(changes, count)
        lines = Self.larger(lines, count)
        capacity *= 2
    }

    private static func larger<Element: BitwiseCopyable>(
        _ old: UnsafeMutablePointer<Element>, _ count: Int
    ) -> UnsafeMutablePointer<Element> {
        let new = UnsafeMutablePointer<Element>.allocate(capacity: count * 2)
        new.initialize(from: old, count: count)
        old.deallocate()
        return new
    }
}
