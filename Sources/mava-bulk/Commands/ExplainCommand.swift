import BulkSystem

/// `mava-bulk explain`: what a code means, and what to do.
enum ExplainCommand {
    static func run(_ arguments: ParsedArguments, _ console: Console) throws -> ExitCode {
        guard !(arguments.has(.json) && arguments.has(.markdown)) else {
            throw CommandFailure.usage("--json and --markdown contradict each other")
        }
        let codes = try arguments.operands.first.map(explanations) ?? CodeExplanation.all
        if arguments.has(.json) {
            let lines = codes.map { InterfaceData.code($0).line + "\n" }
            try console.data(lines.joined(), as: .json)
        } else if arguments.has(.markdown) {
            guard arguments.operands.isEmpty else {
                throw CommandFailure.usage("--markdown prints all codes: leave the code out")
            }
            try console.data(ReferencePage.codes)
        } else {
            try console.help(arguments.operands.isEmpty ? list : page(codes))
        }
        return .success
    }

    /// The explanations of a code; the failure names the closest one.
    private static func explanations(_ code: String) throws -> [CodeExplanation] {
        let found = CodeExplanation.of(code.lowercased())
        guard found.isEmpty else { return found }
        let meant = closest(to: code.lowercased(), among: CodeExplanation.codes) { $0 }
        throw CommandFailure.usage(
            "there is no code `\(TerminalText.escaped(code))`; "
                + (meant.map { "did you mean `\($0)`?" } ?? "`mava-bulk explain` lists all"))
    }

    private static func page(_ codes: [CodeExplanation]) -> HelpPage {
        HelpPage(
            parts: codes.flatMap { code -> [HelpPage.Part] in
                [
                    .heading(
                        "\(code.code)\(code.name.map { ", \($0)" } ?? "") (\(code.kind.rawValue))"),
                    .list([("what happened", code.meaning), ("what to do", code.remedy)]),
                ]
            })
    }

    private static var list: HelpPage {
        HelpPage(
            parts: CodeExplanation.Kind.allCases.flatMap { kind -> [HelpPage.Part] in
                let codes = CodeExplanation.all.filter { $0.kind == kind }
                return [.heading(kind.heading), .list(codes.map { ($0.code, $0.meaning) })]
            })
    }
}
