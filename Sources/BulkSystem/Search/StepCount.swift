import Synchronization

/// Counts the steps of loops that could grow faster than an input, so that tests can ask for linear growth.
///
/// Only debug builds count. In a release build a step is no code at all.
@usableFromInline
package enum StepCount {
    /// The steps of one task; several threads may add to it.
    private final class Counter: Sendable {
        let steps = Atomic<Int>(0)
    }

    @TaskLocal private static var counter: Counter?
    /// How many counts are under way; a step costs one load when there is none.
    private static let active = Atomic<Int>(0)

    /// Counts the steps that the current task takes in a function.
    ///
    /// - Parameter body: The function.
    /// - Returns: The number of steps; 0 in a release build.
    /// - Throws: What the function throws.
    package static func during(_ body: () async throws -> Void) async rethrows -> Int {
        let counter = Counter()
        active.add(1, ordering: .relaxed)
        defer { active.subtract(1, ordering: .relaxed) }
        try await $counter.withValue(counter) { try await body() }
        return counter.steps.load(ordering: .relaxed)
    }

    /// Counts steps of the current task.
    ///
    /// - Parameter steps: How many.
    @inlinable
    @inline(__always)
    package static func add(_ steps: Int = 1) {
        #if DEBUG
            count(steps)
        #endif
    }

    @usableFromInline
    static func count(_ steps: Int) {
        guard active.load(ordering: .relaxed) > 0, let counter else { return }
        counter.steps.add(steps, ordering: .relaxed)
    }
}
