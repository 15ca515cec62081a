/// Which runs pruning keeps; a run is kept when either limit keeps it.
public struct PruneRule: Hashable, Sendable {
    /// How many of the newest runs are kept; `nil` for no such limit.
    public var keepLast: Int?
    /// How many seconds after its end a run is kept; `nil` for no such limit.
    public var keepWithinSeconds: Int?

    /// Makes a rule; without any limit, only the runs that are always kept are kept.
    ///
    /// - Parameters:
    ///   - keepLast: How many of the newest runs are kept.
    ///   - keepWithinSeconds: How many seconds after its end a run is kept.
    public init(keepLast: Int? = nil, keepWithinSeconds: Int? = nil) {
        self.keepLast = keepLast
        self.keepWithinSeconds = keepWithinSeconds
    }
}
