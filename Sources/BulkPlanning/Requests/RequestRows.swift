/// The requested changes of a batch's records.
struct RequestRows: ~Copyable {
    private(set) var count = 0
    private var capacity = 1024
    private var changes: UnsafeMutablePointer<RequestedChange>

    init() { changes = .allocate(capacity: capacity) }

    deinit { changes.deallocate() }

    /// The requested changes; valid until something is appended.
    var requests: UnsafeBufferPointer<RequestedChange> {
        UnsafeBufferPointer(start: changes, count: count)
    }

    mutating func removeAll() { count = 0 }

    @inline(__always)
    mutating func append(_ change: RequestedChange) {
        if count == capacity { grow() }
        (changes + count).initialize(to: change)
        count &+= 1
    }

    /// Appends records.
    ///
    /// - Parameter added: The number of records.
    /// - Returns: Where to store their requested changes.
    mutating func append(_ added: Int) -> UnsafeMutablePointer<RequestedChange> {
        while count + added > capacity { grow() }
        count += added
        return changes + (count - added)
    }

    /// Replaces the numbers of the batch's tables by others.
    func renumber(_ numbers: NameNumbers) {
        for row in 0..<count { changes[row].renumber(numbers) }
    }

    private mutating func grow() {
        let new = UnsafeMutablePointer<RequestedChange>.allocate(capacity: 2 * capacity)
        new.initialize(from: changes, count: count)
        changes.deallocate()
        changes = new
        capacity *= 2
    }
}
