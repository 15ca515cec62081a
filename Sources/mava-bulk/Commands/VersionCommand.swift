import MavaAPI

/// `mava-bulk version`: the version for people or programs.
enum VersionCommand {
    static func run(_ arguments: ParsedArguments, _ console: Console) throws -> ExitCode {
        guard arguments.has(.json) else {
            try console.data("mava-bulk \(ToolVersion.current)\n")
            return .success
        }
        var members: [(name: String, value: JSONValue)] = [
            ("name", .text("mava-bulk")), ("version", .text(ToolVersion.current)),
            ("platform", .text(ToolVersion.platform)), ("build", .text(ToolVersion.build)),
        ]
        // Absent where there is no libcurl that can be used: the program still plans from snapshots.
        if let libcurl = ToolVersion.libcurl { members.append(("libcurl", .text(libcurl))) }
        try console.data(JSONValue.object(members).line + "\n", as: .json)
        return .success
    }
}
