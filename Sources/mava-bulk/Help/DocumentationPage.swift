/// A page of the documentation that help names, as a path below the package's folder.
struct DocumentationPage: Sendable {
    /// For whom pages are written.
    enum Reader: String, CaseIterable, Sendable {
        case guides = "Guides of ten minutes"
        case operation = "To run it"
        case guarantees = "To know what it guarantees"
    }

    let path: String
    let summary: String
    /// The commands whose help names the page; two words name a command alone, one word its subcommands, too.
    let commands: [String]

    private init(_ path: String, _ summary: String, for commands: [String] = []) {
        self.path = path
        self.summary = summary
        self.commands = commands
    }

    /// The pages that the help of a command names.
    static func pages(of command: CommandSpecification) -> [DocumentationPage] {
        all.flatMap(\.pages).filter { page in
            page.commands.contains { command.name == $0 || command.name.hasPrefix($0 + " ") }
        }
    }

    /// All pages, in the order in which the help lists them.
    static let all: [(reader: Reader, pages: [DocumentationPage])] = [
        (
            .guides,
            [
                .init("docs/guides/migration.md", "hand the tickets of agents to others"),
                .init("docs/guides/nightly.md", "clean up every night, with alerts"),
                .init(
                    "docs/guides/approval.md", "preview, have it approved, apply",
                    for: ["plan approve"]),
            ]
        ),
        (
            .operation,
            [
                .init(
                    "docs/operations.md", "alerts, resuming, what to keep, dashboards, quota",
                    for: ["resume"]),
                .init("docs/troubleshooting.md", "by message"),
                .init("docs/security.md", "the key, TLS, what is stored where and for how long"),
                .init("docs/packages.md", "tarball, Debian package, image, sums", for: ["version"]),
                .init(
                    "docs/command-line.md", "help, forms of options, JSON, completions",
                    for: ["help", "completions"]),
                .init(
                    "docs/configuration.md", "files with settings, profiles, keys from programs",
                    for: ["config", "check"]),
                .init("docs/reference.md", "every command and option"),
                .init("docs/error-codes.md", "every code, and what to do", for: ["explain"]),
                .init(
                    "docs/planning.md", "what a row can change, names, merging, snapshots",
                    for: ["plan", "apply"]),
                .init("docs/guards.md", "limits, rules and protected tickets", for: ["schema"]),
                .init(
                    "docs/approval.md", "who approved a plan, and signatures",
                    for: ["plan approve", "plan decline"]),
                .init(
                    "docs/export.md", "tickets as a file, counts, look-ups",
                    for: ["export", "agents", "categories", "lookups"]),
                .init("docs/selecting.md", "choosing rows, columns and values"),
                .init("docs/conditions.md", "the language of --where", for: ["export"]),
                .init("docs/reading.md", "which forms of CSV and JSON Lines are accepted"),
                .init("docs/reports.md", "the files of a run", for: ["apply", "report"]),
                .init("docs/runs.md", "list, show, find and prune runs", for: ["runs"]),
                .init(
                    "docs/history.md", "whether runs still hold, and undoing them",
                    for: ["verify", "undo"]),
                .init("docs/retry.md", "rows of a run tried again", for: ["retry"]),
                .init("docs/exit-codes.md", "what each one means"),
                .init(
                    "docs/events.md", "what happens in a run, for programs",
                    for: ["apply", "resume"]),
                .init(
                    "docs/hooks.md", "your own commands when something happens",
                    for: ["apply", "resume"]),
                .init(
                    "docs/notification.md", "messages to chats, webhooks and monitors",
                    for: ["apply"]),
                .init("docs/compatibility.md", "what later versions keep", for: ["schema"]),
                .init("docs/scaling.md", "how long runs take, several hosts and keys"),
                .init(
                    "docs/schedules.md", "the hours in which a run may send, and how fast",
                    for: ["apply", "resume"]),
                .init("docs/signals.md", "what Ctrl-C and SIGTERM do", for: ["resume"]),
                .init(
                    "docs/control.md", "pausing, slowing down and stopping a run",
                    for: ["apply", "resume"]),
                .init("docs/sandbox.md", "a local Mava to rehearse against", for: ["sandbox"]),
            ]
        ),
        (
            .guarantees,
            [
                .init("docs/lifecycle-of-a-row.md", "one row from the file to the report"),
                .init("docs/execution.md", "quota, retries, what an answer means", for: ["apply"]),
                .init("docs/journal.md", "what is written around each request", for: ["resume"]),
                .init("docs/plan-file.md", "format, id, checks, leaving rows out", for: ["plan"]),
                .init("docs/transport.md", "TLS, proxies, time-outs"),
                .init("docs/benchmarks.md", "measurements and their commands"),
            ]
        ),
    ]
}
