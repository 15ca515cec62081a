/// The value and the help text of every option; parsing, help, pages and completions read only this table.
///
/// An option is in the list of its group, in the order in which the help shows it.
enum OptionTable {
    /// An option's line of the table, as a command has it.
    ///
    /// An option that means something else for a command keeps the table's letter.
    static func specification(
        _ id: OptionID, of command: CommandSpecification
    ) -> OptionSpecification {
        // The table lists every case: a missing line is a defect that a test finds.
        let common = specifications[id]!
        guard let own = command.ownOptions.first(where: { $0.id == id }) else { return common }
        return OptionSpecification(
            id, short: own.short ?? common.short, own.argument, own.help)
    }

    static let specifications: [OptionID: OptionSpecification] = Dictionary(
        uniqueKeysWithValues: groups.flatMap(\.options).map { ($0.id, $0) })

    /// Finds out whether the argument behind an option is its value.
    ///
    /// - Parameter argument: The option as written, such as `--output`, `--output=FILE`, `-o` or `-qo`.
    /// - Returns: `nil` if no command has the option.
    static func takesNext(_ argument: String) -> Bool? {
        let parts = argument.split(separator: "=", maxSplits: 1)
        if argument.hasPrefix("--") {
            guard let id = OptionID(rawValue: String(parts[0].dropFirst(2))),
                let option = specifications[id]
            else { return nil }
            return option.argument != .none && parts.count == 1
        }
        var letters = argument.dropFirst()
        while let letter = letters.popFirst() {
            guard let option = specifications.values.first(where: { $0.short == letter }) else {
                return nil
            }
            if option.argument != .none { return letters.isEmpty }
        }
        return false
    }

    /// All options by group.
    static let groups: [(group: OptionGroup, options: [OptionSpecification])] = [
        (.common, common), (.history, history), (.tickets, tickets), (.rows, rows),
        (.values, values), (.input, input),
        (.reading, reading), (.guards, guards), (.approving, approving), (.sending, sending),
        (.output, output),
        (.quota, quota), (.connection, connection), (.sandbox, sandbox), (.general, general),
    ]

    private static let common: [OptionSpecification] = [
        .init(
            .dryRun, short: "n", .none, "show what would be sent, send nothing and ask nothing"),
        .init(.yes, short: "y", .none, "do not ask"),
        .init(
            .confirm, .value("N"), "do not ask, and refuse to send any number of updates but N"),
        .init(.runDirectory, .value("DIR"), "the run's directory (mava-bulk-runs/TIME-PLAN)"),
        .init(
            .runsDirectory, .value("DIR"),
            "where the directories of runs are (else MAVA_BULK_RUNS, mava-bulk-runs)"),
        .init(.label, .value("TEXT"), "what the run is called, so that it is found by that"),
        .init(
            .output, short: "o", .value("FILE"),
            "write to this file: a plan, an export or look-ups"),
        .init(.json, .none, "print JSON for machines"),
        .init(.sandbox, .value("WORKSPACE"), "start a local Mava with this workspace and use it"),
    ]

    private static let tickets: [OptionSpecification] = [
        .init(.count, .none, "count the tickets of each, which reads all tickets"),
        .init(.status, .list("STATUS"), "only this status (repeatable)"),
        .init(
            .assignee, .list("AGENT"),
            "only this agent's tickets: id, name or e-mail, or unassigned (repeatable)"),
        .init(.category, .list("CATEGORY"), "only this category: name or id (repeatable)"),
        .init(.tag, .list("NAME"), "only tickets with this tag: name or id (repeatable)"),
        .init(
            .origin, .list("ORIGIN"),
            "only web, discord, telegram, telegram-group or email (repeatable)"),
        .init(.csat, .list("RATING"), "only this rating: 1 to 5, or no-rating (repeatable)"),
        .init(.idle, .value("AGE"), "only tickets that did not change for this long, such as 14d"),
        .init(.older, .value("AGE"), "only tickets created longer ago than this, such as 90d"),
        .init(
            .since, .value("TIME"), "only tickets created at this time or later (2015-01-01)"),
        .init(.until, .value("TIME"), "only tickets created before this time"),
        .init(.idFile, .value("FILE"), "only the tickets whose ids or links the file lists"),
    ]

