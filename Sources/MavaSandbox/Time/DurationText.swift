/// Durations in a readable form.
enum DurationText {
    /// Parses `20ms`, `1.5s`, `2m`, `500us` or `1h`.
    ///
    /// - Parameter text: The number and its unit.
    /// - Returns: The duration.
    /// - Throws: `SandboxError` with `syntax`.
    static func parse(_ text: Substring) throws(SandboxError) -> Duration {
        let units: [(suffix: String, seconds: Double)] = [
            ("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("s", 1), ("m", 60), ("h", 3600),
        ]
        for unit in units where text.hasSuffix(unit.suffix) {
            guard let number = Double(text.dropLast(unit.suffix.count)), number.isFinite,
                number >= 0, number * unit.seconds <= 86_400
            else { break }
            return .seconds(number * unit.seconds)
        }
        throw SandboxError(.syntax, "a time is a number and a unit, as in 20ms, 1.5s or 2m")
    }
}
