import BulkTestSupport
import Foundation

/// How many random documents each comparison reads, and the seed.
///
/// If `CI` is set, there are a hundred thousand documents. Otherwise there are fewer, so that a run
/// stays short. `MAVA_BULK_RANDOM_DOCUMENTS` sets the number, and `MAVA_BULK_RANDOM_SEED` the seed.
enum RandomDocuments {
    static let count =
        number("MAVA_BULK_RANDOM_DOCUMENTS") ?? RandomInputs.count(isCI ? 100_000 : 20_000)
    static let seed = UInt64(number("MAVA_BULK_RANDOM_SEED") ?? 20_260_301)

    private static let isCI = ProcessInfo.processInfo.environment["CI"] != nil

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}
