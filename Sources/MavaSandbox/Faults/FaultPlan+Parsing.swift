extension FaultPlan {
    /// The items of a plan that are no faults.
    package static let settings = [
        "latency", "seed", "only", "drip", "moving", "redirect-to", "retry-after",
    ]

    /// Parses a plan such as `seed=7,latency=20ms±5ms,500-before=0.01,drop-after-commit@3`.
    ///
    /// Items are separated by commas. A fault is followed by `=` and a probability, or by `@` and
    /// the number of a request, a range (`@3..5`, `@3..`) or a step (`@every-10`).
    /// `docs/sandbox.md` lists all items.
    ///
    /// - Parameter text: The plan; empty for no faults.
    /// - Throws: `SandboxError` with `syntax` and the column.
    public init(parsing text: String) throws(SandboxError) {
        var column = 1
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let length = item.utf8.count + 1
            let item = trimmed(item)
            if !item.isEmpty {
                do throws(SandboxError) {
                    try add(item)
                } catch {
                    throw SandboxError(.syntax, "\(item): \(error.message)", column: column)
                }
            }
            column += length
        }
    }

    private mutating func add(_ item: Substring) throws(SandboxError) {
        guard let separator = item.firstIndex(where: { $0 == "=" || $0 == "@" }) else {
            throw SandboxError(
                .syntax, "a fault needs =PROBABILITY or @REQUEST, as in 500-before=0.01")
        }
        let name = String(trimmed(item[..<separator]))
        let value = trimmed(item[item.index(after: separator)...])
        if let fault = Fault(rawValue: name) {
            let trigger =
                item[separator] == "="
                ? FaultPlan.Trigger.probability(try probability(value))
                : try requests(value)
            rules.append(Rule(fault, trigger))
            return
        }
        switch name {
        case "seed":
            guard let seed = UInt64(value) else {
                throw SandboxError(.syntax, "a seed is a whole number, 0 or more")
            }
            self.seed = seed
        case "only":
            guard let scope = Scope(rawValue: value.lowercased()) else {
                throw SandboxError(.syntax, "only can be put, get or all")
            }
            self.scope = scope
        case "latency": latencies.append(try latency(value))
        case "drip": drip = try duration(value)
        case "retry-after": retryAfter = try duration(value)
        case "moving":
            guard let number = Int(value), (0...1_000_000).contains(number) else {
                throw SandboxError(.syntax, "write how many tickets change after each page")
            }
            moving = number
        case "redirect-to": redirectTarget = try target(value)
        default:
            let names = Fault.allCases.map(\.rawValue).joined(separator: ", ")
            throw SandboxError(
                .syntax,
                "no such fault; there are \(names), and \(Self.settings.joined(separator: ", "))")
        }
    }

    private func probability(_ text: Substring) throws(SandboxError) -> Double {
        let isPercent = text.hasSuffix("%")
        guard let number = Double(isPercent ? text.dropLast() : text), number.isFinite else {
            throw SandboxError(.syntax, "a probability is a number from 0 to 1, or a percentage")
        }
        let probability = isPercent ? number / 100 : number
        guard (0...1).contains(probability) else {
            throw SandboxError(.syntax, "a probability is a number from 0 to 1, or a percentage")
        }
        return probability
    }

    private func requests(_ text: Substring) throws(SandboxError) -> Trigger {
        if text.hasPrefix("every-") {
            return .every(try number(text.dropFirst(6)))
        }
        guard let dots = text.firstRange(of: "..") else {
            let number = try number(text)
            return .requests(number...number)
        }
        let low = try number(text[..<dots.lowerBound])
        let rest = text[dots.upperBound...]
        let high = rest.isEmpty ? Int.max : try number(rest)
        guard low <= high else {
            throw SandboxError(.syntax, "a range of requests runs upwards, as in @3..5")
        }
        return .requests(low...high)
    }

    private func number(_ text: Substring) throws(SandboxError) -> Int {
        guard let number = Int(text), number >= 1 else {
            throw SandboxError(.syntax, "requests are numbered from 1, as in @3, @3..5, @every-10")
        }
        return number
    }

    /// Parses `20ms`, `20ms±5ms`, `20ms+-5ms`, `10ms..50ms` or `~20ms`, with or without
    /// `@PROBABILITY`.
    private func latency(_ text: Substring) throws(SandboxError) -> Latency {
        var text = text
        var share = 1.0
        if let at = text.firstIndex(of: "@") {
            share = try probability(text[text.index(after: at)...])
            text = text[..<at]
        }
        if text.hasPrefix("~") {
            let mean = try duration(text.dropFirst())
            return Latency(.exponential(mean: mean), probability: share)
        }
        if let range = text.firstRange(of: "..") {
            let low = try duration(text[..<range.lowerBound])
            let high = try duration(text[range.upperBound...])
            guard low <= high else {
                throw SandboxError(.syntax, "a range of times runs upwards, as in 10ms..50ms")
            }
            return Latency(.uniform(low, high), probability: share)
        }
        if let range = text.firstRange(of: "±") ?? text.firstRange(of: "+-") {
            let mean = try duration(text[..<range.lowerBound])
            let deviation = try duration(text[range.upperBound...])
            return Latency(.normal(mean: mean, deviation: deviation), probability: share)
        }
        return Latency(.constant(try duration(text)), probability: share)
    }

    private func duration(_ text: Substring) throws(SandboxError) -> Duration {
        try DurationText.parse(text)
    }

    private func target(_ text: Substring) throws(SandboxError) -> String {
        guard text.hasPrefix("http://") || text.hasPrefix("https://"), !text.hasSuffix("/"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw SandboxError(.syntax, "write a URL without a path, as in http://127.0.0.1:8081")
        }
        return String(text)
    }

    private func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " { text = text.dropFirst() }
        while text.last == " " { text = text.dropLast() }
        return text
    }
}
