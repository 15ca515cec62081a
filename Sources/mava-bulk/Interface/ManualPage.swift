import BulkSystem
import MavaAPI

/// Manual pages in the macros of man(7), which groff and mandoc format.
enum ManualPage {
    /// The page mava-bulk(1).
    static var overview: String {
        var lines = head("mava-bulk", "change many Mava tickets at once")
        lines += [".SH SYNOPSIS", ".B mava\\-bulk", ".I COMMAND", "[options] [\\fIFILE\\fR]"]
        lines += [".SH EXAMPLES"] + examples(CommandTable.firstExamples)
        lines += [
            ".SH DESCRIPTION"
        ]
        lines += wrapped(
            "mava-bulk changes many Mava tickets at once, within the API's quota: every row of a CSV or JSON "
                + "Lines file ends in exactly one outcome, and a report says which.")
        lines.append(".SH COMMANDS")
        for command in CommandTable.shown {
            lines += [".TP", "\\fB\(text(command.usage))\\fR"] + wrapped(command.summary)
        }
        lines += [".SH ENVIRONMENT"]
        lines += HelpTopic.variables.flatMap {
            [".TP", ".B " + text($0.name)] + wrapped($0.meaning)
        }
        lines += [".SH EXIT STATUS"]
        for code in ExitCode.allCases {
            lines += [".TP", ".B \(code.rawValue)"] + wrapped(code.explanation.meaning)
        }
        lines += [
            ".SH FILES", ".TP", ".I mava\\-bulk\\-runs/",
            "a directory for each run, with its report",
        ]
        lines += [".SH SEE ALSO"]
        let pages = CommandTable.shown.map { ".BR \(text(name(of: $0))) (1)" }
        lines += pages.dropLast().map { $0 + "," } + pages.suffix(1)
        return lines.joined(separator: "\n") + "\n"
    }

    /// The page of a command, such as mava-bulk-plan-edit(1).
    static func page(of command: CommandSpecification) -> String {
        var lines = head(name(of: command), command.summary)
        lines += [".SH SYNOPSIS", ".B mava\\-bulk \(text(command.name))"]
        lines += command.operands.map { ".I \(text($0))" } + ["[options]"]
        lines += [".SH EXAMPLES"] + examples(command.examples)
        lines += [".SH DESCRIPTION"]
        for (index, paragraph) in command.details.split(separator: "\n\n").enumerated() {
            if index > 0 { lines.append(".PP") }
            lines += wrapped(paragraph)
        }
        lines.append(".SH OPTIONS")
        for (group, options) in command.groups {
            lines.append(".SS \(text(group.rawValue))")
            for option in options {
                let names = option.names.map { "\\fB\(text($0))\\fR" }.joined(separator: ", ")
                let value = option.placeholder.map { " \\fI\(text($0))\\fR" } ?? ""
                lines += [".TP", names + value] + wrapped(option.help)
            }
        }
        lines += [".SH SEE ALSO", ".BR mava\\-bulk (1)"]
        return lines.joined(separator: "\n") + "\n"
    }

    /// The name of a command's page.
    static func name(of command: CommandSpecification) -> String {
        "mava-bulk-" + command.name.replacing(" ", with: "-")
    }

    /// The date of the page: that of `SOURCE_DATE_EPOCH`, as packagers set it, or else of the version.
    private static var date: String {
        guard let text = CurrentProcess.environment["SOURCE_DATE_EPOCH"], let seconds = Int64(text),
            (0...253_402_300_799).contains(seconds)
        else { return ToolVersion.date }
        return String(CivilTime.iso8601(millisecondsSince1970: seconds * 1000).prefix(10))
    }

    private static func head(_ name: String, _ summary: String) -> [String] {
        [
            ".TH \(text(name.uppercased())) 1 \"\(date)\" \"mava-bulk \(ToolVersion.current)\" \"mava-bulk\"",
            ".SH NAME", "\(text(name)) \\- \(text(summary))",
        ]
    }

    private static func examples(_ examples: [CommandExample]) -> [String] {
        examples.enumerated().flatMap { index, example in
            (index == 0 ? [] : [".PP"])
                + [text(example.purpose) + ":", ".PP", ".EX", text(example.line), ".EE"]
        }
    }

    /// Text in lines that mandoc does not call long.
    private static func wrapped(_ plain: some StringProtocol) -> [String] {
        // Escapes make lines longer.
        HelpPage.wrapped(String(plain), 64, indent: 0).map { text($0) }
    }

    /// A text in which no character is a request of roff.
    private static func text(_ text: some StringProtocol) -> String {
        let escaped = String(text).replacing("\\", with: "\\e").replacing("-", with: "\\-")
            .replacing("'", with: "\\(aq").replacing("`", with: "\\(ga")
        return escaped.hasPrefix(".") ? "\\&" + escaped : escaped
    }
}
