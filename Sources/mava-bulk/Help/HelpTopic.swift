/// Pages of `help` that are about no single command.
enum HelpTopic: String, CaseIterable, Sendable {
    case input
    case exitCodes = "exit-codes"
    case environment
    case quota
    case control
    case configuration
    case documentation

    /// A line for the overview.
    var summary: String {
        switch self {
        case .input: "columns, values and forms of files"
        case .exitCodes: "what the program ends with"
        case .environment: "variables that the program reads"
        case .quota: "how many requests are sent, and how a key is shared"
        case .control: "pausing, slowing down and stopping a run that sends"
        case .configuration: "files with settings and profiles"
        case .documentation: "the pages of the documentation"
        }
    }

    var page: HelpPage {
        switch self {
        case .input: Self.inputPage
        case .exitCodes:
            HelpPage(parts: [
                .heading("Exit codes"),
                .list(ExitCode.allCases.map { ("\($0.rawValue)", $0.explanation.meaning) }),
                .paragraph(
                    """
                    When several apply, 4 comes before an interruption, an interruption before 5, and 5
                    before 3. `mava-bulk explain CODE` says what to do.
                    """),
            ])
        case .environment:
            HelpPage(parts: [
                .heading("Environment"), .list(Self.variables),
                .paragraph(
                    """
                    An option wins over a variable. The key is never an argument, because other users see
                    the arguments of a process. Nothing is sent anywhere but to Mava's API, and to the addresses
                    of --notify and --ping where they are given.
                    """),
            ])
        case .quota: Self.quotaPage
        case .control: Self.controlPage
        case .configuration: Self.configurationPage
        case .documentation: Self.documentationPage
        }
    }

    private static let documentationPage = HelpPage(
        parts: DocumentationPage.all.flatMap { reader, pages in
            [.heading(reader.rawValue), .list(pages.map { ($0.path, $0.summary) })]
        } + [
            .paragraph(
                """
                The pages are in the source's folder, in the release, and in /usr/share/doc/mava-bulk of the
                Debian package. docs/README.md links them all.
                """)
        ])

    private static let inputPage = HelpPage(parts: [
        .heading("Input"),
        .paragraph(
            """
            FILE is CSV, TSV or JSON Lines, also gzipped; `-` is standard input. It needs a column with
            ticket ids and a column with new values. Case, blanks, `_` and `-` in the names of columns do
            not matter. A blank value means unchanged. Other columns are copied to the report.
            """),
        .heading("Columns"),
        .list([
            ("ticketId", "the ticket's id (24 hexadecimal digits), or the dashboard's link to it"),
            ("status", "Open, Resolved, Pending or Waiting"),
            ("priority", "1 to 3, or low, medium, high"),
            ("category", "an active category's name, or its id"),
            ("assignee", "an agent's id, e-mail, username or wallet; unassigned clears it"),
            (
                "expectStatus, ...",
                "the row is a conflict unless the ticket holds this; also expectPriority, "
                    + "expectCategory, expectAssignee, expectUpdatedAt"
            ),
        ]),
        .heading("Values of options"),
        .list([
            ("TIME", "30s, 500ms, 2h30m, 1.5h, 2d; a number without a unit has seconds"),
            ("AGE", "14d, 36h, 2w, 1.5h, 1y; the unit has to be written"),
            ("SHARE", "1/3, 50%, 0.5"),
            ("N/TIME", "90/30s; the unit has to be written"),
        ]),
        .paragraph(
            """
            `mava-bulk agents` and `mava-bulk categories` list the names. --column 'New Agent=assignee' gives
            a column another meaning.
            """),
    ])

