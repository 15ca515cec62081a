/// Which runs pruning keeps; a run is kept when either limit keeps it.
public struct PruneRule: Hashable, Sendable {
    /// How many of the newest runs are kept; `nil` for no such limit.
    public var keepLast: Int?
    /// How long after its end a run is kept; `nil` for no such limit.
    public var keepWithin: Duration?

    /// Makes a rule; without any limit, only the runs that are always kept are kept.
    ///
    /// - Parameters:
    ///   - keepLast: How many of the newest runs are kept.
    ///   - keepWithin: How long after its end a run is kept.
    public init(keepLast: Int? = nil, keepWithin: Duration? = nil) {
        self.keepLast = keepLast
        self.keepWithin = keepWithin
    }
}
