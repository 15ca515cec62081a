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
        if holdsTicketID(first) {
            return
                "line 1 holds a ticket id, so the file has no header: put a first line with the names of the "
                + "columns, such as ticketId,status"
        }
        if first.first == "\"", first.last == "\"", isHeader(first.dropFirst().dropLast()) {
            return
                "whole lines are in quotes, so there is one column only: save the file again without them"
        }
        for (index, line) in lines.enumerated().dropFirst() where isHeader(line) {
            let above = lines.prefix(index).allSatisfy {
                $0.first == "#" || $0.allSatisfy(\.isWhitespace)
            }
            return "line \(index + 1) looks like the header: delete the "
                + (above ? "comments" : "lines") + " above it"
        }
        return nil
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
