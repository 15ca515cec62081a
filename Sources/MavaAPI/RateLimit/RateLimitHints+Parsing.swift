extension RateLimitHints {
    /// Reads an answer's headers.
    ///
    /// A reset of 1e12 or more is milliseconds since 1970, one of 1e9 or more is seconds since 1970,
    /// and a smaller one is seconds from now. Points in time are measured against the answer's own
    /// `Date`, so that a wrong clock on either side does no harm. A reset that is past, or further off
    /// than two windows, is ignored.
    ///
    /// - Parameters:
    ///   - response: The answer.
    ///   - assumedWindow: The window's length where the headers do not say it.
    ///   - now: Seconds since 1970, used where the answer has no `Date`; `nil` to ignore points in
    ///     time then.
    public init(
        _ response: HTTPResponse, assumedWindow: Duration = .seconds(30), now: Int? = nil
    ) {
        let reader = RateLimitReader(
            response: response, assumedWindow: assumedWindow,
            now: response.values(of: "date").first.flatMap { HTTPDate.seconds(of: $0) } ?? now)
        self.init(retryAfter: reader.retryAfter(), windows: reader.windows())
    }
}

/// Reads one answer's headers; each form of them has a function of its own.
private struct RateLimitReader {
    let response: HTTPResponse
    let assumedWindow: Duration
    let now: Int?

    func retryAfter() -> Duration? {
        // NestJS's throttler appends the name of each of its limits to the header; the longest wait counts.
        var longest: Duration?
        for (name, value) in response.headers
        where name == "retry-after" || name.hasPrefix("retry-after-")
            || name == "x-ratelimit-retry-after" || name == "x-rate-limit-retry-after"
        {
            // Seconds; some servers write a point in time as they do in a reset, and some a second header in
            // milliseconds.
            let text = value.trimmingBlanks()
            let wait =
                name == "retry-after-ms"
                ? Double(text).flatMap { 0...1e12 ~= $0 ? .milliseconds($0) : nil } : reset(text)
            guard let wait else { continue }
            longest = max(longest ?? .zero, wait)
        }
        return longest
    }

    func windows() -> [RateLimitWindow] {
        var windows: [RateLimitWindow] = []
        for prefix in ["ratelimit", "x-ratelimit", "x-rate-limit"] {
            windows += separateHeaders(prefix)
            for name in namedLimits(prefix) { windows += namedHeaders(prefix, name) }
        }
        windows += callLimits()
        let combined = FieldMember.list(response.values(of: "ratelimit"))
        windows += combined.contains { $0.item.contains("=") } ? pairs(combined) : named(combined)
        for (name, value) in response.headers where name.hasPrefix("zendesk-ratelimit-") {
            windows += pairs(FieldMember.list([value]))
        }
        for policy in FieldMember.list(response.values(of: "ratelimit-policy")) {
            Self.join(self.policy(policy), to: &windows)
        }
        return windows.map(checked).filter { !$0.isEmpty }
    }

    /// Draft 6 and its `X-` predecessors: `…-Limit`, `…-Remaining`, `…-Reset`.
    ///
    /// A limit can go on with a list of policies, `100, 100;w=60, 5000;w=3600`; and a header that was
    /// sent for each of several quotas comes as lists of equal length.
    private func separateHeaders(_ prefix: String) -> [RateLimitWindow] {
        var limits = FieldMember.list(response.values(of: "\(prefix)-limit"))
        // Freshdesk calls it the total; Zendesk writes it under the bare name, where drafts 7 and 8 have a list.
        if limits.isEmpty { limits = FieldMember.list(response.values(of: "\(prefix)-total")) }
        if limits.isEmpty, prefix != "ratelimit" {
            limits = FieldMember.list(response.values(of: prefix)).filter {
                Self.count($0.item) != nil
            }
        }
        let remaining = FieldMember.list(response.values(of: "\(prefix)-remaining"))
        let resetTexts =
            response.values(of: "\(prefix)-reset") + response.values(of: "\(prefix)-reset-after")
        let resets = FieldMember.list(resetTexts)
        guard !limits.isEmpty || !remaining.isEmpty || !resets.isEmpty else { return [] }
        let policies = limits.map(policy)
        if limits.count > 1 && remaining.count == limits.count {
            return policies.enumerated().map { index, policy in
                var window = policy
                window.remaining = Self.count(remaining[index].item)
                window.resetAfter = index < resets.count ? reset(resets[index].item) : nil
                return window
            }
        }
        var first = policies.first ?? RateLimitWindow()
        first.remaining = remaining.compactMap { Self.count($0.item) }.min()
        // A date contains a comma, which otherwise separates members.
        first.resetAfter =
            resetTexts.compactMap { reset($0.trimmingBlanks()) }.max()
            ?? resets.compactMap { reset($0.item) }.max()
        if let length = response.values(of: "\(prefix)-window").first {
            first.length = first.length ?? Self.length(length.trimmingBlanks())
        }
        var windows = [first]
        for policy in policies.dropFirst() { Self.join(policy, to: &windows) }
        return windows
    }