    private static let rows: [OptionSpecification] = [
        .init(
            .where, .list("CONDITION"),
            "only rows for which it holds: 'priority = 3 and old.updatedAt < 14d ago'"),
        .init(
            .shard, .value("I/N"),
            "only the tickets of part I of N; auto/N: JOB_COMPLETION_INDEX plus 1"),
        .init(.limit, .value("N"), "take only the first N rows or tickets"),
        .init(.sample, .value("N"), "take only N rows or tickets at random"),
        .init(
            .seed, .value("N"),
            "the seed of a sample, or of what is generated and of the faults (1)"),
        .init(.drop, .list("ROWS"), "leave out these rows, such as 5,7-9 (repeatable)"),
        .init(
            .dropWhere, .list("CONDITION"),
            "leave out rows for which it holds: 'Region = EMEA and row > 100' (repeatable)"),
        .init(
            .keepWhere, .list("CONDITION"),
            "leave out rows for which it does not hold (repeatable)"),
        .init(
            .dropFile, .list("FILE"),
            "leave out the rows or tickets that the file lists (repeatable)"),
    ]

    private static let history: [OptionSpecification] = [
        .init(.all, .none, "list pruned runs, too"),
        .init(.keepLast, .value("N"), "keep the N newest runs"),
        .init(.keepWithin, .value("AGE"), "keep runs that ended in this time, such as 90d"),
        .init(
            .outcome, .list("OUTCOME"),
            "only rows with these outcomes, of failed, unknown, conflict, held, invalid, unsent (failed,unknown)"
        ),
        .init(
            .code, .list("LIST"), "only rows with these error codes, such as category_not_found"),
        .init(.withRetries, .none, "each row as the newest run left it that tried it"),
    ]

    private static let approving: [OptionSpecification] = [
        .init(
            .requireApprovals, .value("N"),
            "refuse a saved plan that fewer than N other people approved"),
        .init(
            .allowedSigners, .value("FILE"),
            "count only decisions signed by one of these (a file of allowed signers)"),
        .init(
            .appliedBy, .list("NAME"),
            "who applies the plan and so does not count, beside your login (repeatable)"),
        .init(.note, .value("TEXT"), "what to add to the decision"),
        .init(
            .expires, .value("AGE"), "how long the approval counts, such as 30m, 24h or 7d (24h)"),
        .init(.sign, .value("KEYFILE"), "sign with this SSH key, by ssh-keygen"),
    ]

    private static let values: [OptionSpecification] = [
        .init(
            .set, .list("FIELD=VALUE"),
            "the value that every row or ticket gets (repeatable)"),
        .init(.unset, .list("FIELD"), "the field that every row or ticket loses: assignee"),
        .init(
            .fallback, .list("FIELD=VALUE"), "the value of rows that say nothing of a field"),
        .init(
            .map, .list("FIELD=FILE"),
            "which values become which: CSV with the columns from and to (repeatable)"),
        .init(
            .unmapped, .choice(["invalid", "keep", "clear"]),
            "values that a map does not have: refuse, read as they are, or unassign (invalid)"),
        .init(
            .lookups, .value("FILE"),
            "agents and categories: export writes them, plan and apply read them"
        ),
    ]

    private static let input: [OptionSpecification] = [
        .init(
            .column, .list("NAME=MEANING"),
            "what a column means, such as 'New Agent=assignee' (repeatable)"),
        .init(.only, .value("FIELDS"), "change only these fields, such as assignee,status"),
        .init(.ignore, .list("COLUMN"), "do not read this column (repeatable)"),
        .init(
            .delimiter, .value("CHAR"), "the CSV's delimiter: , ; | or tab (found from the header)"),
        .init(
            .encoding, .value("ENCODING"),
            "utf-8, windows-1252, latin1, utf-16le or utf-16be (utf-8, or utf-16 with a mark)"),
        .init(
            .onDuplicate, .choice(["refuse", "last"]),
            "rows for one ticket that disagree: refuse them all, or take the last (refuse)"),
        .init(
            .allowEmpty, .none, "an input without rows is success, for queries that may be empty"),
    ]

