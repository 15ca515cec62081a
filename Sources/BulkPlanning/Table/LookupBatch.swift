/// Tickets that are looked up together, so that their waits for memory overlap.
///
/// Each look-up carries an item that the caller needs again. One look-up among a million tickets waits for a
/// slot and then for an id. Each loop here does one of these steps for a whole batch. The loops are so short
/// that the processor executes several iterations at once.
struct LookupBatch<Item: BitwiseCopyable>: ~Copyable {
    private static var capacity: Int { 64 }

    private let keys = UnsafeMutablePointer<TicketFinder.Key>.allocate(capacity: capacity)
    private let items = UnsafeMutablePointer<Item>.allocate(capacity: capacity)
    /// The numbers found, plus 1; 0 for none.
    private let numbers = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
    private(set) var count = 0

    init() {}

    deinit {
        keys.deallocate()
        items.deallocate()
        numbers.deallocate()
    }

    var isFull: Bool { count == Self.capacity }

    /// Adds a look-up to a batch that is not full.
    @inline(__always)
    mutating func append(_ key: TicketFinder.Key, _ item: Item) {
        precondition(count < Self.capacity)
        keys[count] = key
        items[count] = item
        count &+= 1
    }

    /// Looks up the whole batch.
    func find(in finder: TicketFinder) {
        finder.find(keys, count: count, into: numbers)
    }

    /// An added item and its key, with the ticket's number if ``find(in:)`` found one.
    subscript(index: Int) -> (item: Item, key: TicketFinder.Key, number: UInt32?) {
        @inline(__always) get {
            precondition(index < count)
            return (items[index], keys[index], numbers[index] == 0 ? nil : numbers[index] &- 1)
        }
    }

    /// Empties the batch.
    mutating func removeAll() { count = 0 }
}
