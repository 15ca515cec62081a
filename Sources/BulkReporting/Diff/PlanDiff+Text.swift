public import BulkPlan
import BulkSystem

extension PlanDiff {
    /// The differences for a terminal.
    ///
    /// Text from files or servers cannot control the terminal.
    ///
    /// - Parameters:
    ///   - width: The terminal's width in columns.
    ///   - height: The most lines; `Int.max` shows everything.
    ///   - moreCommand: The command that shows everything, for the last line if something is left out.
    /// - Returns: Lines, each with a newline at its end.
    public func text(
        width: Int = 80, height: Int = 24, moreCommand: String? = nil
    ) -> String {
        let whole = lines(height: height)
        func cut(_ lines: [String]) -> [String] {
            lines.map { TerminalText.cut($0, to: max(width, 40)) }
        }
        var shown = cut(whole.lines)
        if whole.isCut || shown != whole.lines {
            shown = cut(lines(height: height == .max ? height : height - 1).lines)
            shown.append(
                moreCommand.map { "All of it: \($0)" } ?? "Not all is shown: print it to a file")
        }
        return shown.map { $0 + "\n" }.joined()
    }

    private func lines(height: Int) -> (lines: [String], isCut: Bool) {
        var lines = ["A: " + Self.title(headerA), "B: " + Self.title(headerB)]
        guard differs else { return (lines + ["The plans do the same."], false) }
        lines.append(countLine)
        if !facts.isEmpty {
            let width = facts.map(\.name.count).max() ?? 0
            lines += ["", "As a whole"]
            lines += facts.map { fact in
                let padding = String(repeating: " ", count: width - fact.name.count)
                return "  \(fact.name)\(padding)  \(TerminalText.value(fact.a.text)) → "
                    + TerminalText.value(fact.b.text)
            }
        }
        guard !groups.isEmpty else { return (lines, false) }
        lines += ["", "Rows"]
        let room = max(height - lines.count, 3)
        let isAll = groups.count <= room && rowsInOtherGroups == 0
        let shown = isAll ? groups[...] : groups.prefix(room - 1)
        let width = shown.map { Words.number($0.rows).count }.max() ?? 0
        lines += shown.map { group in
            let count = Words.number(group.rows)
            return "  " + String(repeating: " ", count: width - count.count)
                + "\(count) × \(group.text)  (\(group.sampleText))"
        }
        if !isAll {
            let rest = groups.dropFirst(shown.count)
            let rows = rest.reduce(0) { $0 + $1.rows } + rowsInOtherGroups
            lines.append("  and \(Words.rows(rows)) in smaller groups")
        }
        return (lines, shown.count < groups.count)
    }

    private static func title(_ header: PlanHeader) -> String {
        let name = header.input.name == "-" ? "standard input" : header.input.name
        let parent = header.parent.map { ", edited from plan \($0.prefix(8))" } ?? ""
        return "plan \(header.id.prefix(8)), \(Words.rows(header.counts.rows)) of "
            + TerminalText.value(name) + parent
    }

    private var countLine: String {
        var parts = [
            "\(Words.rows(counts.equal)) equal", "\(Words.number(counts.different)) different",
        ]
        if counts.onlyInA > 0 { parts.append("\(Words.number(counts.onlyInA)) only in A") }
        if counts.onlyInB > 0 { parts.append("\(Words.number(counts.onlyInB)) only in B") }
        let way = matching == .ticket ? ", matched by ticket because the inputs differ" : ""
        return "   " + parts.joined(separator: ", ") + way
    }
}

extension PlanDiff.Fact.Value {
    /// The value as it is.
    var text: String {
        switch self {
        case .text(let text): text
        case .number(let number): Words.number(number)
        }
    }
}

extension PlanDiff.Aspect {
    /// What differs, where the two sides do not show it.
    var words: String? {
        switch self {
        case .ticket: "other ticket"
        case .expectation: "other preconditions"
        case .carrier: "other row with the request"
        case .undiffed: "read in one plan only"
        case .disposition, .changes, .code: nil
        }
    }
}

extension PlanDiff.Group {
    /// The group in words, such as `update → excluded: status Open → Resolved`.
    var text: String {
        text(change: \.text, code: \.rawValue) { $0 }
    }

    /// The group in words.
    ///
    /// - Parameters:
    ///   - change: Writes a change.
    ///   - code: Writes why rows are not carried out.
    ///   - word: Writes a disposition.
    /// - Returns: The words, without a newline.
    func text(
        change: (PlanSummary.Change) -> String, code: (RowIssue.Code) -> String,
        word: (String) -> String
    ) -> String {
        func details(_ side: PlanDiff.Side) -> String {
            (side.changes.map(change) + (side.code.map { [code($0)] } ?? [])).joined(
                separator: ", ")
        }
        guard let a, let b else {
            let (side, place) = a.map { ($0, "only in A") } ?? (b!, "only in B")
            let text = details(side)
            return "\(place): \(word(side.disposition.rawValue))"
                + (text.isEmpty ? "" : ", " + text)
        }
        let isSame = a.disposition == b.disposition
        let dispositions =
            isSame
            ? word(a.disposition.rawValue)
            : "\(word(a.disposition.rawValue)) → \(word(b.disposition.rawValue))"
        var parts: [String] = []
        let (left, right) = (details(a), details(b))
        if left == right || right.isEmpty && !isSame {
            if !left.isEmpty { parts.append(left) }
        } else if left.isEmpty && !isSame {
            parts.append(right)
        } else {
            parts.append(
                "\(left.isEmpty ? "nothing" : left) ⇒ \(right.isEmpty ? "nothing" : right)")
        }
        parts += aspects.compactMap(\.words)
        return dispositions + (parts.isEmpty ? "" : ": " + parts.joined(separator: "; "))
    }

    /// A few of the rows.
    var sampleText: String {
        let few = samples.prefix(rows > 2 ? 1 : 2).map { sample in
            sample.text + (sample.ticketID.map { " " + TerminalText.value($0) } ?? "")
        }
        return few.joined(separator: ", ") + (rows > few.count ? ", …" : "")
    }
}

extension PlanDiff.Sample {
    /// The row's number, or both where they differ.
    var text: String {
        switch (rowA, rowB) {
        case (let a?, let b?): a == b ? "row \(a)" : "row \(a) and \(b)"
        case (let row?, nil), (nil, let row?): "row \(row)"
        case (nil, nil): "row"
        }
    }
}
