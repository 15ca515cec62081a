import BulkPlan

/// What is most likely the matter with an input whose first line names no usable columns.
enum HeaderTrouble {
    /// How many lines are looked at for the header.
    private static let searched = 20
    private static let delimiters: [Character] = [",", ";", "\t", "|"]

    /// The likely cause and what to do.
    ///
    /// - Parameter text: The input's beginning.
    /// - Returns: The cause; `nil` where nothing shows.
    static func cause(of text: String) -> String? {
        var text = text[...]
        if text.first == "\u{FEFF}" { text = text.dropFirst() }
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.prefix(searched)
        guard let first = lines.first(where: { !$0.allSatisfy(\.isWhitespace) }) else { return nil }
        if let header = lines.dropFirst().firstIndex(where: isHeader), !isHeader(first) {
            let above = lines.prefix(header).allSatisfy {
                $0.first == "#" || $0.allSatisfy(\.isWhitespace)
            }
            return "line \(header + 1) looks like the header: delete the "
                + (above ? "comments" : "lines") + " above it"
        }
        if holdsTicketID(first) {
            return
                "line 1 holds a ticket id, so the file has no header: put a first line with the names of the "
                + "columns, such as ticketId,status"
        }
        if isQuotedHeader(first) {
            return
                "whole lines are in quotes, so there is one column only: save the file again without them"
        }
        return nil
    }

    /// Whether a line is a header in quotes as a whole, before delimiters that a spreadsheet added.
    private static func isQuotedHeader(_ line: Substring) -> Bool {
        var line = line
        while let last = line.last, delimiters.contains(last) { line.removeLast() }
        guard line.count > 2, line.first == "\"", line.last == "\"" else { return false }
        let inside = line.dropFirst().dropLast()
        // Quotes inside would end the one around all.
        return !inside.replacing("\"\"", with: "").contains("\"") && isHeader(inside)
    }

    /// Whether a line is a header under any delimiter.
    private static func isHeader(_ line: Substring) -> Bool {
        delimiters.contains { delimiter in
            let roles = line.split(separator: delimiter, omittingEmptySubsequences: false).map {
                ColumnRole(columnName: String($0.filter { $0 != "\"" }))
            }
            return roles.contains(.ticketID) && roles.contains(where: \.isChange)
        }
    }

    /// Whether a line holds a ticket id, by itself or in a link.
    private static func holdsTicketID(_ line: Substring) -> Bool {
        line.split(whereSeparator: { !$0.isASCII || !($0.isLetter || $0.isNumber) }).contains {
            $0.utf8.count == 24 && $0.allSatisfy(\.isHexDigit)
        }
    }
}
