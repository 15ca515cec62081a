import BulkSystem

/// What the configuration files say, and which of their values count.
struct Configuration: Sendable {
    /// The file of the working directory.
    static let projectPath = ".mava-bulk.json"

    /// The user's own file; `nil` where the user has no home directory.
    ///
    /// Source: XDG Base Directory Specification 0.8 (a path that is not absolute is ignored).
    static var userPath: String? {
        let environment = CurrentProcess.environment
        if let directory = environment["XDG_CONFIG_HOME"], directory.hasPrefix("/") {
            return FilePath.joining(directory, "mava-bulk/config.json")
        }
        guard let home = ProcessOwner.home(environment["HOME"]) else { return nil }
        return FilePath.joining(home, ".config/mava-bulk/config.json")
    }

    /// The files that exist, the project's first.
    let files: [ConfigurationFile]

    /// Reads the files, and keeps their variables with keys from programs that are started later.
    ///
    /// - Throws: A ``CommandFailure`` of wrong usage when a file cannot be trusted or read.
    init() throws {
        let project = try ConfigurationFile(Self.projectPath, isProject: true)
        let isSame = Self.userPath.map { FilePath.isSameFile($0, Self.projectPath) } ?? false
        let user =
            isSame
            ? nil
            : try Self.userPath.flatMap {
                try ConfigurationFile($0, isProject: false)
            }
        files = [project, user].compactMap { $0 }
        ExternalProgram.withhold(files.flatMap(\.keyVariables))
    }

    /// The names of all profiles, sorted.
    var profileNames: [String] { Set(files.flatMap(\.profiles.keys)).sorted() }

    /// Refuses a profile that no file has.
    func requireProfile(_ name: String, from source: String) throws {
        let names = profileNames
        guard !names.contains(name) else { return }
        let meant = closest(to: name.lowercased(), among: names) { $0.lowercased() }
        let hint =
            meant.map { "did you mean `\($0)`?" }
            ?? (names.isEmpty
                ? "no configuration file has profiles; see `mava-bulk help configuration`"
                : "there is \(names.joined(separator: ", "))")
        throw CommandFailure.usage("\(source): there is no profile \(quoted(name)); \(hint)")
    }

    /// The value that counts among the files' profiles or their defaults.
    ///
    /// - Parameters:
    ///   - setting: The setting.
    ///   - profile: The profile; `nil` for the defaults.
    /// - Returns: The value of the project's file, else of the user's; `nil` where neither has one.
    func value(_ setting: Setting, profile: String?) -> PlacedSetting? {
        for file in files {
            let values = profile.map { file.profiles[$0] ?? [:] } ?? file.defaults
            if let value = values[setting] { return value }
        }
        return nil
    }

    /// Refuses guards of the project's file where the user's own file has others.
    ///
    /// Somebody else may have written the project's, and they could be laxer.
    func requireOneGuardsFile(profile: String?) throws {
        let guards = files.compactMap { file in
            profile.flatMap { file.profiles[$0]?[.guards] } ?? file.defaults[.guards]
        }
        guard guards.count == 2, guards[0].value != guards[1].value else { return }
        throw CommandFailure.usage(
            "\(guards[0].origin.text) and \(guards[1].origin.text) name different guards, and a project's could "
                + "be laxer than yours: say with --guards FILE which count")
    }

    /// The setting that says where the key is, of a profile or of the defaults.
    func keySource(profile: String?) -> (setting: Setting, value: PlacedSetting)? {
        for setting in Setting.keySources {
            if let value = value(setting, profile: profile) { return (setting, value) }
        }
        return nil
    }

    /// Where production is said to be used; `nil` where it is not.
    ///
    /// A project's file can switch the warnings on, but not off.
    func production(profile: String?) -> PlacedSetting? {
        for file in files {
            let own = profile.flatMap { file.profiles[$0]?[.production] }
            if let value = own ?? file.defaults[.production], value.value == .flag(true) {
                return value
            }
        }
        return nil
    }
}