    /// The variables that the program reads, and what each is for.
    static let variables: [(name: String, meaning: String)] = [
        ("MAVA_API_KEY", "the API key, where --api-key-file names none"),
        (
            "CREDENTIALS_DIRECTORY",
            "the directory of systemd's credentials, whose file mava_api_key holds the key, where there is "
                + "no other"
        ),
        ("MAVA_BASE_URL", "the API's address, where --base-url gives none"),
        ("MAVA_BULK_PROFILE", "the profile, where --profile names none"),
        (
            "MAVA_BULK_API_KEY_FILE, MAVA_BULK_CA_FILE, MAVA_BULK_QUOTA, MAVA_BULK_QUOTA_SHARE, "
                + "MAVA_BULK_CONCURRENCY, MAVA_BULK_GUARDS, MAVA_BULK_LABEL",
            "the values of the options of the same names, where the command line has none"
        ),
        ("MAVA_BULK_NOTIFY_URL", "the webhook's address, where no option gives one"),
        ("MAVA_BULK_PING_URL", "the monitor's address, where no option gives one"),
        ("XDG_CONFIG_HOME", "where the user's configuration file is (~/.config)"),
        ("JOB_COMPLETION_INDEX", "the shard, from 0, for --shard auto/N"),
        ("MAVA_BULK_RUNS", "where the directories of runs are, where --runs-dir names none"),
        (
            "SSL_CERT_FILE, SSL_CERT_DIR",
            "certificate authorities to trust, where --ca-file names none"
        ),
        ("https_proxy, no_proxy", "the proxy, as curl takes it; never for loopback"),
        ("XDG_STATE_HOME", "where runs with one key share their quota (~/.local/state)"),
        ("TMPDIR", "where temporary files go"),
        (
            "CLICOLOR_FORCE, NO_COLOR",
            "colour also where there is no terminal, or no colour; CLICOLOR_FORCE wins, and --color wins over "
                + "both"
        ),
        (
            "MAVA_BULK_PAGER, PAGER",
            "the pager for long previews on a terminal (less -FRX); empty means none"
        ),
        ("TERM", "dumb means no colour, and no line that is redrawn"),
    ]

    private static let configurationPage = HelpPage(parts: [
        .heading("Configuration"),
        .paragraph(
            """
            An option counts first, then a variable, then .mava-bulk.json in the working directory, then
            mava-bulk/config.json in XDG_CONFIG_HOME (~/.config). `mava-bulk config` prints what counts
            and where it comes from.
            """),
        .list([
            ("keyFile", "the file that holds the API key; only in your own file, as the next five"),
            ("keyCredential", "the name of one of systemd's credentials that holds the key"),
            ("keyCommand", "a program and its arguments, without a shell; it prints the key"),
            ("keyVariable", "the variable that holds the key, such as MAVA_API_KEY"),
            ("baseURL, caFile", "as --base-url and --ca-file"),
            ("quota, quotaShare, concurrency", "as the options; concurrency is a number"),
            ("guards, runsDirectory, label", "as --guards, --runs-dir and --label"),
            ("hooks", "a list of EVENT=COMMAND, as --on; only in your own file, as the next two"),
            ("notifyFile, pingFile", "as --notify-file and --ping-file"),
            (
                "production",
                "true: previews say so, and the number of updates has to be typed, or given by --confirm"
            ),
            ("profiles", "objects by name with these members, for --profile and --profiles"),
        ]),
        .paragraph(
            """
            The file is one object with "version": 1. Paths are relative to the file. A profile comes
            before the defaults, and its key and address before MAVA_API_KEY and MAVA_BASE_URL. A profile
            with an address says where its key is, because the environment's may be another's.
            """),
    ])

    private static let controlPage = HelpPage(parts: [
        .heading("The control file"),
        .paragraph(
            """
            A run that sends reads the file `control` in its directory once a second. Its last line counts.
            `echo pause > RUN/control` writes it.
            """),
        .list([
            ("pause", "send no more updates; requests in flight finish"),
            ("resume", "send updates with the configured quota"),
            (
                "quota N/TIME",
                "send updates with this quota, which cannot be above the configured one"
            ),
            ("stop", "finish the requests in flight, write the report and end with 5"),
        ]),
        .paragraph(
            """
            An empty or missing file changes nothing, and other lines are ignored with a warning.
            docs/control.md has the details.
            """),
    ])

    private static let quotaPage = HelpPage(parts: [
        .heading("Quota"),
        .paragraph(
            """
            Mava lets a key send 90 requests in 30 seconds, all endpoints together. mava-bulk uses all of
            that, and never more: a permit is taken before each request and is free again one window after
            the answer.
            """),
        .heading("Several users of one key"),
        .list([
            (
                "on one machine",
                "runs with the same key and address share the quota by themselves, through a small file"
            ),
            (
                "on several machines", "give each a part: --quota-share 1/3, or 50%, or 0.5"
            ),
            (
                "another limit", "--quota 60/30s: requests, a slash, and a time with its unit"
            ),
            (
                "fewer at certain hours",
                "--quota '90/30s; Mon-Fri 08:00-18:00 Europe/Berlin 30/30s'"
            ),
        ]),
        .paragraph(
            """
            429, and 503 with Retry-After, pause all requests. --give-up-after (5m) says how long an outage
            or a pause is waited for before the command ends with 5; `mava-bulk resume last` then goes on
            with a run. Until Mava has answered once, a read is tried five times at most, because the
            address may be wrong.
            """),
    ])
}
