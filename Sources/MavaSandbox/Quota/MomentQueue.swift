/// Moments in the order in which they came, taken off at the front.
struct MomentQueue: Sendable {
    private var moments: [UInt64] = []
    private var head = 0

    /// How many moments there are.
    var count: Int { moments.count - head }

    /// The oldest moment.
    var first: UInt64? { head < moments.count ? moments[head] : nil }

    /// Adds the newest moment.
    mutating func append(_ moment: UInt64) {
        moments.append(moment)
    }

    /// Drops the oldest moments as long as they meet a condition.
    mutating func drop(while condition: (UInt64) -> Bool) {
        while head < moments.count, condition(moments[head]) { head += 1 }
        // Moved together only when half is gone: a constant cost for each moment.
        if head > 1024, head * 2 > moments.count {
            moments.removeFirst(head)
            head = 0
        }
    }
}
