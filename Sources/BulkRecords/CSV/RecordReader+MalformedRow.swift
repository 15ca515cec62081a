extension RecordReader {
    /// Handles the window's end in the middle of a row.
    ///
    /// More must be read, unless the row is already too long, or the input has ended and a quote is
    /// open.
    mutating func scanCutOff(_ row: RowScan) -> ScanStep {
        if row.exceeds(limits, at: window.end) {
            return reject(row, .fieldTooLong, at: window.end)
        }
        guard window.isFinal else { return .needsMore }
        return reject(row, .unclosedQuote, at: window.end)
    }

    /// Makes a record of a row with invalid quoting.
    ///
    /// Reading continues at the line after the one on which its last quote opened.
    ///
    /// - Parameters:
    ///   - row: The row so far.
    ///   - code: What is wrong, unless something was wrong before.
    ///   - position: How far the row was scanned.
    /// - Returns: That there is a record, or that the rest of its line is needed first.
    mutating func reject(
        _ row: RowScan, _ code: RecordProblem.Code, at position: Int
    ) -> ScanStep {
        var problem = RecordProblem(
            code, byteOffset: window.baseOffset + position, line: row.line + row.breaks)
        // A quoted field that ends on another line in the middle of a value was most likely never
        // closed. The quote that seemed to close it opens a field of a later row.
        let isUnclosed = code == .strayQuote && row.isOpen && row.breakAfterQuote != nil
        if isUnclosed { problem.code = .unclosedQuote }
        if let quoteStart = row.quoteStart, row.isOpen, problem.code != .strayQuote {
            problem.byteOffset = window.baseOffset + quoteStart
            problem.line = row.line + row.breaksAtQuote
        }
        // The first exceeded limit counts, wherever the scan noticed it.
        if row.exceeds(limits, at: position) {
            let rowLimit = row.start + limits.recordBytes
            let fieldLimit =
                row.isOpen ? (row.quoteStart ?? row.start) + limits.fieldBytes : Int.max
            if fieldLimit <= rowLimit {
                problem.code = .fieldTooLong
                problem.expected = limits.fieldBytes
            } else {
                problem = RecordProblem(
                    .recordTooLong, byteOffset: window.baseOffset + row.start, line: row.line,
                    expected: limits.recordBytes)
            }
        }

        // The rest of the line on which the last quote opened belongs to the row.
        let breaks = row.isOpen ? row.breaksAtQuote : row.breaks
        let known = row.isOpen ? row.breakAfterQuote : nil
        guard let found = known ?? window.lineBreak(from: position) else {
            return rejectWithoutBreak(row, problem, breaks: breaks)
        }
        guard let next = window.afterBreak(found) else { return .needsMore }
        let step = finish(
            problem, start: row.start, end: found, next: next, lines: breaks + 1)
        csv.cursor = SpecialCursor(at: next)
        return step
    }

    /// Rejects a row whose line does not end in the window.
    private mutating func rejectWithoutBreak(
        _ row: RowScan, _ problem: RecordProblem, breaks: Int
    ) -> ScanStep {
        if !window.isFinal, window.end - row.start <= limits.recordBytes { return .needsMore }
        let step = finish(
            problem, start: row.start, end: window.end, next: window.end, lines: breaks)
        isSkippingLine = !window.isFinal
        csv.cursor = SpecialCursor(at: window.end)
        return step
    }
}

extension ByteWindow {
    /// How many line breaks end in a range; CRLF counts once.
    func breaks(from start: Int, to stop: Int) -> Int {
        var count = 0
        var at = start
        while let found = lineBreak(from: at), found < stop {
            let isPair = base[found] == 0x0D && base[found + 1] == 0x0A
            at = found + (isPair ? 2 : 1)
            if at <= stop { count += 1 }
        }
        return count
    }
}
