/// The requested changes of a batch's records, and the lines at which the records start.
struct RequestRows: ~Copyable {
    private(set) var count = 0
    private var capacity = 1024
    private var changes: UnsafeMutablePointer<RequestedChange>
    /// The lines, counted from the first line of the batch.
    private var lines: UnsafeMutablePointer<UInt32>

    init() {
        changes = .allocate(capacity: capacity)
        lines = .allocate(capacity: capacity)
    }

    deinit {
        changes.deallocate()
        lines.deallocate()
    }

    /// The requested changes; valid until something is appended.
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

    /// Appends records that start on consecutive lines.
    ///
    /// - Parameters:
    ///   - added: The number of records.
    ///   - firstLine: The first record's line.
    /// - Returns: Where to store their requested changes.
    mutating func append(_ added: Int, firstLine: Int) -> UnsafeMutablePointer<RequestedChange> {
        while count + added > capacity { grow() }
        let line = UInt32(truncatingIfNeeded: firstLine)
        for row in 0..<added {
            lines[count &+ row] = line &+ UInt32(truncatingIfNeeded: row)
        }
        count += added
        return changes + (count - added)
    }

    /// Replaces the numbers of the batch's tables by others.
    func renumber(_ numbers: NameNumbers) {
        for row in 0..<count { changes[row].renumber(numbers) }
    }

    private mutating func grow() {
        capacity *= 2
        changes = Self.moved(changes, count, capacity)
        lines = Self.moved(lines, count, capacity)
    }

    private static func moved<Element: BitwiseCopyable>(
        _ old: UnsafeMutablePointer<Element>, _ count: Int, _ capacity: Int
    ) -> UnsafeMutablePointer<Element> {
        let new = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        new.initialize(from: old, count: count)
        old.deallocate()
        return new
    }
}
