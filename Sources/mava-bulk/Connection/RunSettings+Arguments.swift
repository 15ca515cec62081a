import BulkSystem
import MavaAPI
import MavaBulk

extension RunSettings {
    /// Fills in missing options from the run's own settings, and reports the differences.
    ///
    /// Options and the environment come before the run's settings where they name the key or the address.
    /// Another program may have written these settings, so an address that is not the plan's own is refused, and
    /// one that only they name gets no key: see ``requireAgreed(_:_:)``.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - directory: The run's directory, which holds its plan.
    ///   - options: The options that are filled in; `nil` for all.
    ///   - console: Reports which settings of the run are overridden.
    /// - Throws: A ``PlanError`` when the run's address is not the plan's, or the plan cannot be read; a
    ///   ``CommandFailure`` of wrong usage when only the run names where the key would go.
    func complete(
        _ arguments: inout ParsedArguments, in directory: String,
        only options: Set<OptionID>? = nil, _ console: Console
    ) throws {
        if let profile, arguments.configured.profile == nil {
            try arguments.configure(recorded: profile)
        }
        let environment = CurrentProcess.environment
        let own = arguments
        var taken: Set<OptionID> = []
        let namesHours = arguments.isGiven(.window) || arguments.isGiven(.notWindow)
        for (id, value) in recorded(beside: arguments) {
            guard let value, options?.contains(id) ?? true else { continue }
            // Hours are one setting with two options: those of the command line replace both.
            if namesHours, [.window, .notWindow].contains(id), arguments[id] == nil {
                console.say("without --\(id.rawValue) \(value), which the run had")
                continue
            }
            guard let given = arguments[id], !arguments.isDefault(id) else {
                guard !Self.isGiven(id, environment, arguments) else { continue }
                arguments.values[id] = value
                arguments.configured.origins[id] = nil
                taken.insert(id)
                continue
            }
            let isSameFile =
                id == .sandbox && FilePath.absolute(given) == FilePath.absolute(value)
            if given != value, !isSameFile {
                console.say("--\(id.rawValue) \(given), where the run had \(value)")
            }
        }
        guard !arguments.has(.sandbox) else {
            if taken.contains(.sandbox), let sandbox {
                console.warn(
                    "the run's sandbox ended with it: this one begins again with \(TerminalText.escaped(sandbox))"
                )
            }
            arguments.configured.production = nil
            return
        }
        if taken.contains(.baseURL), let baseURL {
            try Self.requirePlanned(baseURL, directory)
            try Self.requireAgreed(baseURL, own)
        }
        if taken.contains(.caFile), let caFile { try requireAgreed(authorities: caFile, own) }
        let parts = [
            taken.contains(.apiKeyFile) ? keyFile.map { "key from \($0)" } : nil,
            taken.contains(.baseURL) ? baseURL.map { "Mava at \($0)" } : nil,
        ].compactMap { $0 }
        guard !parts.isEmpty else { return }
        console.say(TerminalText.escaped("\(parts.joined(separator: ", ")), as the run had it"))
    }

    /// Whether the environment says what an option does.
    private static func isGiven(
        _ id: OptionID, _ environment: [String: String], _ arguments: ParsedArguments
    ) -> Bool {
        switch id {
        case .apiKeyFile:
            arguments.configured.key != nil || environment["MAVA_API_KEY"] != nil
                || environment["CREDENTIALS_DIRECTORY"] != nil
        default: false
        }
    }

    /// Refuses an address that is not the one of the run's plan.
    private static func requirePlanned(_ address: String, _ directory: String) throws {
        let files = RunFiles(directory)
        guard FilePath.isTaken(files[.plan]) else { return }
        let plan = try PlanFile(path: files[.plan], isOurs: true)
        try SavedPlan.requireServer(plan.header, path: files[.settings], address: address)
    }

    /// Refuses an address that only the run's settings name.
    ///
    /// The key goes to Mava's own address, or where the user's options, environment or configuration say. A profile
    /// with an address is about that address only.
    private static func requireAgreed(_ address: String, _ own: ParsedArguments) throws {
        guard let server = HTTPEndpoint(url: address) else {
            throw CommandFailure.usage("run.json names the address \(address), which is not one")
        }
        let agreed = own[.baseURL]
        if let agreed, HTTPEndpoint(url: agreed) == server { return }
        let isOfProfile =
            if case .file(_, _, _?) = own.configured.origins[.baseURL] { true } else { false }
        if !isOfProfile, server == HTTPEndpoint(url: MavaClient.defaultBaseURL) { return }
        let place =
            own.configured.origins[.baseURL].flatMap { origin in
                agreed.map { "\(origin.text) says \($0)" }
            } ?? "no option, variable or configuration of yours does"
        throw CommandFailure.usage(
            "run.json names the address \(address), and \(place): the key is not sent there; "
                + "if the address is right, add --base-url \(ShellWord.quoted(address))")
    }

    /// Refuses certificate authorities that only the run's settings name: they decide who may receive the key.
    private func requireAgreed(authorities file: String, _ own: ParsedArguments) throws {
        guard own[.caFile] != file, baseURL?.lowercased().hasPrefix("http:") != true else { return }
        throw CommandFailure.usage(
            "run.json trusts the authorities in \(file), and no option, variable or configuration of yours does: "
                + "if they are right, add --ca-file \(ShellWord.quoted(file))")
    }

    /// The run's settings as options.
    private func recorded(beside arguments: ParsedArguments) -> [(OptionID, String?)] {
        var options: [(OptionID, String?)] = [
            (.quota, quota), (.quotaShare, quotaShare), (.timeout, timeout),
            (.concurrency, String(concurrency)), (.maxFailures, maxFailures.map { String($0) }),
            (.acceptFailures, acceptFailures), (.giveUpAfter, giveUpAfter), (.deadline, deadline),
            (.drain, drain), (.window, window), (.notWindow, notWindow), (.outside, outside),
            (.onConflict, onConflict),
            (.caFile, caFile),
        ]
        // A key file that was moved away leaves the key to the environment.
        if let keyFile, FilePath.exists(keyFile) { options.append((.apiKeyFile, keyFile)) }
        if sandbox != nil, !arguments.isChosen(.baseURL) { options.append((.sandbox, sandbox)) }
        if baseURL != nil, !arguments.has(.sandbox) { options.append((.baseURL, baseURL)) }
        return options
    }

    /// The settings that say where Mava is and how it is asked.
    static let connection: Set<OptionID> = [
        .baseURL, .apiKeyFile, .caFile, .sandbox, .timeout, .quota, .quotaShare,
    ]
}
