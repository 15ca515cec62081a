/// All commands and codes as Markdown: docs/reference.md and docs/error-codes.md.
enum ReferencePage {
    /// The commands with their options.
    static var commands: String {
        var lines = [
            "# Reference", "",
            "Made by `mava-bulk help --markdown` from the tables that the program reads. `docs/generate`",
            "writes it again, and a test compares it.", "",
            "A TIME is `30s`, `500ms`, `2h30m` or `1.5h`, an AGE `14d` or `36h`, a SHARE `1/3`, `50%` or",
            "`0.5`. Options follow the command. `--name=value` and `-ovalue` are accepted, letters can be",
            "joined (`-nq`), `--` ends the options.", "",
        ]
        for command in CommandTable.shown {
            lines += ["## \(command.name)", "", sentence(command.summary), "", "```bash"]
            lines += command.examples.flatMap { ["# \($0.purpose)", $0.line] }
            lines += [
                "```", "", "    mava-bulk \(command.usage) [options]", "", command.details, "",
            ]
            for (group, options) in command.groups {
                lines += ["| \(group.rawValue) | |", "| --- | --- |"]
                lines += options.map { row("`\(cell($0.usage))`", $0.help) } + [""]
            }
        }
        lines += ["## Environment", "", "| variable | meaning |", "| --- | --- |"]
        lines += HelpTopic.variables.map { row("`\($0.name)`", $0.meaning) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The codes with what to do.
    static var codes: String {
        var lines = [
            "# Error codes", "",
            "Made by `mava-bulk explain --markdown` from the program's own texts. `docs/generate` writes it",
            "again, and a test compares it. `mava-bulk explain CODE` shows one code.", "",
            "Codes of rows are in `report.csv`, in plans and in JSON. An error for programs has the code of",
            "its exit code as a name where no other code fits. [exit-codes.md](exit-codes.md) says more about",
            "them. The other words are in reports, events, previews and lists of runs.", "",
        ]
        for kind in CodeExplanation.Kind.allCases {
            lines += [
                "## \(kind.heading)", "", "| code | meaning | what to do |", "| --- | --- | --- |",
            ]
            for code in CodeExplanation.all where code.kind == kind {
                let name = code.name.map { " `\($0)`" } ?? ""
                lines.append(
                    "| `\(code.code)`\(name) | \(cell(code.meaning)) | \(cell(code.remedy)) |")
            }
            lines.append("")
        }
        return lines.dropLast().joined(separator: "\n") + "\n"
    }

    private static func row(_ name: String, _ meaning: String) -> String {
        "| \(name) | \(cell(meaning)) |"
    }

    /// A text in a table's cell.
    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

    private static func sentence(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst() + "."
    }
}