    private static let reading: [OptionSpecification] = [
        .init(
            .snapshot, .value("FILE"),
            "read the tickets from this file (JSON Lines or CSV), not from Mava"),
        .init(
            .read, .choice(["auto", "always", "never"]),
            "read the tickets first; auto says when that costs more than it saves (auto)"),
        .init(.noRead, .none, "the same as --read never: every row is sent undiffed"),
        .init(.allowAIHandoff, .none, "assign tickets that the AI is handling, too"),
        .init(
            .unread, .choice(["hold", "send"]),
            "rows whose ticket is looked for and not found (hold those that assign or expect)"),
    ]

    private static let guards: [OptionSpecification] = [
        .init(.maxChanges, .value("N"), "refuse a plan of more than N requests"),
        .init(
            .maxChangePercent, .value("P"),
            "refuse a plan that changes over P % of the snapshot's tickets, else of those read"
        ),
        .init(
            .guards, .value("FILE"),
            "refuse a plan beyond the limits in this JSON file (`mava-bulk schema guards`)"),
        .init(
            .waive, .list("RULE=N"),
            "let the plan have up to N tickets against this rule of the guards (repeatable)"),
        .init(.strict, .none, "send nothing when any row is invalid"),
        .init(.expectPlan, .value("ID"), "refuse any plan but the one with this id"),
    ]

    private static let sending: [OptionSpecification] = [
        .init(.canary, .value("N"), "apply N rows first, read them again, then ask to go on"),
        .init(
            .onConflict, .choice(["skip", "overwrite", "stop"]),
            "a ticket changed since the plan was saved: what to do with its row (skip)"),
        .init(.maxFailures, .value("N"), "stop when more than N rows have failed"),
        .init(
            .acceptFailures, .value("SHARE"),
            "exit with 0 when at most this share of the rows failed, such as 1%, 1/12 or 0.01"),
        .init(
            .window, .value("HOURS"),
            "send only in these hours, such as 'Mon-Fri 01:00-05:00 Europe/Berlin'"),
        .init(
            .notWindow, .value("HOURS"),
            "send nothing in these hours, or on these dates, such as 2026-12-24..2026-12-26"),
        .init(
            .outside, .choice(["wait", "stop"]), "outside these hours: wait, or end the run (wait)"),
        .init(.deadline, .value("TIME"), "stop sending this long after the start"),
        .init(
            .drain, .value("TIME"),
            "the most that requests in flight get after a signal (10s)"),
        .init(.concurrency, .value("N"), "requests in flight at most (16)"),
    ]

    private static let output: [OptionSpecification] = [
        .init(.markdown, .none, "print Markdown for a pull request"),
        .init(.html, .value("FILE"), "write the plan to this file too, as a page for a browser"),
        .init(
            .metricsFile, .value("FILE"),
            "write how the run ended to this file, for Prometheus' textfile collector"),
        .init(
            .events, .value("FILE"),
            "add what happens to this file or named pipe, as JSON Lines (- for standard output)"),
        .init(
            .on, .list("EVENT=COMMAND"),
            "run this shell command on an event, such as finished='./mail.sh' (repeatable)"),
        .init(.hookTimeout, .value("TIME"), "the most that a command of --on may take (30s)"),
        .init(
            .requireHook, .none,
            "a failing command of --on stops before anything is sent, else ends with 9"),
        .init(
            .notify, .value("URL"),
            "tell this webhook of changes of state (all users see arguments: better --notify-file)"),
        .init(
            .notifyFile, .value("FILE"),
            "file that holds the webhook's address (else MAVA_BULK_NOTIFY_URL)"),
        .init(
            .ping, .value("URL"),
            "tell this monitor of the start and the end (all users see arguments: better --ping-file)"
        ),
        .init(
            .pingFile, .value("FILE"),
            "file that holds the monitor's address (else MAVA_BULK_PING_URL)"),
        .init(.csv, .none, "print CSV"),
        .init(.rows, .none, "list every row and what becomes of it"),
        .init(.columns, .value("COLUMNS"), "the columns, separated by commas"),
        .init(
            .format, .choice(["csv", "jsonl"]),
            "how the tickets are written (else by --output's name, else csv)"),
        .init(.bom, .none, "begin the CSV with a byte order mark, for spreadsheets"),
        .init(.detailedExitCode, .none, "exit with 10 when there are changes"),
        .init(.force, .none, "replace the file that is written, whatever it holds"),
        .init(.manual, .none, "print a manual page, for `man -l`"),
    ]

