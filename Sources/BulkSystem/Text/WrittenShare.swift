/// A part of a whole as people write it: `1/3`, `40%` or `0.5`.
package struct WrittenShare: Hashable, Sendable, CustomStringConvertible {
    /// The part of ``denominator``; from 0 to ``denominator``.
    package let numerator: Int
    /// At most 1,000,000, and at least 1.
    package let denominator: Int
    private let text: String

    /// The largest denominator.
    private static let largest = 1_000_000

    /// Reads a share from 0 to 1; `nil` when the text is none.
    ///
    /// A whole number without a percent sign is none, because it can be meant as a percentage. Decimals are at most
    /// four.
    ///
    /// - Parameter text: The text.
    package init?(_ text: some StringProtocol) {
        let fraction: (numerator: Int, denominator: Int)?
        if text.hasSuffix("%") {
            fraction = Self.decimal(text.dropLast()).map { ($0.numerator, $0.denominator * 100) }
        } else if text.contains("/") {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let upper = Self.whole(parts[0]),
                let lower = Self.whole(parts[1])
            else { return nil }
            fraction = (upper, lower)
        } else {
            fraction = text.contains(".") ? Self.decimal(text) : nil
        }
        guard let (numerator, denominator) = fraction, denominator >= max(1, numerator),
            denominator <= Self.largest
        else { return nil }
        self.numerator = numerator
        self.denominator = denominator
        self.text = String(text)
    }

    /// The share as it was written; a decimal number as a percentage: `50%` for `0.5`.
    package var description: String {
        guard !text.hasSuffix("%"), !text.contains("/") else { return text }
        // A decimal number has at most four decimals.
        let hundredths = numerator * 10_000 / denominator
        let decimals = hundredths % 100
        guard decimals > 0 else { return "\(hundredths / 100)%" }
        let digits =
            decimals % 10 == 0 ? "\(decimals / 10)" : String("\(100 + decimals)".dropFirst())
        return "\(hundredths / 100).\(digits)%"
    }

    /// Whether a part of a whole is at most this share.
    package func contains(_ part: Int, of whole: Int) -> Bool {
        let left = part.multipliedFullWidth(by: denominator)
        let right = whole.multipliedFullWidth(by: numerator)
        return left.high != right.high ? left.high < right.high : left.low <= right.low
    }

    private static func whole(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? Int(text) : nil
    }

    /// A decimal number as a fraction: 125/1000 for `0.125`; `nil` if it has more than four decimals.
    private static func decimal(
        _ text: some StringProtocol
    ) -> (numerator: Int, denominator: Int)? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? String(parts[1]) : ""
        guard parts.count == 1 || (parts.count == 2 && (1...4).contains(decimals.count)),
            let numerator = whole(String(parts[0]) + decimals)
        else { return nil }
        return (numerator, decimals.reduce(1) { product, _ in product * 10 })
    }
}
