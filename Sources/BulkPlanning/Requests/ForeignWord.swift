/// Other help desks' words for a status or a priority, and their most likely meanings in Mava.
///
/// They are only suggested and never applied, because two systems seldom mean exactly the same by one word.
enum ForeignWord {
    /// The status that a text most likely means.
    ///
    /// - Parameter text: The text as written.
    /// - Returns: The status, or two of them joined by `or`; `nil` for an unknown text.
    static func status(_ text: String) -> String? { meaning(of: text, in: statuses, shortest: 3) }

    /// The priority that a text most likely means.
    ///
    /// - Parameter text: The text as written.
    /// - Returns: The priority, such as `3 (high)`; `nil` for an unknown text.
    static func priority(_ text: String) -> String? {
        meaning(of: text, in: priorities, shortest: 2)
    }

    /// The meaning of the whole text, or otherwise the only meaning among its parts.
    private static func meaning(
        of text: String, in table: [String: String], shortest: Int
    ) -> String? {
        guard text.utf8.count <= 200 else { return nil }
        let text = text.lowercased()
        // A byte of ASCII is a character, and its properties need no look-up in Unicode's tables.
        let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
        if let meaning = table[isASCII ? plainASCII(text) : plain(text)] { return meaning }
        // For example `3 - High` or `Closed (duplicate)`.
        var only: String?
        if isASCII {
            var rest = text.utf8[...]
            while !rest.isEmpty {
                let word = rest.prefix { isLetter($0) || isDigit($0) }
                rest = rest[word.endIndex...].drop { !isLetter($0) && !isDigit($0) }
                guard word.count >= shortest, word.count <= longest,
                    isLetter(word[word.startIndex]),
                    let meaning = table[String(Substring(word))], meaning != only
                else { continue }
                if only != nil { return nil }
                only = meaning
            }
            return only
        }
        for word in text.split(whereSeparator: { !$0.isLetter && !$0.isNumber })
        where word.count >= shortest && word.first?.isLetter == true {
            guard let meaning = table[String(word)], meaning != only else { continue }
            if only != nil { return nil }
            only = meaning
        }
        return only
    }

    /// No word of the tables has more bytes.
    private static let longest =
        max(
            statuses.keys.map(\.utf8.count).max() ?? 0, priorities.keys.map(\.utf8.count).max() ?? 0
        )

    /// A text in lower case, without characters that are ignored when words are matched.
    private static func plain(_ text: String) -> String {
        text.filter { !$0.isWhitespace && !"-_–—'\"./".contains($0) }
    }

    private static func plainASCII(_ text: String) -> String {
        String(unsafeUninitializedCapacity: text.utf8.count) { space in
            var count = 0
            for byte in text.utf8 where !(9...13 ~= byte) && !ignored.contains(byte) {
                space[count] = byte
                count += 1
            }
            return count
        }
    }

    private static let ignored: [UInt8] = Array(" -_'\"./".utf8)

    private static func isLetter(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    private static let statuses = table([
        "Open": [
            "open", "opened", "new", "inprogress", "reopen", "reopened", "active", "assigned",
            "unassigned", "todo", "unresolved", "started", "working", "workinprogress", "wip",
            "triage", "escalated", "processing",
            // Freshdesk's number.
            "2",
        ],
        "Resolved": [
            "resolved", "resolve", "solved", "solve", "closed", "close", "done", "archived",
            "archive", "complete", "completed", "finished", "fixed", "cancelled", "canceled",
            "rejected", "wontfix", "duplicate", "merged", "4", "5",
        ],
        "Pending": ["pending", "3"],
        "Pending or Waiting": [
            "onhold", "hold", "held", "snoozed", "snooze", "paused", "deferred", "postponed",
            "suspended", "blocked", "stalled",
        ],
        "Waiting": [
            "waiting", "waitingoncustomer", "waitingforcustomer", "waitingonclient",
            "waitingonthirdparty", "waitingforsupport", "waitingonuser", "awaitingreply",
            "awaitingresponse", "awaitingcustomer", "6", "7",
        ],
    ])

    private static let priorities = table([
        "1 (low)": [
            "low", "lowest", "verylow", "minor", "trivial", "lowpriority", "p4", "p5", "sev4",
        ],
        "2 (medium)": [
            "medium", "normal", "standard", "default", "moderate", "average", "regular", "mid",
            "med", "p3", "sev3",
        ],
        "2 (medium) or 3 (high)": ["p2", "sev2"],
        "3 (high)": [
            "high", "highest", "veryhigh", "urgent", "critical", "crit", "blocker", "emergency",
            "severe", "major", "important", "immediate", "asap", "p0", "p1", "sev0", "sev1",
            // Freshdesk's number for urgent.
            "4",
        ],
    ])

    private static func table(_ words: [String: [String]]) -> [String: String] {
        var table: [String: String] = [:]
        for (meaning, all) in words {
            for word in all { table[word] = meaning }
        }
        return table
    }
}
