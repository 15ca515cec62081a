/// A queue of times in order of arrival.
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

    /// Drops the oldest moments while they meet a condition.
    mutating func drop(while condition: (UInt64) -> Bool) {
        while head < moments.count, condition(moments[head]) { head += 1 }
        // The rest is moved to the front only when half is gone, so each moment has a constant
        // cost.
        if head > 1024, head * 2 > moments.count {
            moments.removeFirst(head)
            head = 0
        }
    }
}
