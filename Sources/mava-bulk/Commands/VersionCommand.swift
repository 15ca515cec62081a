import MavaAPI

/// `mava-bulk version`: the version for people or programs.
enum VersionCommand {
    static func run(_ arguments: ParsedArguments, _ talk: Talk) throws -> ExitCode {
        guard arguments.has(.json) else {
            try talk.data("mava-bulk \(ToolVersion.current)\n")
            return .success
        }
        let object = JSONValue.object([
            ("name", .text("mava-bulk")), ("version", .text(ToolVersion.current)),
        ])
        try talk.data(object.line + "\n", as: .json)
        return .success
    }
}
