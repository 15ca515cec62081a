/// The state of scanning one CSV row.
///
/// Positions are the window's.
struct RowScan {
    /// The row's first byte.
    let start: Int
    /// The line on which the row starts.
    let line: Int
    /// How many line breaks the row's quoted fields contained so far.
    var breaks = 0
    /// The first NUL of the row.
    var firstNul: Int?
    /// The last quote that opened a field.
    var quoteStart: Int?
    /// Whether that quote is still open.
    var isOpen = false
    /// How many breaks there were when it opened.
    var breaksAtQuote = 0
    /// The first break after it opened.
    var breakAfterQuote: Int?

    /// Whether the row, or the 64 bytes around its ends, contain a byte that is not ASCII.
    var isForeign: Bool

    init(start: Int, line: Int, isForeign: Bool) {
        self.start = start
        self.line = line
        self.isForeign = isForeign
    }

    mutating func openQuote(_ position: Int) {
        quoteStart = position
        isOpen = true
        breaksAtQuote = breaks
        breakAfterQuote = nil
    }

    mutating func passBreak(_ position: Int) {
        breaks += 1
        if breakAfterQuote == nil { breakAfterQuote = position }
    }

    mutating func closeQuote() {
        isOpen = false
    }

    /// Whether the row, or its open quoted field, is too long if it extends to a position.
    func exceeds(_ limits: RecordLimits, at position: Int) -> Bool {
        if position - start > limits.recordBytes { return true }
        guard isOpen, let quoteStart else { return false }
        return position - quoteStart > limits.fieldBytes
    }
}
