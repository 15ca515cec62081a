package import BulkSystem

extension Nanoseconds {
    /// A random time in a range.
    package static func random(
        in range: ClosedRange<Nanoseconds>, using random: inout some RandomNumberGenerator
    ) -> Nanoseconds {
        Nanoseconds(
            count: .random(in: range.lowerBound.count...range.upperBound.count, using: &random))
    }

    /// A random time in a range without its end.
    package static func random(
        in range: Range<Nanoseconds>, using random: inout some RandomNumberGenerator
    ) -> Nanoseconds {
        Nanoseconds(
            count: .random(in: range.lowerBound.count..<range.upperBound.count, using: &random))
    }
}
