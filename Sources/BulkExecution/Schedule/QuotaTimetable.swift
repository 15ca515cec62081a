import BulkSystem

/// A quota with lower ones at certain hours, such as `90/30s; Mon-Fri 08:00-18:00 30/30s`.
public struct QuotaTimetable: Hashable, Sendable {
    /// The quota in all other hours, which no entry exceeds.
    public private(set) var quota: Quota
    private var entries: [Entry] = []

    private struct Entry: Hashable, Sendable {
        var hours: LocalHours
        var quota: Quota
    }

    /// Makes a timetable of one quota for all hours.
    public init(_ quota: Quota) { self.quota = quota }

    /// Reads a timetable: a quota, and after semicolons hours with the quota that holds in them.
    ///
    /// Hours are written as for ``SendWindows``. Where several entries hold, the slowest counts.
    ///
    /// - Parameter text: The text; a quota alone is one.
    /// - Throws: A ``Problem`` that says which part cannot be read.
    public init(_ text: String) throws(Problem) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
            .map { $0.split { $0.isWhitespace }.map { String($0) } }
        guard let first = parts[0].first, parts[0].count == 1, let quota = Quota(first) else {
            throw Problem(text: parts[0].joined(separator: " "), message: nil)
        }
        self.quota = quota
        var quotas: [Quota] = []
        var hours: [String] = []
        for words in parts.dropFirst() {
            guard let place = words.firstIndex(where: { Quota($0) != nil }),
                let entry = Quota(words[place])
            else {
                throw Problem(
                    text: words.joined(separator: " "),
                    message: "it has no requests per time, such as 30/30s")
            }
            guard entry.requestsPerSecond <= quota.requestsPerSecond else {
                throw Problem(
                    text: words[place],
                    message: "it is faster than \(first), and hours can only slow a run down")
            }
            guard words.count > 1 else {
                throw Problem(
                    text: words[place],
                    message: "it has no hours in which it holds, such as Mon-Fri 08:00-18:00")
            }
            quotas.append(entry)
            hours.append((words[..<place] + words[(place + 1)...]).joined(separator: " "))
        }
        do throws(LocalHours.Problem) {
            let read = try LocalHours.list(hours, local: ZoneDatabase.local())
            entries = zip(read, quotas).map { Entry(hours: $0, quota: $1) }
        } catch {
            throw Problem(text: hours.joined(separator: "; "), message: error.description)
        }
    }

    /// Why a text is no timetable.
    public struct Problem: Error, Hashable, CustomStringConvertible {
        /// The part that cannot be read.
        public var text: String
        /// What is wrong with the hours; `nil` where the quota itself cannot be read.
        public var message: String?

        /// What is wrong, with the part.
        public var description: String {
            message ?? "`\(text)` is not a quota such as 90/30s"
        }
    }

    /// The same timetable, of which only a part may be used, as ``Quota/sharing(_:)`` reads it.
    ///
    /// - Parameter text: A fraction or a percentage.
    /// - Returns: The timetable; `nil` when the text is no such part.
    public func sharing(_ text: some StringProtocol) -> QuotaTimetable? {
        guard let shared = quota.sharing(text) else { return nil }
        var result = self
        result.quota = shared
        for index in entries.indices {
            guard let shared = entries[index].quota.sharing(text) else { return nil }
            result.entries[index].quota = shared
        }
        return result
    }

    /// The timetable as text that reads as the same one, without shares.
    public var text: String {
        ([quota.text] + entries.map { "\($0.hours.text) \($0.quota.text)" })
            .joined(separator: "; ")
    }

    /// Whether one quota holds at all hours.
    public var isPlain: Bool { entries.isEmpty }

    /// The longest window of its quotas.
    var longestWindow: Nanoseconds {
        entries.map { Nanoseconds($0.quota.window) }.max() ?? Nanoseconds(quota.window)
    }

    /// The lower quotas that hold at a moment.
    ///
    /// An entry holds from one window before its hours until one window after them. So no window that touches
    /// the hours has more requests than it allows.
    ///
    /// - Parameter time: Seconds since 1970.
    /// - Returns: The quotas, and the next moment at which they may differ; `.max` for never.
    package func bounds(at time: Int) -> (quotas: [Quota], until: Int) {
        var quotas: [Quota] = []
        var until = Int.max
        for entry in entries {
            let margin = Int(Nanoseconds(entry.quota.window).wholeSeconds)
            let (first, last) = (time - margin, time + margin)
            var holds = entry.hours.contains(first)
            var border = entry.hours.nextBorder(after: first)
            until = min(until, border + margin, entry.hours.nextBorder(after: last) - margin)
            while !holds, border <= last {
                holds = entry.hours.contains(border)
                border = entry.hours.nextBorder(after: border)
            }
            if holds { quotas.append(entry.quota) }
        }
        return (quotas, until)
    }
}

extension Quota {
    /// How many requests the share allows in a second, on average.
    var requestsPerSecond: Double { Double(share) / (window / .seconds(1)) }

    /// The quota as text that reads as the same one, without its share.
    var text: String {
        let milliseconds = Nanoseconds(window).quotient(by: .millisecond)
        return milliseconds % 1000 == 0
            ? "\(requests)/\(milliseconds / 1000)s" : "\(requests)/\(milliseconds)ms"
    }
}
