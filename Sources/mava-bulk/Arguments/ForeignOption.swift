/// Options of other tools that people try, and what this program has instead.
enum ForeignOption {
    /// What replaces an option of other tools.
    private enum Answer {
        /// An option of ours; it is only named where the command has it.
        case option(OptionID, String)
        /// There is no such option, for this reason.
        case text(String)
    }

    /// The commands that send updates, for a message.
    private static let sendingCommands = CommandTable.list(CommandTable.commands(with: .dryRun))
    /// The commands that take several profiles, for a message.
    private static let commandsOfProfiles = CommandTable.list(
        CommandTable.commands(with: .profiles))

    /// Where a run's files go, for a message.
    private static let runFiles =
        "the report is written to the run's directory: name that with --run-dir DIR"

    private static let answers: [(names: Set<String>, answers: [Answer])] = [
        (
            ["api-key", "apikey", "key", "token", "api-token", "access-token", "auth", "password"],
            [
                .option(
                    .apiKeyFile,
                    "a key on the command line is seen by other users: use --api-key-file FILE or MAVA_API_KEY"
                )
            ]
        ),
        (
            ["force", "f"],
            [
                .option(.force, "use --force"),
                .option(
                    .yes,
                    "--yes answers the question, and --waive RULE=N lets a plan pass a guard"),
                .text("there is nothing to force"),
            ]
        ),
        (
            [
                "assume-yes", "auto-approve", "approve", "non-interactive",
                "noninteractive", "batch", "no-confirm", "no-prompt",
            ],
            [.option(.yes, "use --yes, or --no-input to end where a question is left")]
        ),
        (
            ["dryrun", "simulate", "check", "what-if", "whatif", "noop", "preview", "just-print"],
            [
                .option(.dryRun, "use --dry-run"),
                .text("`mava-bulk plan` shows what would change and sends no update"),
            ]
        ),
        (
            ["dry-run", "n"],
            [
                .option(.keepLast, "it shows what it would remove, and asks first"),
                .text(
                    "only \(sendingCommands) send updates; `mava-bulk plan FILE` shows what would change"
                ),
            ]
        ),
        (["verbose", "v", "debug", "trace", "log-level"], [.option(.verbose, "use --verbose")]),
        (["quiet", "q", "silent", "s"], [.option(.quiet, "use --quiet")]),
        (
            ["url", "host", "server", "endpoint", "api-url", "base"],
            [.option(.baseURL, "use --base-url URL")]
        ),
        (
            ["file", "data", "csv-file"],
            [.option(.output, "use --output FILE to write to a file")]
        ),
        (
            ["out", "output-file", "dest", "to", "report", "report-file"],
            [.option(.output, "use --output FILE"), .option(.runDirectory, runFiles)]
        ),
        (
            ["output", "o"],
            [.option(.runDirectory, runFiles), .text("send its output to a file: > FILE")]
        ),
        (
            ["config", "config-file", "configuration", "settings"],
            [
                .option(
                    .profile,
                    "settings are read from \(Configuration.projectPath) and from mava-bulk/config.json in "
                        + "XDG_CONFIG_HOME (~/.config); --profile chooses a profile of theirs")
            ]
        ),
        (
            ["agent", "agents", "assigned-to", "owner"],
            [.option(.assignee, "use --assignee AGENT")]
        ),
        (
            ["fields", "field", "select-columns"],
            [.option(.columns, "use --columns COLUMNS"), .option(.only, "use --only FIELDS")]
        ),
        (["csv"], [.option(.format, "use --format csv")]),
        (["jsonl"], [.option(.format, "use --format jsonl")]),
        (
            ["output-format", "format", "as-json", "machine-readable"],
            [.option(.format, "use --format csv|jsonl"), .option(.json, "use --json")]
        ),
        (
            ["rate", "rate-limit", "rps", "throttle", "limit-rate"],
            [.option(.quota, "use --quota N/TIME, such as --quota 60/30s")]
        ),
        (
            ["jobs", "j", "parallel", "threads", "workers", "p"],
            [.option(.concurrency, "use --concurrency N")]
        ),
        (
            ["retries", "retry", "max-retries", "max-attempts"],
            [
                // Only commands that send have a canary.
                .option(.canary, "updates are repeated until --give-up-after TIME"),
                .option(
                    .giveUpAfter,
                    "an outage is waited for until --give-up-after TIME; an error is tried five times at "
                        + "most"),
            ]
        ),
        (
            ["filter", "query", "select", "condition"],
            [
                .option(.where, "use --where CONDITION"),
                .option(.keepWhere, "use --keep-where CONDITION or --drop-where CONDITION"),
            ]
        ),
        (
            ["insecure", "k", "no-verify", "no-check-certificate", "skip-verify"],
            [
                .option(
                    .caFile,
                    "certificates are always checked: use --ca-file FILE to trust your own authority"
                )
            ]
        ),
        (["cacert", "ca-cert", "ca-bundle"], [.option(.caFile, "use --ca-file FILE")]),
        (
            ["proxy"],
            [.option(.baseURL, "proxies are taken from https_proxy and no_proxy")]
        ),
        (
            ["no-color", "no-colour", "colour", "nocolor"],
            [.option(.color, "use --color never, or set NO_COLOR")]
        ),
        (
            ["top", "head", "max", "count", "rows-limit"],
            [.option(.limit, "use --limit N")]
        ),
        (
            ["profiles", "profiles-at-once"],
            [
                .text(
                    "only \(commandsOfProfiles) take several profiles: start this command once for each, with --profile"
                )
            ]
        ),
        (["version", "V"], [.text("`mava-bulk --version` prints it")]),
    ]

    /// What to use instead of an option.
    ///
    /// - Parameters:
    ///   - written: The option as written, such as `--api-key`, without a value.
    ///   - command: The command that does not have it.
    /// - Returns: The end of a message; `nil` if the option is not known elsewhere, or the command has nothing
    ///   in its place.
    static func hint(for written: String, of command: CommandSpecification) -> String? {
        let name = String(written.drop { $0 == "-" })
        let lowered = name.count == 1 ? name : name.lowercased()
        // `-output` is ours, with a dash too few.
        if let id = OptionID(rawValue: lowered), command.options.contains(id) { return nil }
        if ["last", "latest", "newest"].contains(lowered),
            command.operands.first?.hasPrefix("RUN") == true
        {
            return "the newest run is an operand: `mava-bulk \(command.name) last`"
        }
        // `runs -n 2` is the habit of `tail -n 2`.
        if lowered == "n", command.ownOptions.contains(where: { $0.id == .limit }) {
            return "use --limit N"
        }
        if ["file", "input", "i", "in", "csv-file", "data"].contains(lowered),
            let operand = command.operands.first, ["FILE", "PLAN"].contains(operand)
        {
            return "the input is named without an option: `mava-bulk \(command.name) \(operand)`"
                + (operand == "FILE" ? "; `-` is standard input" : "")
        }
        for (_, answers) in answers.filter({ $0.names.contains(lowered) }) {
            for answer in answers {
                switch answer {
                case .text(let text): return text
                case .option(let id, let text) where command.options.contains(id): return text
                case .option: continue
                }
            }
        }
        return nil
    }
}
