extension Duration {
    /// The duration in whole nanoseconds; 0 if it is negative, a fixed maximum if it is too long.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        // The maximum is well below the largest number, so that adding it to a time cannot
        // overflow.
        guard !overflow, whole < .max / 4 else { return .max / 4 }
        return whole + UInt64(attoseconds / 1_000_000_000)
    }
}
