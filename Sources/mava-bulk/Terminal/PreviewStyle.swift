/// The bold headings and coloured marks of a plan's preview.
///
/// They are added to the finished lines, after these were cut to the terminal's width, so that a preview has the same
/// lines with and without colour.
enum PreviewStyle {
    /// The headings of a preview's sections.
    static let headings: Set<Substring> = ["Changes", "Second look", "Not carried out"]

    /// The text with headings in bold, the marks of second looks in yellow and the codes of problems in red.
    ///
    /// - Parameter text: The preview's lines, in which nothing else controls a terminal.
    /// - Returns: The same lines.
    static func styled(_ text: String) -> String {
        var section: Substring = ""
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { line in
            if headings.contains(line) {
                section = line
                return painted(line, "1")
            }
            if line.isEmpty { section = "" }
            return styled(line, in: section)
        }.joined(separator: "\n")
    }

    private static func styled(_ line: Substring, in section: Substring) -> String {
        if line.hasPrefix("  ! ") { return "  " + painted("!", "33") + line.dropFirst(3) }
        if section == "Not carried out", let match = line.prefixMatch(of: /(  [0-9,]+ )([a-z_]+)/) {
            return match.1 + painted(match.2, "31") + line[match.range.upperBound...]
        }
        if section.isEmpty, let match = line.prefixMatch(of: /Plan [0-9a-f]{8}/) {
            return painted(match.output, "1") + line[match.range.upperBound...]
        }
        return String(line)
    }

    private static func painted(_ text: Substring, _ style: String) -> String {
        "\u{1B}[\(style)m\(text)\u{1B}[0m"
    }
}
