extension RecordReader {
    /// Reads the first record of a CSV input as the names of its columns.
    ///
    /// - Parameters:
    ///   - delimiter: The byte between two fields; `nil` to detect it.
    ///   - isTicketColumn: Whether a name belongs to the required column; `nil` if no column is
    ///     required.
    /// - Throws: ``ReadError`` when reading fails or the header is malformed.
    mutating func readHeader(
        delimiter: UInt8?, isTicketColumn: ((String) -> Bool)?
    ) throws(ReadError) {
        try skipBlankLines()
        var header = try window.surveyHeader(limit: limits.recordBytes)
        var stated = delimiter
        if let separator = header.separator {
            // Spreadsheets write a first line `sep=;` for other spreadsheets.
            window.start = header.end
            try skipBlankLines()
            stated = stated ?? separator
            header = try window.surveyHeader(limit: limits.recordBytes)
        }
        // The surveyed line must be the header itself, because the survey decides the space for its
        // fields.
        while header.isDelimitersOnly(stated) {
            delimiterRows += 1
            window.start = header.end
            try skipBlankLines()
            header = try window.surveyHeader(limit: limits.recordBytes)
        }
        let chosen = stated ?? header.likelyDelimiter(isTicketColumn)
        csv = CSVState(delimiter: chosen)
        csv.skipsBlanks = header.hasBlankBeforeQuote(chosen)
        csv.cursor = SpecialCursor(at: window.start)
        // There is at most one more field than there are bytes.
        record.storage.pointee.reserveSlots(header.count(of: chosen) + 1)
        guard try advance() else {
            csv.fieldCount = 0
            return
        }
        if let problem = record.problem {
            throw ReadError(
                code: .headerMalformed, message: "the header cannot be read: \(problem.message)",
                inputName: inputName, line: problem.line)
        }
        record.storage.pointee.columnNames = (0..<record.count).map { record.text(of: $0) }
        csv.fieldCount = record.count
        csv.rowForm = surveyRowForm()
        record.storage.pointee.position.number = 0
    }

    /// Skips line breaks without keeping them.
    private mutating func skipBlankLines() throws(ReadError) {
        while true {
            if window.start == window.end {
                if window.isFinal { return }
                try window.refill()
                continue
            }
            let byte = window.base[window.start]
            guard byte == 0x0A || byte == 0x0D else { return }
            guard let next = window.afterBreak(window.start) else {
                try window.refill()
                continue
            }
            window.start = next
            line += 1
        }
    }
}

/// The properties of the first line of a CSV input.
struct HeaderSurvey {
    /// How often each candidate occurs outside quotes, in the order of preference.
    var counts: [(delimiter: UInt8, count: Int)]
    /// The number of bytes in the line, for a delimiter that is not a candidate.
    var bytes = 0
    /// Where the line ends in the window.
    var end = 0
    /// Whether the whole line was examined.
    var isWhole = false
    /// The byte that the whole line consists of; `nil` if the line holds different bytes.
    var allSame: UInt8?
    /// The delimiter named by a line `sep=;`.
    var separator: UInt8?

    /// The line's text, if it is within the limits.
    var text = ""

    /// Whether the whole line is one delimiter, once or repeated.
    ///
    /// All candidates count, even if the delimiter is known. On a second reading with the detected
    /// delimiter, the input must have the same header.
    ///
    /// - Parameter known: The delimiter, if it is known.
    /// - Returns: Whether it is.
    func isDelimitersOnly(_ known: UInt8?) -> Bool {
        guard isWhole, let allSame else { return false }
        return allSame == known || counts.contains { $0.delimiter == allSame }
    }

    /// Whether there are spaces between a delimiter and a quote: `"a", "b"`.
    func hasBlankBeforeQuote(_ delimiter: UInt8) -> Bool {
        Self.hasBlankBeforeQuote(text.utf8, delimiter: delimiter)
    }

