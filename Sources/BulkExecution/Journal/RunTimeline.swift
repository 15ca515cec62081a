/// When a run sent its requests, and how long the answers took, in a fixed number of buckets.
///
/// Time counts while the run works. Of the pause between an interrupted part and its continuation, at most
/// ``longestPause`` counts, so that requests before and after a short one are seen in one window of the quota. A bucket
/// becomes twice as long whenever the run becomes too long for the number of buckets.
package struct RunTimeline: Hashable, Sendable {
    /// The number of buckets of time.
    package static let bucketCount = 240
    /// The upper ends of the buckets of latencies, in milliseconds; a last bucket holds what took longer.
    package static let latencyEnds = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000,
    ]
    /// The most beginnings of parts that are kept.
    package static let mostParts = 50
    /// What counts of a pause at most, in milliseconds.
    package static let longestPause: Int64 = 60_000

    /// The length of a bucket in milliseconds.
    package private(set) var width: Int64 = 1000
    /// The requests of each bucket.
    package private(set) var requests = [Int](repeating: 0, count: bucketCount)
    /// The answers of each bucket that said there were too many requests (429).
    package private(set) var refusals = [Int](repeating: 0, count: bucketCount)
    /// The rows whose only request was answered, by how long that took.
    package private(set) var latencies = [Int](repeating: 0, count: latencyEnds.count + 1)
    /// How many rows needed more than one request.
    package private(set) var repeated = 0
    /// How long the run took, with what counts of its pauses, in milliseconds.
    package private(set) var length: Int64 = 0
    /// Where the run was resumed, in milliseconds of that time; only the first ones.
    package private(set) var parts: [Int64] = []
    /// Those of them after a pause that is not counted as a whole.
    private var cuts: [Int64] = []

    /// The time of day, in milliseconds since 1970, at which the working time would be 0.
    private var origin: Int64

    /// Starts with nothing sent.
    ///
    /// - Parameter start: When the run began, in milliseconds since 1970.
    package init(startingAt start: Int64) { origin = start }

    /// Records what a line of a journal says.
    package mutating func add(_ line: JournalLine) {
        switch line {
        case .start(_, _, let time): requests[bucket(at: time)] += 1
        case .again(let unfinished):
            let bucket = bucket(at: unfinished.at)
            if unfinished.httpStatus == 429 { refusals[bucket] += 1 }
        case .done(let outcome):
            guard let time = outcome.finishedAtMilliseconds else { return }
            let bucket = bucket(at: time)
            if outcome.httpStatus == 429 { refusals[bucket] += 1 }
            guard let duration = outcome.durationMilliseconds else { return }
            guard outcome.attempts == 1 else {
                repeated += 1
                return
            }
            let place = Self.latencyEnds.firstIndex { duration <= $0 }
            latencies[place ?? Self.latencyEnds.count] += 1
        // A line that names revised rows begins no part of the run.
        case .decided, .settled, .resumed(_, .some): break
        case .resumed(let time, nil):
            let pause = time.subtractingReportingOverflow(origin &+ length)
            let counted = pause.overflow ? 0 : min(max(pause.partialValue, 0), Self.longestPause)
            let start = length + counted
            if parts.count < Self.mostParts {
                parts.append(start)
                if pause.overflow || counted != pause.partialValue { cuts.append(start) }
            }
            origin = time &- start
        case .ended(_, let time): _ = bucket(at: time)
        }
    }

    /// The most requests in any stretch of a quota's window, as far as the buckets show.
    ///
    /// Where a window has several buckets, the requests of as many whole buckets as fit are added up. Where a bucket
    /// has several windows, its requests are spread evenly. A window longer than what counts of a pause does not reach
    /// back over such a pause. So a run that kept to the quota never seems to exceed it.
    ///
    /// - Parameter window: The window's length in milliseconds.
    /// - Returns: The requests for each bucket up to the last one in use.
    package func requestsInWindow(_ window: Int64) -> [Int] {
        let used = min(Self.bucketCount, Int(length / width) + 1)
        let window = max(window, 1)
        if width >= window {
            let windows = Int((width + window - 1) / window)
            return requests[..<used].map { ($0 + windows - 1) / windows }
        }
        let buckets = Int(window / width)
        var sums: [Int] = []
        // How many parts begin in each bucket after a pause that was cut. They share its requests evenly.
        var begun: [Int: Int] = [:]
        if window > Self.longestPause {
            for cut in cuts { begun[Int(cut / width), default: 0] += 1 }
        }
        var counted: [Int] = []
        var sum = 0
        for index in 0..<used {
            let parts = begun[index] ?? 0
            if parts > 0 {
                // What was sent before is in another window.
                counted = Array(repeating: 0, count: index)
                sum = 0
            }
            counted.append((requests[index] + parts) / (parts + 1))
            sum += counted[index]
            if index >= buckets { sum -= counted[index - buckets] }
            sums.append(sum)
        }
        return sums
    }

    private mutating func bucket(at time: Int64) -> Int {
        // A clock can be set back, or be far off.
        let offset = min(max(0, time &- origin), 1 << 53)
        while offset / width >= Self.bucketCount { halve() }
        length = max(length, offset)
        return Int(offset / width)
    }

    /// Joins the buckets in pairs, and makes room for as many new ones.
    private mutating func halve() {
        for index in 0..<Self.bucketCount / 2 {
            requests[index] = requests[2 * index] + requests[2 * index + 1]
            refusals[index] = refusals[2 * index] + refusals[2 * index + 1]
        }
        for index in Self.bucketCount / 2..<Self.bucketCount {
            (requests[index], refusals[index]) = (0, 0)
        }
        width *= 2
    }
}
