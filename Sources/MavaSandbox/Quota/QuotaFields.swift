/// Writes the quota as response fields.
enum QuotaFields {
    /// Appends the fields for one decision, each line with its CRLF.
    ///
    /// - Parameters:
    ///   - decision: The quota's decision.
    ///   - rule: The rule, for its numbers and its style.
    ///   - wall: The time in milliseconds since 1970.
    ///   - bytes: Where to write.
    static func append(
        _ decision: QuotaDecision, rule: QuotaRule, wall: Int64, to bytes: inout [UInt8]
    ) {
        if rule.kind != .none { appendState(decision, rule: rule, wall: wall, to: &bytes) }
        if !decision.isAllowed { appendRetryAfter(decision, rule: rule, wall: wall, to: &bytes) }
    }

    /// Nanoseconds as seconds, rounded up so that a client that waits this long is not too early.
    static func seconds(_ nanoseconds: UInt64) -> Int {
        Int((nanoseconds + 999_999_999) / 1_000_000_000)
    }

    private static func appendState(
        _ decision: QuotaDecision, rule: QuotaRule, wall: Int64, to bytes: inout [UInt8]
    ) {
        let reset = seconds(decision.reset)
        let window = seconds(rule.windowNanoseconds)
        let (limit, remaining) = (rule.limit, decision.remaining)
        let text: String
        switch rule.fields {
        case .none: return
        case .legacy:
            let epoch = (wall + Int64(decision.reset / 1_000_000) + 999) / 1000
            text =
                "X-RateLimit-Limit: \(limit)\r\nX-RateLimit-Remaining: \(remaining)\r\n"
                + "X-RateLimit-Reset: \(epoch)\r\n"
        case .draft6:
            text =
                "RateLimit-Limit: \(limit)\r\nRateLimit-Remaining: \(remaining)\r\n"
                + "RateLimit-Reset: \(reset)\r\nRateLimit-Policy: \(limit);w=\(window)\r\n"
        case .draft7:
            text =
                "RateLimit: limit=\(limit), remaining=\(remaining), reset=\(reset)\r\n"
                + "RateLimit-Policy: \(limit);w=\(window)\r\n"
        case .draft8:
            text =
                "RateLimit: \"default\";r=\(remaining);t=\(reset)\r\n"
                + "RateLimit-Policy: \"default\";q=\(limit);w=\(window)\r\n"
        }
        bytes.append(contentsOf: text.utf8)
    }

    private static func appendRetryAfter(
        _ decision: QuotaDecision, rule: QuotaRule, wall: Int64, to bytes: inout [UInt8]
    ) {
        switch rule.retryAfter {
        case .none: return
        case .seconds:
            bytes.append(contentsOf: "Retry-After: \(seconds(decision.reset))\r\n".utf8)
        case .date:
            bytes.append(contentsOf: "Retry-After: ".utf8)
            let moment = wall / 1000 * 1000 + Int64(seconds(decision.reset) + 1) * 1000
            Timestamp(milliseconds: moment).appendHTTPDate(to: &bytes)
            bytes.append(contentsOf: "\r\n".utf8)
        }
    }
}