    private static let quota: [OptionSpecification] = [
        .init(.quota, .value("N/TIME"), "requests per window, see `help quota` (90/30s)"),
        .init(
            .quotaShare, .value("SHARE"),
            "use only this share of the quota, such as 1/3, 50% or 0.5"),
        .init(
            .giveUpAfter, .value("TIME"),
            "stop when Mava is out of reach, or asks to wait, for longer (5m)"),
    ]

    private static let connection: [OptionSpecification] = [
        .init(
            .profile, .value("PROFILE"),
            "use this profile of the configuration files (else MAVA_BULK_PROFILE)"),
        .init(
            .profiles, .value("PROFILE,..."),
            "once for each of these profiles; {profile} in other arguments is its name"),
        .init(
            .profilesAtOnce, .value("N"), "how many of these profiles at the same time (1)"),
        .init(
            .apiKeyFile, .value("FILE"),
            "file that holds the API key (else the profile, MAVA_API_KEY, the credential mava_api_key)"
        ),
        .init(
            .baseURL, .value("URL"),
            "the API's address (else the profile, MAVA_BASE_URL, https://app.mava.app)"),
        .init(
            .caFile, .value("FILE"),
            "PEM file of certificate authorities to trust, instead of the system's"),
        .init(
            .allowHTTP, .value("HOST"),
            "send the key unencrypted to this host, such as a sandbox in another container"),
        .init(.timeout, .value("TIME"), "the most a request may take (30s)"),
    ]

    private static let sandbox: [OptionSpecification] = [
        .init(.initialize, .value("FILE"), "write an example workspace and end"),
        .init(.tickets, .value("N"), "generate a workspace of N tickets"),
        .init(.listen, .value("ADDRESS"), "the address to listen on (127.0.0.1)"),
        .init(.port, .value("N"), "the port to listen on (any free one)"),
        .init(.save, .value("FILE"), "save the workspace every few seconds and at the end"),
        .init(.log, .value("FILE"), "log every request as JSON Lines (- for standard error)"),
        .init(
            .quotaWindow, .choice(["sliding", "fixed", "none"]), "how the quota counts (sliding)"),
        .init(
            .quotaHeaders, .choice(["none", "legacy", "draft-6", "draft-7", "draft-8"]),
            "which quota headers answers carry (none)"),
        .init(
            .retryAfter, .choice(["seconds", "date", "none"]),
            "how a 429 says Retry-After (seconds)"),
        .init(.faults, .value("LIST"), "faults to inject, such as latency=20ms,500-before=0.01"),
    ]

    private static let general: [OptionSpecification] = [
        .init(.noInput, .none, "never ask: end with 2 where a question is left"),
        .init(.noPager, .none, "print long previews at once, without a pager"),
        .init(.quiet, short: "q", .none, "print only errors and the result"),
        .init(.verbose, short: "v", .none, "say more: every request, and every wait"),
        .init(
            .color, .choice(["auto", "always", "never"]), "when to colour messages and help (auto)"),
        .init(
            .logFormat, .choice(["text", "json"]),
            "json: messages as JSON Lines with time and level (text)"),
        .init(.help, short: "h", .none, "show this help"),
    ]
}
