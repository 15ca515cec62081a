extension QuotaRule {
    /// Parses a rule such as `90/30s,fixed,draft-7,retry-after=date`, or `none`.
    ///
    /// The first item is the limit and the window. The others may follow in any order: `sliding`
    /// (the default) or `fixed`; `legacy`, `draft-6`, `draft-7` or `draft-8` for the fields (none
    /// by default); `retry-after=seconds` (the default), `retry-after=date` or `retry-after=none`.
    ///
    /// - Parameter text: The rule.
    /// - Throws: `SandboxError` with `syntax` and the column.
    public init(parsing text: String) throws(SandboxError) {
        self.init()
        var column = 1
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            do throws(SandboxError) {
                try apply(item)
            } catch {
                throw SandboxError(.syntax, "\(item): \(error.message)", column: column)
            }
            column += item.utf8.count + 1
        }
    }

    private mutating func apply(_ item: Substring) throws(SandboxError) {
        if let kind = Kind(rawValue: String(item)) {
            self.kind = kind
        } else if let fields = Fields(rawValue: String(item)) {
            self.fields = fields
        } else if item.hasPrefix("retry-after="),
            let retryAfter = RetryAfter(rawValue: String(item.dropFirst(12)))
        {
            self.retryAfter = retryAfter
        } else if let slash = item.firstIndex(of: "/") {
            guard let limit = Int(item[..<slash]), limit >= 1 else {
                throw SandboxError(.syntax, "the limit is a whole number, as in 90/30s")
            }
            self.limit = limit
            window = try DurationText.parse(item[item.index(after: slash)...])
            guard window > .zero else {
                throw SandboxError(.syntax, "the window is longer than nothing, as in 90/30s")
            }
        } else {
            throw SandboxError(
                .syntax,
                "a quota is LIMIT/WINDOW as in 90/30s, or none; then sliding or fixed; legacy, "
                    + "draft-6, draft-7 or draft-8; retry-after=seconds, date or none")
        }
    }
}
