import BulkSystem
import MavaBulk

/// What a person, or a script, has to say before updates are sent.
///
/// The more can go wrong, the harder it is to say yes by accident: most plans need a `y`, dangerous ones the number
/// of their updates.
struct Confirmation {
    /// From more updates than this on, their number has to be typed.
    static let mostByLetter = 1000

    /// The updates that would be sent.
    var updates: Int
    /// The resolved tickets that would be open again.
    var reopened = 0
    /// The question, without its mark, such as `Send 47 updates`.
    var question: String
    /// What follows the question, such as ` all the same`.
    var suffix = ""

    /// Refuses a command line that asks nothing and does not say enough for a production organisation.
    ///
    /// - Throws: A ``CommandFailure`` of wrong usage, before anything is read.
    static func requireEnough(_ arguments: ParsedArguments) throws {
        _ = try arguments.integer(.confirm, in: 0...Int.max)
        guard let production = arguments.configured.production, arguments.has(.yes),
            !arguments.has(.confirm), !arguments.has(.expectPlan), !arguments.has(.dryRun),
            arguments[.output] == nil
        else { return }
        let plan =
            arguments.command.options.contains(.expectPlan)
            ? ", or add --expect-plan ID" : ""
        throw CommandFailure.usage(
            "--yes alone does not count for a production organisation (\(production.origin.text)): say how many "
                + "updates are right with --confirm N\(plan)")
    }

    /// Says that a production organisation is meant, before a preview and its question.
    static func warnOfProduction(_ arguments: ParsedArguments, _ console: Console) {
        guard let production = production(arguments) else { return }
        console.insist(warning: "PRODUCTION: \(production.words)")
    }

    /// The production organisation that a command line is for; `nil` where it is for no such one.
    static func production(_ arguments: ParsedArguments) -> PlanSummary.Production? {
        guard arguments.command.options.contains(.profile) else { return configuredProduction() }
        guard arguments.configured.production != nil, !arguments.has(.sandbox) else { return nil }
        let profile = arguments.configured.profile?.name
        let baseURL =
            arguments.command.options.contains(.baseURL)
            ? arguments[.baseURL] : (try? Configuration()).flatMap { address(in: $0, of: profile) }
        return PlanSummary.Production(
            profile: profile, baseURL: baseURL ?? MavaClient.defaultBaseURL)
    }

    /// What the environment and the configuration say, for a command that calls no organisation itself.
    ///
    /// It works with files alone, so a configuration that cannot be used does not keep it from that.
    private static func configuredProduction() -> PlanSummary.Production? {
        guard let configuration = try? Configuration() else { return nil }
        let name = CurrentProcess.environment["MAVA_BULK_PROFILE"]
        let profile = name.flatMap { $0.isEmpty ? nil : $0 }
        guard configuration.production(profile: profile) != nil else { return nil }
        return PlanSummary.Production(
            profile: profile,
            baseURL: address(in: configuration, of: profile) ?? MavaClient.defaultBaseURL)
    }

    /// The address that a command with the same profile would call: of the profile, else of the environment, else of
    /// the files' defaults.
    private static func address(
        in configuration: Configuration, of profile: String?
    ) -> String? {
        let own = profile.flatMap { configuration.value(.baseURL, profile: $0)?.text }
        let variable = CurrentProcess.environment["MAVA_BASE_URL"].flatMap {
            $0.isEmpty ? nil : $0
        }
        return own ?? variable ?? configuration.value(.baseURL, profile: nil)?.text
    }

    /// Refuses another number of updates than the one that `--confirm` names, also in a rehearsal.
    ///
    /// - Throws: A ``CommandFailure`` with a refusal's exit code.
    func requireNumber(_ arguments: ParsedArguments) throws {
        guard let number = try arguments.integer(.confirm, in: 0...Int.max), number != updates
        else {
            return
        }
        throw CommandFailure(
            .refused,
            "\(Words.counted(updates, "update")) would be sent, and --confirm says "
                + "\(Words.number(number)): nothing was sent")
    }

    /// Whether the updates may be sent.
    ///
    /// - Throws: A ``CommandFailure`` with a refusal's exit code when `--confirm` names another number.
    func isGiven(_ arguments: ParsedArguments, _ console: Console) throws -> Bool {
        if arguments.has(.confirm) {
            try requireNumber(arguments)
            return true
        }
        guard !arguments.has(.yes) else { return true }
        guard updates > 0, let reason = reason(arguments) else {
            return console.asks("\(question)\(suffix)?")
        }
        return console.asks(
            "\(question)\(suffix)? \(reason): type \(updates) to go on:", expecting: updates)
    }

    /// Why the number has to be typed; `nil` where a letter is enough.
    private func reason(_ arguments: ParsedArguments) -> String? {
        if reopened > 0 {
            let verb = reopened == 1 ? "reopens" : "reopen"
            return "\(Words.tickets(reopened)) \(verb)"
        }
        if arguments.configured.production != nil { return "This is production" }
        return updates > Self.mostByLetter ? "These are many" : nil
    }
}

extension ParsedArguments {
    /// Whether the command line answers every question by itself.
    var asksNothing: Bool { has(.yes) || has(.confirm) }
}
