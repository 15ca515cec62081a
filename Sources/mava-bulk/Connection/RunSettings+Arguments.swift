import BulkSystem
import MavaBulk

extension RunSettings {
    /// Fills in missing options from the run's own settings, and reports the differences.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - options: The options that are filled in; `nil` for all.
    ///   - talk: Reports which settings of the run are overridden.
    func complete(
        _ arguments: inout ParsedArguments, only options: Set<OptionID>? = nil, _ talk: Talk
    ) {
        for (id, value) in recorded(beside: arguments) {
            guard let value, options?.contains(id) ?? true else { continue }
            guard let given = arguments[id] else {
                arguments.values[id] = value
                continue
            }
            if given != value {
                talk.say("--\(id.rawValue) \(given), where the run had \(value)")
            }
        }
    }

    /// The run's settings as options.
    private func recorded(beside arguments: ParsedArguments) -> [(OptionID, String?)] {
        var options: [(OptionID, String?)] = [
            (.quota, quota), (.quotaShare, quotaShare), (.timeout, timeout),
            (.concurrency, String(concurrency)), (.maxFailures, maxFailures.map { String($0) }),
            (.giveUpAfter, giveUpAfter), (.deadline, deadline), (.drain, drain),
            (.onConflict, onConflict),
            (.caFile, caFile),
        ]
        // A key file that was moved away leaves the key to the environment.
        if let keyFile, FilePath.exists(keyFile) { options.append((.apiKeyFile, keyFile)) }
        if sandbox != nil, !arguments.has(.baseURL) { options.append((.sandbox, sandbox)) }
        if baseURL != nil, !arguments.has(.sandbox) { options.append((.baseURL, baseURL)) }
        return options
    }

    /// The settings that say where Mava is and how it is asked.
    static let connection: Set<OptionID> = [
        .baseURL, .apiKeyFile, .caFile, .sandbox, .timeout, .quota, .quotaShare,
    ]
}
