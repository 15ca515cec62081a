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
    private var hasDuration: UInt8 = 0
    private var requestCount: UInt16 = 0
    private var statusCode: UInt16 = 0
    /// The time taken in milliseconds, where there is one.
    private var duration: UInt32 = 0
    /// Milliseconds from the journal's beginning to the time it ended, and one; 0 where there is none.
    private var offset: UInt32 = 0
    /// The place of the line that holds the row's texts; 0 where there are none.
    var textsAt = 0

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
        get { hasDuration == 0 ? nil : Int(duration) }
        set {
            hasDuration = newValue == nil ? 0 : 1
            duration = UInt32(clamping: newValue ?? 0)
        }
    }

    /// When it ended, given when the journal began; up to 49 days later.
    func finishedAt(since start: Int64) -> Int64? {
        offset == 0 ? nil : start + Int64(offset) - 1
    }

    mutating func setFinished(at time: Int64?, since start: Int64) {
        offset = time.map { UInt32(clamping: max(0, $0 - start) + 1) } ?? 0
    }

    private static let outcomes = Outcome.allCases
    private static let failures = FailureCode.allCases
}
