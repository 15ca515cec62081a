/// A page of help, which is wrapped when it is printed.
struct HelpPage: Sendable {
    /// A part of a page; an empty line comes between two parts.
    enum Part: Sendable {
        case heading(String)
        /// Text that is wrapped.
        case paragraph(String)
        /// Command lines with a word on each.
        case examples([CommandExample])
        /// Names and what they mean, in two columns.
        case list([(name: String, meaning: String)])
    }

    var parts: [Part]

    /// The width of pages that are not printed on a terminal.
    static let plainWidth = 80
    /// Lines of more characters are hard to read.
    private static let widest = 110
    private static let narrowest = 30
    /// The most columns for the names of a list; longer names have a line of their own.
    private static let widestName = 25

    /// The page as text.
    ///
    /// - Parameters:
    ///   - width: The terminal's width in columns; example lines are never cut.
    ///   - isStyled: Whether headings are bold.
    /// - Returns: Lines with their ends.
    func text(width: Int, isStyled: Bool) -> String {
        let width = min(max(width, Self.narrowest), Self.widest)
        var lines: [String] = []
        let column = min(names.map(\.count).max() ?? 0, Self.widestName)
        for part in parts {
            switch part {
            case .heading(let text):
                if !lines.isEmpty { lines.append("") }
                lines.append(isStyled ? "\u{1B}[1m\(text)\u{1B}[0m" : text)
            case .paragraph(let text):
                if !lines.isEmpty { lines.append("") }
                lines += Self.wrapped(text, width, indent: 0)
            case .examples(let examples):
                for example in examples {
                    // Every line is a comment, so that the example can be copied with it.
                    lines += Self.wrapped(example.purpose, width, indent: 4).map {
                        "  # " + $0.dropFirst(4)
                    }
                    lines += Self.split(example.line, width)
                }
            case .list(let items):
                lines += Self.columns(items, column, width)
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The names of all lists, so that their second columns are below each other.
    private var names: [String] {
        parts.flatMap { part in
            if case .list(let items) = part { items.map(\.name) } else { [String]() }
        }
    }

    /// A text in lines of at most `width` characters, if its words allow that.
    static func wrapped(_ text: String, _ width: Int, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            if !line.isEmpty, indent + line.count + 1 + word.count > width {
                lines.append(margin + line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + [margin + line]
    }

    /// A command line, split at its pipes and options so that it can still be copied.
    private static func split(_ line: String, _ width: Int) -> [String] {
        guard line.count + 2 > width else { return ["  " + line] }
        var lines: [String] = []
        var current = ""
        // An option stays with its value, and a quoted value is never split.
        for piece in pieces(of: line) {
            if !current.isEmpty, current.count + piece.count + 7 > width {
                lines.append(current + " \\")
                current = "  "
            }
            current += (current.isEmpty || current == "  " ? "" : " ") + piece
        }
        lines.append(current)
        return lines.map { "  " + $0 }
    }

    private static func pieces(of line: String) -> [String] {
        var pieces: [String] = []
        for word in line.split(separator: " ") {
            let isStart = word.hasPrefix("-") || word == "|" || word == ">" || pieces.isEmpty
            let isOpen = (pieces.last ?? "").filter { $0 == "'" }.count % 2 == 1
            if isStart, !isOpen {
                pieces.append(String(word))
            } else {
                pieces[pieces.count - 1] += " " + word
            }
        }
        return pieces
    }

    /// A name in lines that fit, broken behind its blanks and between its choices.
    private static func broken(_ name: String, _ width: Int) -> [String] {
        var lines: [String] = []
        var rest = name[...]
        while rest.count > width {
            let margin = rest.prefix { $0 == " " }
            let fitting = rest.prefix(width)
            guard let place = fitting.lastIndex(where: { $0 == " " || $0 == "|" }),
                place >= margin.endIndex
            else { break }
            let end = rest.index(after: place)
            lines.append(String(rest[place] == " " ? rest[..<place] : rest[..<end]))
            rest = (String(repeating: " ", count: 10) + rest[end...])[...]
        }
        return lines + [String(rest)]
    }

    private static func columns(
        _ items: [(name: String, meaning: String)], _ column: Int, _ width: Int
    ) -> [String] {
        let isNarrow = width < 60
        return items.flatMap { name, meaning in
            let indent = isNarrow ? 6 : column + 4
            let lines = wrapped(meaning, width, indent: indent)
            guard !isNarrow, name.count <= column else {
                return Self.broken("  " + name, width) + lines
            }
            let first = "  " + name + String(repeating: " ", count: column - name.count + 2)
            return [first + lines[0].dropFirst(indent)] + lines.dropFirst()
        }
    }
}
