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
        // A byte of ASCII is a character, and its properties need no look-up in Unicode's tables.
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.utf8.count) {
                space in
                var place = 0
                for byte in text.utf8 {
                    space[place] = 0x41...0x5A ~= byte ? byte | 0x20 : byte
                    place &+= 1
                }
                return meaning(ofASCII: UnsafeBufferPointer(space), in: table, shortest: shortest)
            }
        }
        let text = text.lowercased()
        if let meaning = table[plain(text)] { return meaning }
        // For example `3 - High` or `Closed (duplicate)`.
        var only: String?
        for word in text.split(whereSeparator: { !$0.isLetter && !$0.isNumber })
        where word.count >= shortest && word.first?.isLetter == true {
            guard let meaning = table[String(word)], meaning != only else { continue }
            if only != nil { return nil }
            only = meaning
        }
        return only
    }

    /// The same for a text of ASCII in lower case.
    private static func meaning(
        ofASCII text: UnsafeBufferPointer<UInt8>, in table: [String: String], shortest: Int
    ) -> String? {
        let length = text.reduce(0) { isIgnored($1) ? $0 : $0 + 1 }
        let first = text.first { !isIgnored($0) }
        if let first, mayBeKnown(first, length) {
            let whole = String(unsafeUninitializedCapacity: length) { space in
                var count = 0
                for byte in text where !isIgnored(byte) {
                    space[count] = byte
                    count += 1
                }
                return count
            }
            if let meaning = table[whole] { return meaning }
        }
        var only: String?
        var at = 0
        while at < text.count {
            let start = at
            while at < text.count, isLetter(text[at]) || isDigit(text[at]) { at += 1 }
            let word = UnsafeBufferPointer(rebasing: text[start..<at])
            while at < text.count, !isLetter(text[at]), !isDigit(text[at]) { at += 1 }
            guard word.count >= shortest, isLetter(word[0]), mayBeKnown(word[0], word.count),
                let meaning = table[String(decoding: word, as: UTF8.self)], meaning != only
            else { continue }
            if only != nil { return nil }
            only = meaning
        }
        return only
    }

    /// Whether any word of the tables has this first byte and this length.
    private static func mayBeKnown(_ first: UInt8, _ length: Int) -> Bool {
        length < UInt32.bitWidth && lengths[Int(first)] >> UInt32(length) & 1 == 1
    }

    /// The lengths of the tables' words as bits, by their first bytes.
    private static let lengths: [UInt32] = {
        var lengths = [UInt32](repeating: 0, count: 256)
        for word in Array(statuses.keys) + Array(priorities.keys) {
            guard let first = word.utf8.first else { continue }
            precondition(word.utf8.count < UInt32.bitWidth, "a longer word would not be found")
            lengths[Int(first)] |= 1 << UInt32(word.utf8.count)
        }
        return lengths
    }()

    /// A text in lower case, without characters that are ignored when words are matched.
    private static func plain(_ text: String) -> String {
        text.filter { !$0.isWhitespace && !"-_–—'\"./".contains($0) }
    }

    private static func isIgnored(_ byte: UInt8) -> Bool {
        switch byte {
        case 9...13, UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "'"),
            UInt8(ascii: "\""), UInt8(ascii: "."), UInt8(ascii: "/"):
            true
        default: false
        }
    }

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
