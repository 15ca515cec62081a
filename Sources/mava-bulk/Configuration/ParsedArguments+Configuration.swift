import BulkSystem

/// What the configuration adds to a command line.
struct ConfiguredValues: Sendable {
    /// The profile in force, and where its name comes from.
    var profile: (name: String, origin: SettingOrigin)?
    /// Where options' values come from that the command line does not have.
    var origins: [OptionID: SettingOrigin] = [:]
    /// The source of the key, where it is no file.
    var key: ConfiguredKey?
    /// Where the organisation is called a production one.
    var production: PlacedSetting?
    /// Why the user's own file is not read; `nil` where it is, or does not exist.
    var problem: String?
    /// Whether a person chose the profile now, and did not take it over from a run.
    var isProfileChosen = true
}

/// A source of the key that no option names.
struct ConfiguredKey: Sendable {
    enum Source: Hashable, Sendable {
        /// A file in the directory of systemd's credentials.
        case credential(String)
        /// A program and its arguments; its standard output is the key.
        case command([String])
        /// A variable of the environment.
        case variable(String)
        /// No source: a profile names an address and no key, and the environment's belongs to another address.
        case missing(profile: String)
    }

    var source: Source
    var origin: SettingOrigin
}

extension ParsedArguments {
    /// Fills in options from the environment and the configuration files.
    ///
    /// An option wins over a variable, a variable over a profile, a profile over a file's defaults. A profile's
    /// key and address belong together: they win over MAVA_API_KEY and MAVA_BASE_URL, and a profile with an address
    /// gets no key of the environment unless it names the variable.
    ///
    /// - Parameter recorded: The profile of an earlier run, which counts where no other is named.
    /// - Throws: A ``CommandFailure`` when a file cannot be used, or has no such profile.
    mutating func configure(recorded: String? = nil) throws {
        guard command.options.contains(.profile) else { return }
        forgetConfigured()
        let environment = CurrentProcess.environment.filter { !$0.value.isEmpty }
        let configuration = try Configuration()
        configured.isProfileChosen = true
        if Configuration.userPath == nil {
            configured.problem =
                "your own configuration is not read: this user has no home directory; set HOME or XDG_CONFIG_HOME"
        }
        if let name = self[.profile] {
            try configuration.requireProfile(name, from: "--profile")
            configured.profile = (name, .option(.profile))
        } else if let name = environment["MAVA_BULK_PROFILE"] {
            try configuration.requireProfile(name, from: "MAVA_BULK_PROFILE")
            configured.profile = (name, .variable("MAVA_BULK_PROFILE"))
        } else if let recorded {
            try configuration.requireProfile(recorded, from: "the run's profile")
            configured.profile = (recorded, .builtIn)
            configured.isProfileChosen = false
        }
        let profile = configured.profile?.name
        if !has(.sandbox) {
            try fillKey(configuration, profile, environment)
            configured.production = configuration.production(profile: profile)
        }
        for setting in Setting.allCases {
            guard let option = setting.option, option != .apiKeyFile,
                command.options.contains(option), !has(option),
                lists[option] == nil || configured.origins[option] != nil,
                !(has(.sandbox) && setting.isPersonal)
            else { continue }
            guard
                let value = try Self.value(setting, configuration, profile: profile, environment)
            else { continue }
            switch value.value {
            case .text(let text): values[option] = text
            case .words(let words): lists[option] = words
            case .flag: continue
            }
            configured.origins[option] = value.origin
        }
        try nameProfile()
        try requireKeyOfProfile(configuration)
    }

    /// Drops what was filled in without a profile, because a profile that is known later comes before it.
    private mutating func forgetConfigured() {
        for option in configured.origins.keys {
            values[option] = nil
            lists[option] = nil
        }
        configured = ConfiguredValues()
    }

    /// Replaces `{profile}` in configured values by the profile's name, as on the command line.
    ///
    /// The profile of an earlier run is known later than its directory, so a label may wait for it.
    private mutating func nameProfile() throws {
        for option in [OptionID.label, .runsDirectory] where configured.origins[option] != nil {
            if let profile = configured.profile?.name {
                values[option] = values[option]?.replacing(ProfileJobs.placeholder, with: profile)
            } else if option != .label {
                try requireProfile(in: option)
            }
        }
    }