    /// The names of limits that come after, or in the middle of, the names of headers:
    /// `X-RateLimit-Limit-Minute`, `x-ratelimit-minute-limit`, and NestJS's `X-RateLimit-Limit-<name>`.
    private func namedLimits(_ prefix: String) -> [String] {
        var names: Set<String> = []
        for (header, _) in response.headers where header.hasPrefix(prefix + "-") {
            let rest = header.dropFirst(prefix.utf8.count + 1)
            for kind in ["limit", "remaining", "reset"] {
                if rest.hasPrefix(kind + "-"), rest != "reset-after" {
                    names.insert(String(rest.dropFirst(kind.utf8.count + 1)))
                } else if rest.hasSuffix("-" + kind), rest != "call-limit" {
                    names.insert(String(rest.dropLast(kind.utf8.count + 1)))
                }
            }
        }
        return names.sorted()
    }

    /// The window of one named limit.
    private func namedHeaders(_ prefix: String, _ name: String) -> [RateLimitWindow] {
        func value(_ kind: String) -> String? {
            let values =
                response.values(of: "\(prefix)-\(kind)-\(name)")
                + response.values(of: "\(prefix)-\(name)-\(kind)")
            return values.first?.trimmingBlanks()
        }
        let lengths = ["second": 1, "minute": 60, "hour": 3600, "day": 86_400]
        return [
            RateLimitWindow(
                name: name, limit: value("limit").flatMap(Self.count),
                remaining: value("remaining").flatMap(Self.count),
                resetAfter: value("reset").flatMap(reset),
                length: lengths[name].map { .seconds($0) })
        ]
    }

    /// `…-Call-Limit: 10/40`: used and allowed.
    private func callLimits() -> [RateLimitWindow] {
        response.headers.filter { $0.name.hasSuffix("-call-limit") }.compactMap { _, value in
            let parts = value.split(separator: "/", omittingEmptySubsequences: false).map {
                Self.count(String($0).trimmingBlanks())
            }
            guard parts.count == 2, let used = parts[0], let limit = parts[1], limit > 0 else {
                return nil
            }
            return RateLimitWindow(limit: limit, remaining: max(0, limit - used))
        }
    }

    /// Draft 7, `limit=100, remaining=50, reset=5`, and Zendesk, `total=100; remaining=50; resets=5`.
    private func pairs(_ members: [FieldMember]) -> [RateLimitWindow] {
        var window = RateLimitWindow()
        for member in members {
            let first = FieldMember.parameter(Array(member.item.utf8)[...])
            for (name, value) in [first] + member.parameters {
                switch name {
                case "limit", "total": window.limit = Self.count(value)
                case "remaining": window.remaining = Self.count(value)
                case "reset", "resets": window.resetAfter = reset(value)
                case "w", "window": window.length = Self.length(value)
                default: continue
                }
            }
        }
        return [window]
    }

    /// Draft 8: `"default";r=50;t=30`.
    private func named(_ members: [FieldMember]) -> [RateLimitWindow] {
        members.map { member in
            RateLimitWindow(
                name: member.item, remaining: member.parameter("r").flatMap(Self.count),
                resetAfter: member.parameter("t").flatMap(reset))
        }
    }

    /// A policy: `"default";q=100;w=60` in draft 8, `100;w=60` before.
    private func policy(_ member: FieldMember) -> RateLimitWindow {
        let length = member.parameter("w", "window").flatMap(Self.length)
        if let quota = member.parameter("q") {
            return RateLimitWindow(
                name: member.item, limit: Self.count(quota), length: length)
        }
        return RateLimitWindow(limit: Self.count(member.item), length: length)
    }

    /// Adds a policy to its window, or as a window of its own when there is none.
    private static func join(_ policy: RateLimitWindow, to windows: inout [RateLimitWindow]) {
        let index =
            if let name = policy.name {
                windows.firstIndex { $0.name == name }
            } else {
                windows.firstIndex {
                    $0.name == nil && $0.limit == policy.limit && $0.length == nil
                }
            }
        guard let index else { return windows.append(policy) }
        windows[index].limit = windows[index].limit ?? policy.limit
        windows[index].length = policy.length ?? windows[index].length
    }

    /// The window, without a reset that is out of range.
    private func checked(_ window: RateLimitWindow) -> RateLimitWindow {
        var window = window
        if let resetAfter = window.resetAfter,
            resetAfter < .zero || resetAfter > (window.length ?? assumedWindow) * 2
        {
            window.resetAfter = nil
        }
        return window
    }

    /// A reset, as time from the answer; may be negative.
    private func reset(_ text: String) -> Duration? {
        guard let number = Self.decimal(text) else {
            guard let now, let time = DateText.seconds(of: text, near: now) else { return nil }
            return .seconds(time - now)
        }
        if number < 1e9 { return .seconds(number) }
        guard let now else { return nil }
        return .seconds((number < 1e12 ? number : number / 1000) - Double(now))
    }

    private static func length(_ text: String) -> Duration? {
        decimal(text).flatMap { $0 > 0 && $0 < 1e9 ? .seconds($0) : nil }
    }

    private static func count(_ text: String) -> Int? {
        guard (1...15).contains(text.utf8.count), text.utf8.allSatisfy(isDigit) else { return nil }
        return Int(text)
    }

    /// A number of digits with at most one point among them; small enough for any `Duration`.
    private static func decimal(_ text: String) -> Double? {
        let bytes = text.utf8
        guard (1...20).contains(bytes.count), let first = bytes.first, isDigit(first),
            bytes.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") }),
            bytes.count(where: { $0 == UInt8(ascii: ".") }) <= 1,
            let number = Double(text), number < 1e15
        else { return nil }
        return number
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension String {
    /// The text without blanks and tabs at its ends.
    fileprivate func trimmingBlanks() -> String {
        let tail = drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }
        return String(tail.reversed())
    }
}
