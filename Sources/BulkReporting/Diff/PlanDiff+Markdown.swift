public import BulkPlan
import BulkSystem

extension PlanDiff {
    /// The differences for a pull request as Markdown, by default shorter than 60,000 bytes.
    ///
    /// Groups of rows that are left out are counted. Text from files or servers is shown as text.
    ///
    /// - Parameter limit: The most bytes; `Int.max` omits nothing.
    /// - Returns: Lines of Markdown.
    public func markdown(limit: Int = PlanSummary.markdownLimit) -> String {
        var text = """
            ## Plan `\(headerA.id.prefix(8))` and plan `\(headerB.id.prefix(8))`

            - A: \(Self.side(headerA))
            - B: \(Self.side(headerB))


            """
        guard differs else { return text + "The plans do the same.\n" }
        text += """
            | equal | different | only in A | only in B |
            | ---: | ---: | ---: | ---: |
            | \(Words.number(counts.equal)) | \(Words.number(counts.different)) \
            | \(Words.number(counts.onlyInA)) | \(Words.number(counts.onlyInB)) |

            """
        if matching == .ticket {
            text += "\nThe inputs differ, so rows are matched by their tickets.\n"
        }
        if !facts.isEmpty {
            text += "\n### As a whole\n\n| | A | B |\n| --- | --- | --- |\n"
            for fact in facts {
                text +=
                    "| \(fact.name) | \(PlanSummary.plain(fact.a.text)) | \(PlanSummary.plain(fact.b.text)) |\n"
            }
        }
        return text + markdownGroups(limit - text.utf8.count)
    }

    private static func side(_ header: PlanHeader) -> String {
        let name = header.input.name == "-" ? "standard input" : header.input.name
        return "`\(header.id)`, \(Words.rows(header.counts.rows)) of \(PlanSummary.code(name))"
            + (header.parent.map { ", edited from plan `\($0.prefix(8))`" } ?? "")
    }

    private func markdownGroups(_ room: Int) -> String {
        guard !groups.isEmpty else { return "" }
        var text = "\n### Rows\n\n| rows | difference | for example |\n| ---: | --- | --- |\n"
        // The last line says how much is left out.
        let room = room == .max ? room : room - 100
        var shown = 0
        for group in groups {
            let words = group.text(change: Self.change, code: { "`\($0.rawValue)`" }) { "`\($0)`" }
            let samples = group.samples.prefix(2).map { sample in
                sample.text + (sample.ticketID.map { " " + PlanSummary.code($0) } ?? "")
            }
            let line =
                "| \(Words.number(group.rows)) | \(words) | \(samples.joined(separator: ", ")) |\n"
            if text.utf8.count + line.utf8.count > room { break }
            text += line
            shown += 1
        }
        let rows =
            groups.dropFirst(shown).reduce(0) { $0 + $1.rows } + rowsInOtherGroups
        if rows > 0 { text += "\nand \(Words.rows(rows)) in smaller groups\n" }
        return text
    }

    private static func change(_ change: PlanSummary.Change) -> String {
        let before = change.beforeName.map { PlanSummary.code($0) + " " } ?? ""
        return "\(change.field.rawValue) \(before)→ \(PlanSummary.code(change.afterName))"
    }
}
