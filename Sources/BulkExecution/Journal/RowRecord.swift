/// What a journal says about one row, in 24 bytes.
///
/// Texts are not among them, only where they stand.
struct RowRecord: Hashable {
    /// How far the row has come.
    enum Stage: UInt8 {
        /// The journal says nothing about it.
        case untouched
        /// A request was started and nothing more is known.
        case started
        /// Its requests were answered, but none finished it.
        case unfinished
        /// It has its outcome.
        case finished
    }

    private var stageAndFlags: UInt8 = 0
    private var outcomeIndex: UInt8 = 0
    private var failureIndex: UInt8 = 0
    /// Bit 0: whether there is a duration; bit 1: whether there is a time at which it ended.
    private var known: UInt8 = 0
    private var requestCount: UInt16 = 0
    private var statusCode: UInt16 = 0
    /// The time taken in milliseconds, where there is one.
    private var duration: UInt32 = 0
    /// Milliseconds from the journal's beginning to the time it ended: the lower half of 48 bits with a sign,
    /// because a run can be resumed after months, and a clock be set back.
    private var offset: UInt32 = 0
    /// The upper 16 bits of that, and below them the place of the line with the row's texts.
    private var offsetAndPlace: UInt64 = 0

    private static let placeMask: UInt64 = (1 << 48) - 1
    private static let longestOffset: Int64 = (1 << 47) - 1

    /// The place of the line that holds the row's texts; 0 where there are none.
    var textsAt: Int {
        get { Int(offsetAndPlace & Self.placeMask) }
        set {
            let place = UInt64(clamping: newValue) & Self.placeMask
            offsetAndPlace = offsetAndPlace & ~Self.placeMask | place
        }
    }

    var stage: Stage {
        get { Stage(rawValue: stageAndFlags & 3) ?? .untouched }
        set { stageAndFlags = stageAndFlags & ~3 | newValue.rawValue }
    }

    /// Whether a request may have taken effect without an answer that says so.
    var mayHaveTakenEffect: Bool {
        get { stageAndFlags & 4 != 0 }
        set { stageAndFlags = newValue ? stageAndFlags | 4 : stageAndFlags & ~4 }
    }

    var requests: Int {
        get { Int(requestCount) }
        set { requestCount = UInt16(clamping: newValue) }
    }

    var outcome: Outcome {
        get { Self.outcomes[Int(outcomeIndex)] }
        set { outcomeIndex = UInt8(newValue.place) }
    }

    var failure: FailureCode? {
        get { failureIndex == 0 ? nil : Self.failures[Int(failureIndex) - 1] }
        set {
            let index = newValue.flatMap(Self.failures.firstIndex)
            failureIndex = index.map { UInt8($0 + 1) } ?? 0
        }
    }

    var status: Int? {
        get { statusCode == 0 ? nil : Int(statusCode) }
        set { statusCode = UInt16(clamping: newValue ?? 0) }
    }

    var durationMilliseconds: Int? {
        get { known & 1 == 0 ? nil : Int(duration) }
        set {
            known = known & ~1 | (newValue == nil ? 0 : 1)
            duration = UInt32(clamping: newValue ?? 0)
        }
    }

    /// When it ended, given when the journal began.
    func finishedAt(since start: Int64) -> Int64? {
        guard known & 2 != 0 else { return nil }
        let upper = Int64(Int16(truncatingIfNeeded: offsetAndPlace >> 48))
        return start &+ (upper << 32 | Int64(offset))
    }

    mutating func setFinished(at time: Int64?, since start: Int64) {
        let distance = min(max((time ?? start) &- start, -Self.longestOffset), Self.longestOffset)
        known = known & ~2 | (time == nil ? 0 : 2)
        offset = UInt32(truncatingIfNeeded: distance)
        let upper = UInt64(UInt16(truncatingIfNeeded: distance >> 32))
        offsetAndPlace = upper << 48 | offsetAndPlace & Self.placeMask
    }

    private static let outcomes = Outcome.allCases
    private static let failures = FailureCode.allCases
}
