import Synchronization

/// Counts how many bytes of rows are read of a plan, so that a test can tell how often a run reads it.
package final class PlanReads: Sendable {
    private let count = Atomic(0)

    /// Starts at zero.
    package init() {}

    /// How many bytes were read.
    package var bytes: Int { count.load(ordering: .relaxed) }

    func add(_ bytes: Int) { count.wrappingAdd(bytes, ordering: .relaxed) }
}
