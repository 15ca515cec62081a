/// Other help desks' words for a status or a priority, and their most likely meanings in Mava.
///
/// They are only suggested and never applied, because two systems seldom mean exactly the same by one word.
enum ForeignWord {
    /// The status that a text most likely means.
    ///
    /// - Parameter text: The text as written.
    /// - Returns: The status, or two of them joined by `or`; `nil` for an unknown text.
    static func status(_ text: String) -> String? { meaning(of: text, in: statuses) }

    /// The priority that a text most likely means.
    ///
    /// - Parameter text: The text as written.
    /// - Returns: The priority, such as `3 (high)`; `nil` for an unknown text.
    static func priority(_ text: String) -> String? { meaning(of: text, in: priorities) }

    /// The status that a text of ASCII in lower case most likely means.
    static func status(ofASCII text: UnsafeBufferPointer<UInt8>) -> String? {
        text.count <= longestText ? statuses.meaning(ofASCII: text) : nil
    }

    /// The most bytes of a text that is searched.
    private static let longestText = 200

    /// The meaning of the whole text, or otherwise the only meaning among its parts.
    private static func meaning(of text: String, in table: Table) -> String? {
        guard text.utf8.count <= longestText else { return nil }
        var text = text
        let found = text.withUTF8 { withLowercaseASCII($0, table.meaning(ofASCII:)) }
        return found ?? table.meaning(ofLowercase: text.lowercased())
    }

    /// Passes a text of ASCII to a closure in lower case.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - body: Uses the bytes.
    /// - Returns: What `body` returns; `nil` if the text has other characters.
    static func withLowercaseASCII<R>(
        _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> R
    ) -> R? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count) { space in
            var all: UInt8 = 0
            for place in 0..<text.count {
                let byte = text[place]
                all |= byte
                space[place] = 0x41...0x5A ~= byte ? byte | 0x20 : byte
            }
            return all < 0x80 ? body(UnsafeBufferPointer(space)) : nil
        }
    }

    /// The words for the values of one field.
    ///
    /// It is made once and never freed. So looking up a word that is not known needs no count of references, for which
    /// threads would compete.
    private struct Table: @unchecked Sendable {
        // Nothing writes to what these point to after the table was made.
        private let meanings: UnsafePointer<[String: String]>
        /// The lengths of the words as bits, by their first bytes.
        private let lengths: UnsafePointer<UInt32>
        /// The fewest characters of a part of a text that is looked up.
        private let shortestPart: Int

        init(shortestPart: Int, _ words: [String: [String]]) {
            let lengths = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
            lengths.initialize(repeating: 0, count: 256)
            let meanings = UnsafeMutablePointer<[String: String]>.allocate(capacity: 1)
            meanings.initialize(to: [:])
            for (meaning, all) in words {
                for word in all {
                    guard let first = word.utf8.first else { continue }
                    precondition(
                        word.utf8.count < UInt32.bitWidth, "a longer word would not be found")
                    meanings.pointee[word] = meaning
                    lengths[Int(first)] |= 1 << UInt32(word.utf8.count)
                }
            }
            self.meanings = UnsafePointer(meanings)
            self.lengths = UnsafePointer(lengths)
            self.shortestPart = shortestPart
        }

        /// The meaning of a text in lower case.
        func meaning(ofLowercase text: String) -> String? {
            if let meaning = meanings.pointee[plain(text)] { return meaning }
            // For example `3 - High` or `Closed (duplicate)`.
            var only: String?
            for word in text.split(whereSeparator: { !$0.isLetter && !$0.isNumber })
            where word.count >= shortestPart && word.first?.isLetter == true {
                guard let meaning = meanings.pointee[String(word)], meaning != only else {
                    continue
                }
                if only != nil { return nil }
                only = meaning
            }
            return only
        }

        /// The same for a text of ASCII, whose bytes are characters and need no look-up in Unicode's tables.
        func meaning(ofASCII text: UnsafeBufferPointer<UInt8>) -> String? {
            var length = 0
            var first: UInt8 = 0
            for byte in text where !isIgnored(byte) {
                if length == 0 { first = byte }
                length += 1
            }
            if mayBeKnown(first, length) {
                let whole = String(unsafeUninitializedCapacity: length) { space in
                    var count = 0
                    for byte in text where !isIgnored(byte) {
                        space[count] = byte
                        count += 1
                    }
                    return count
                }
                if let meaning = meanings.pointee[whole] { return meaning }
            }
            var only: String?
            var at = 0
            while at < text.count {
                let start = at
                while at < text.count, isLetter(text[at]) || isDigit(text[at]) { at += 1 }
                let word = UnsafeBufferPointer(rebasing: text[start..<at])
                while at < text.count, !isLetter(text[at]), !isDigit(text[at]) { at += 1 }
                guard word.count >= shortestPart, isLetter(word[0]),
                    mayBeKnown(word[0], word.count),
                    let meaning = meanings.pointee[String(decoding: word, as: UTF8.self)],
                    meaning != only
                else { continue }
                if only != nil { return nil }
                only = meaning
            }
            return only
        }

        /// Whether any word has this first byte and this length.
        private func mayBeKnown(_ first: UInt8, _ length: Int) -> Bool {
            length < UInt32.bitWidth && lengths[Int(first)] >> UInt32(length) & 1 == 1
        }
    }

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

    private static let statuses = Table(
        shortestPart: 3,
        [
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

    private static let priorities = Table(
        shortestPart: 2,
        [
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
}