    /// Whether a line has spaces between a delimiter and a quote.
    static func hasBlankBeforeQuote(_ line: some Sequence<UInt8>, delimiter: UInt8) -> Bool {
        // How much of the pattern was matched: a delimiter, spaces, a quote.
        var spaces: Int?
        for byte in line {
            switch byte {
            case delimiter: spaces = 0
            case UInt8(ascii: " "): spaces = spaces.map { $0 + 1 }
            case 0x22:
                if let spaces, spaces > 0 { return true }
                spaces = nil
            default: spaces = nil
            }
        }
        return false
    }

    /// The most likely delimiter.
    ///
    /// This is a candidate that gives the header the required column, or else the most frequent
    /// one. If there is no candidate in the line, it is `,`.
    func likelyDelimiter(_ isTicketColumn: ((String) -> Bool)?) -> UInt8 {
        if let isTicketColumn {
            let fitting = counts.filter { candidate in
                candidate.count > 0 && names(candidate.delimiter).contains(where: isTicketColumn)
            }
            // More than one fits if a name contains a delimiter.
            if let first = fitting.max(by: { $0.count < $1.count }) { return first.delimiter }
        }
        return mostFrequent
    }

    /// The names in the line, parsed in the simplest way.
    private func names(_ delimiter: UInt8) -> [String] {
        text.split(
            separator: Character(UnicodeScalar(delimiter)), omittingEmptySubsequences: false
        ).map { $0.filter { $0 != "\"" } }
    }

    private var mostFrequent: UInt8 {
        var best = counts[0]
        for candidate in counts.dropFirst() where candidate.count > best.count { best = candidate }
        return best.delimiter
    }

    func count(of delimiter: UInt8) -> Int {
        counts.first { $0.delimiter == delimiter }?.count ?? bytes
    }
}

extension ByteWindow {
    /// Examines the line at the window's start and reads as much as needed.
    ///
    /// A line beyond the limit is examined only up to the limit. It is refused whatever its
    /// delimiter is.
    mutating func surveyHeader(limit: Int) throws(ReadError) -> HeaderSurvey {
        while true {
            if let survey = surveyLine(limit: limit) { return survey }
            try refill()
        }
    }

    /// The survey of the line at the window's start; `nil` when more must be read.
    private func surveyLine(limit: Int) -> HeaderSurvey? {
        var survey = HeaderSurvey(
            counts: [",", ";", "\t", "|"].map { (UInt8(ascii: $0), 0) })
        var isQuoted = false
        var at = start
        while at < end, at - start <= limit {
            let byte = base[at]
            if byte == 0x22 {
                isQuoted.toggle()
            } else if !isQuoted {
                if byte == 0x0A || byte == 0x0D { break }
                survey.bytes += 1
                for index in survey.counts.indices where survey.counts[index].delimiter == byte {
                    survey.counts[index].count += 1
                }
            }
            at += 1
        }
        guard at < end || isFinal || at - start > limit else { return nil }
        survey.end = at
        survey.isWhole = at - start <= limit
        if at > start, (start..<at).allSatisfy({ base[$0] == base[start] }) {
            survey.allSame = base[start]
        }
        if at - start <= 1 << 16 {
            survey.text = String(
                decoding: UnsafeBufferPointer(start: base + start, count: at - start), as: UTF8.self
            )
        }
        // Spreadsheets that quote everything also quote this line.
        if at - start == 7, base[start] == 0x22, base[at - 1] == 0x22,
            survey.text.lowercased().hasPrefix("\"sep="), CSVState.canDelimit(base[start + 5])
        {
            survey.separator = base[start + 5]
        }
        let lower = (start..<at).prefix(6).map { base[$0] | 0x20 }
        if at - start == 5, lower.prefix(4).elementsEqual("sep=".utf8.map { $0 | 0x20 }),
            CSVState.canDelimit(base[start + 4])
        {
            survey.separator = base[start + 4]
        }
        return survey
    }
}
