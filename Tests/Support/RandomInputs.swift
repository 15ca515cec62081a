import Foundation

/// How many random inputs a test tries.
///
/// `MAVA_BULK_RANDOM_PERCENT` makes it a share of the usual number. The sanitizers' runs use that, because
/// they are slow.
public enum RandomInputs {
    /// The number of inputs to try.
    ///
    /// - Parameter usual: The number where nothing else is wanted.
    /// - Returns: The share of it that is wanted, at least one.
    public static func count(_ usual: Int) -> Int { max(1, usual * percent / 100) }

    private static let percent =
        ProcessInfo.processInfo.environment["MAVA_BULK_RANDOM_PERCENT"].flatMap { Int($0) } ?? 100
}
