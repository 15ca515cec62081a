/// Scheduled items, earliest first; items with the same time keep the order they were added in.
struct TimerHeap<Element> {
    private var entries: [(moment: UInt64, number: UInt64, element: Element)] = []
    private var added: UInt64 = 0

    /// The earliest moment.
    var next: UInt64? { entries.first?.moment }

    /// Adds an item.
    mutating func add(_ element: Element, at moment: UInt64) {
        added += 1
        entries.append((moment, added, element))
        var child = entries.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Removes and returns the next due item.
    mutating func consumeDue(now: UInt64) -> Element? {
        guard let first = entries.first, first.moment <= now else { return nil }
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < entries.count && isBefore(child, least) {
                least = child
            }
            guard least != parent else { return first.element }
            entries.swapAt(parent, least)
            parent = least
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (entries[left].moment, entries[left].number)
            < (entries[right].moment, entries[right].number)
    }
}