    /// Refuses a configured value in which the name of a profile is missing.
    func requireProfile(in option: OptionID) throws {
        guard let origin = configured.origins[option], let text = self[option],
            text.contains(ProfileJobs.placeholder)
        else { return }
        throw CommandFailure.usage(
            "--\(option.rawValue) is \(quoted(text)) in \(origin.text), and no profile is in force: name one with "
                + "--profile")
    }

    /// Refuses a profile of the project's file alone, unless the command line names the key.
    ///
    /// A project's file has no key, so the key would come from the environment or the user's defaults, and could be
    /// that of another organisation.
    private func requireKeyOfProfile(_ configuration: Configuration) throws {
        guard command.options.contains(.apiKeyFile), !has(.sandbox), !isGiven(.apiKeyFile),
            let name = configured.profile?.name,
            !configuration.files.contains(where: { !$0.isProject && $0.profiles[name] != nil })
        else { return }
        throw CommandFailure.usage(
            "the profile \(quoted(name)) is only in \(Configuration.projectPath), which cannot say where its key is, "
                + "and another organisation's key could be used: add the profile with its key to "
                + "\(Configuration.userPath ?? "your own configuration"), or name the key with --api-key-file"
        )
    }

    /// The value of a setting that the command line does not have.
    private static func value(
        _ setting: Setting, _ configuration: Configuration, profile: String?,
        _ environment: [String: String]
    ) throws -> PlacedSetting? {
        let own = profile.flatMap { configuration.value(setting, profile: $0) }
        if setting == .baseURL, let own { return own }
        if let name = setting.variable, let text = environment[name] {
            if let problem = setting.problem(with: text) {
                throw CommandFailure.usage("\(name) \(problem)")
            }
            return PlacedSetting(value: .text(text), origin: .variable(name))
        }
        if setting == .guards { try configuration.requireOneGuardsFile(profile: profile) }
        return own ?? configuration.value(setting, profile: nil)
    }

    /// Finds the source of the key.
    private mutating func fillKey(
        _ configuration: Configuration, _ profile: String?, _ environment: [String: String]
    ) throws {
        guard command.options.contains(.apiKeyFile), !has(.apiKeyFile) else { return }
        let own = profile.flatMap { configuration.keySource(profile: $0) }
        let address = profile.flatMap { configuration.value(.baseURL, profile: $0) }
        if own == nil, address == nil {
            let variable = Setting.keyFile.variable ?? ""
            if let path = environment[variable] {
                values[.apiKeyFile] = path
                configured.origins[.apiKeyFile] = .variable(variable)
                return
            }
            if environment["MAVA_API_KEY"] != nil { return }
        }
        guard let (setting, value) = own ?? configuration.keySource(profile: nil) else {
            if let profile, let address {
                configured.key = ConfiguredKey(
                    source: .missing(profile: profile), origin: address.origin)
            }
            return
        }
        switch (setting, value.value) {
        case (.keyCredential, .text(let name)):
            configured.key = ConfiguredKey(source: .credential(name), origin: value.origin)
        case (.keyVariable, .text(let name)):
            configured.key = ConfiguredKey(source: .variable(name), origin: value.origin)
        case (_, .words(let words)):
            configured.key = ConfiguredKey(source: .command(words), origin: value.origin)
        case (_, .text(let path)):
            values[.apiKeyFile] = path
            configured.origins[.apiKeyFile] = value.origin
        case (_, .flag): break
        }
    }

    /// Whether a person gave an option on the command line.
    func isGiven(_ id: OptionID) -> Bool { has(id) && configured.origins[id] == nil }

    /// Whether the command line, or the profile that a person chose, has an option.
    func isChosen(_ id: OptionID) -> Bool {
        switch configured.origins[id] {
        case nil, .option: has(id)
        case .variable, .builtIn: false
        case .file: !isDefault(id)
        }
    }

    /// Whether an option's value is only a default of a file, which an earlier run's own settings replace.
    func isDefault(_ id: OptionID) -> Bool {
        guard case .file(_, _, let profile) = configured.origins[id] else { return false }
        return profile == nil || !configured.isProfileChosen
    }
}
