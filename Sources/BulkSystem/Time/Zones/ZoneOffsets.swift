/// A time zone: how far its clocks are from UTC, at every moment.
package struct ZoneOffsets: Hashable, Sendable {
    /// The zone's name, such as `Europe/Berlin`, or else its offset or its rule; `nil` for one that has none.
    package var name: String?
    /// From when each offset holds, in seconds since 1970.
    private var starts: [Int] = []
    private var offsets: [Int] = []
    /// The offset before the first start, in seconds east of UTC.
    private var first: Int
    /// The rule after the last start; `nil` where the last offset stays.
    private var rule: ZoneRule?

    /// UTC itself.
    package static let utc = ZoneOffsets(name: "UTC", offset: 0)

    /// A zone whose clocks never change.
    ///
    /// - Parameters:
    ///   - name: The zone's name.
    ///   - offset: Seconds east of UTC.
    package init(name: String, offset: Int) {
        self.name = name
        first = offset
    }

    /// A zone of a rule alone; `nil` when the text is no rule.
    ///
    /// - Parameter text: The rule as POSIX writes it, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
    package init?(rule text: String) {
        guard let rule = ZoneRule(text) else { return nil }
        self.rule = rule
        first = rule.standard
        name = rule.daylight == nil ? Self.name(ofOffset: first) : text
    }

    /// The name of a zone whose clocks never change, such as `+05:30`.
    private static func name(ofOffset seconds: Int) -> String {
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = abs(seconds) / 60
        return "\(seconds < 0 ? "-" : "+")\(padded(minutes / 60)):\(padded(minutes % 60))"
    }

    /// Reads a zone of the system's database; `nil` when the bytes are none.
    ///
    /// The format is TZif (RFC 9636), of any version.
    ///
    /// - Parameters:
    ///   - bytes: The file's bytes.
    ///   - name: The zone's name.
    package init?(tzif bytes: [UInt8], name: String?) {
        self.name = name
        var file = TZifReader(bytes)
        guard var head = file.consumeHead() else { return nil }
        var width = 4
        if head.version >= UInt8(ascii: "2") {
            // The first part is for programs that know no more than 32 bits.
            guard file.skip(head.length(width: 4)), let second = file.consumeHead() else {
                return nil
            }
            (head, width) = (second, 8)
        }
        guard let data = file.consume(head.length(width: width)) else { return nil }
        let kinds = data.dropFirst(head.times * (width + 1))
        func offset(_ kind: Int) -> Int? {
            guard kind < head.kinds else { return nil }
            return TZifReader.integer(kinds.dropFirst(kind * 6).prefix(4))
        }
        guard let first = offset(0) else { return nil }
        self.first = first
        for index in 0..<head.times {
            let start = TZifReader.integer(data.dropFirst(index * width).prefix(width))
            guard let offset = offset(Int(data[data.startIndex + head.times * width + index])),
                starts.last.map({ $0 < start }) ?? true
            else { return nil }
            starts.append(start)
            offsets.append(offset)
        }
        guard width == 8 else { return }
        guard let footer = file.consumeFooter() else { return nil }
        if !footer.isEmpty {
            guard let rule = ZoneRule(footer) else { return nil }
            self.rule = rule
            // A zone without a name has that of its present rule, so that a text can hold it.
            self.name = name ?? (rule.daylight == nil ? Self.name(ofOffset: rule.standard) : footer)
        }
    }

    /// The offset at a moment.
    ///
    /// - Parameter time: Seconds since 1970.
    /// - Returns: Seconds east of UTC.
    package func offset(at time: Int) -> Int {
        let place = (0..<starts.count).partitionPoint { starts[$0] <= time }
        if place == starts.count, let rule { return rule.offset(at: time) }
        return place == 0 ? first : offsets[place - 1]
    }

    /// When the offset changes next.
    ///
    /// - Parameter time: Seconds since 1970.
    /// - Returns: Seconds since 1970; `nil` for never.
    package func nextChange(after time: Int) -> Int? {
        let now = offset(at: time)
        var place = (0..<starts.count).partitionPoint { starts[$0] <= time }
        while place < starts.count, offset(at: starts[place]) == now { place += 1 }
        if place < starts.count { return starts[place] }
        return rule?.nextChange(after: max(time, starts.last ?? .min))
    }
}

/// Reads the parts of a TZif file.
private struct TZifReader {
    struct Head {
        var version: UInt8
        var times: Int
        var kinds: Int
        /// The lengths of what is not needed, for times of four bytes and for those of eight.
        var others: (names: Int, leaps: Int, flags: Int)

        func length(width: Int) -> Int {
            times * (width + 1) + kinds * 6 + others.names + others.leaps * (width + 4)
                + others.flags
        }
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func consume(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func skip(_ count: Int) -> Bool { consume(count) != nil }

    mutating func consumeHead() -> Head? {
        guard let head = consume(44), head.starts(with: "TZif".utf8) else { return nil }
        let counts = (0..<6).map { Self.integer(head.dropFirst(20 + 4 * $0).prefix(4)) }
        guard counts.allSatisfy({ (0...100_000).contains($0) }), counts[4] > 0 else { return nil }
        return Head(
            version: head[head.startIndex + 4], times: counts[3], kinds: counts[4],
            others: (names: counts[5], leaps: counts[2], flags: counts[0] + counts[1]))
    }

    /// The text between the newlines at the end.
    mutating func consumeFooter() -> String? {
        guard rest.first == 0x0A, rest.count >= 2, let end = rest.dropFirst().firstIndex(of: 0x0A)
        else { return nil }
        return String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
    }

    /// A signed number of four or eight bytes, the highest first.
    static func integer(_ bytes: ArraySlice<UInt8>) -> Int {
        let bits = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return bytes.count == 4
            ? Int(Int32(truncatingIfNeeded: bits)) : Int(Int64(bitPattern: bits))
    }
}
