import BulkExecution
import BulkHistory
import BulkSystem
import MavaBulk

/// `mava-bulk config`: the settings in force, and where each comes from.
enum ConfigCommand {
    /// One setting in force.
    private struct Line {
        var name: String
        /// `nil` where nothing is set.
        var value: String?
        var origin: SettingOrigin
    }

    static func run(_ arguments: ParsedArguments, _ console: Console) throws -> ExitCode {
        let lines = lines(arguments)
        let configuration = try Configuration()
        if arguments.has(.json) {
            let object = JSONValue.object([
                ("format", .text("mava-bulk-config")), ("version", .number(1)),
                ("files", .texts(configuration.files.map { FilePath.absolute($0.path) })),
                ("profiles", .texts(configuration.profileNames)),
                ("settings", .list(lines.map(object))),
            ])
            try console.data(object.line + "\n", as: .json)
            return .success
        }
        let nameWidth = lines.map(\.name.count).max() ?? 0
        let valueWidth = min(40, lines.compactMap(\.value?.count).max() ?? 0)
        var text = lines.map { line in
            let name = padded(line.name, nameWidth)
            return "\(name)  \(padded(line.value ?? "-", valueWidth))  \(line.origin.text)\n"
        }.joined()
        text += "\n"
        for file in configuration.files { text += "read: \(file.path)\n" }
        if configuration.files.isEmpty {
            text += "no configuration file; see `mava-bulk help configuration`\n"
        }
        if !configuration.profileNames.isEmpty {
            text += "profiles: \(configuration.profileNames.joined(separator: ", "))\n"
        }
        try console.data(text)
        return .success
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func object(_ line: Line) -> JSONValue {
        var members: [(name: String, value: JSONValue)] = [("name", .text(line.name))]
        if let value = line.value { members.append(("value", .text(value))) }
        switch line.origin {
        case .option(let id):
            members += [("origin", .text("option")), ("option", .text("--\(id.rawValue)"))]
        case .variable(let name):
            members += [("origin", .text("environment")), ("variable", .text(name))]
        case .file(let path, let number, let profile):
            members += [
                ("origin", .text("file")), ("file", .text(FilePath.absolute(path))),
                ("line", .number(number)),
            ]
            if let profile { members.append(("profile", .text(profile))) }
        case .builtIn: members.append(("origin", .text("default")))
        }
        return .object(members)
    }

    private static func lines(_ arguments: ParsedArguments) -> [Line] {
        let configured = arguments.configured
        var lines = [
            Line(
                name: "profile", value: configured.profile?.name,
                origin: configured.profile?.origin ?? .builtIn),
            keyLine(arguments),
        ]
        for setting in Setting.allCases {
            guard let option = setting.option, option != .apiKeyFile else { continue }
            if let variable = SecretAddress.variable(insteadOf: option, arguments) {
                lines.append(
                    Line(name: setting.rawValue, value: "hidden", origin: .variable(variable)))
                continue
            }
            let origin =
                configured.origins[option]
                ?? (arguments.firstGiven(of: [option]) == nil ? .builtIn : .option(option))
            lines.append(
                Line(
                    name: setting.rawValue,
                    value: arguments[option] ?? hooks(arguments.list(option)) ?? builtIn(setting),
                    origin: origin))
        }
        lines.append(
            Line(
                name: Setting.production.rawValue,
                value: configured.production == nil ? "false" : "true",
                origin: configured.production?.origin ?? .builtIn))
        return lines
    }

    /// The events that have hooks; their commands can hold a secret.
    private static func hooks(_ texts: [String]) -> String? {
        guard !texts.isEmpty else { return nil }
        return texts.map { String($0.prefix { $0 != "=" }) }.joined(separator: ", ")
    }

    /// Where the key comes from, and never the key.
    private static func keyLine(_ arguments: ParsedArguments) -> Line {
        let configured = arguments.configured
        if let file = arguments[.apiKeyFile] {
            return Line(
                name: "key", value: "in the file \(file)",
                origin: configured.origins[.apiKeyFile] ?? .option(.apiKeyFile))
        }
        let ignored =
            CurrentProcess.environment["MAVA_API_KEY"] == nil ? "" : "; MAVA_API_KEY is not used"
        switch configured.key?.source {
        case .credential(let name):
            return Line(
                name: "key", value: "the credential \(name)" + ignored,
                origin: configured.key?.origin ?? .builtIn)
        case .command(let words):
            return Line(
                name: "key",
                value: "printed by \(SettingValue.words(words).shown)" + ignored,
                origin: configured.key?.origin ?? .builtIn)
        case .variable(let name):
            return Line(
                name: "key",
                value: "in the variable \(name)" + (name == "MAVA_API_KEY" ? "" : ignored),
                origin: configured.key?.origin ?? .builtIn)
        case .missing(let profile):
            return Line(
                name: "key", value: "none: the profile \(profile) names an address only" + ignored,
                origin: configured.key?.origin ?? .builtIn)
        case nil: break
        }
        if CurrentProcess.environment["MAVA_API_KEY"] != nil {
            return Line(name: "key", value: "hidden", origin: .variable("MAVA_API_KEY"))
        }
        guard CurrentProcess.environment["CREDENTIALS_DIRECTORY"] != nil else {
            return Line(name: "key", value: nil, origin: .builtIn)
        }
        return Line(
            name: "key", value: "the credential mava_api_key",
            origin: .variable("CREDENTIALS_DIRECTORY"))
    }

    private static func builtIn(_ setting: Setting) -> String? {
        switch setting {
        case .baseURL: MavaClient.defaultBaseURL
        case .quota: "90/30s"
        case .concurrency: "16"
        case .runsDirectory: RunHistory.defaultDirectory
        default: nil
        }
    }
}
