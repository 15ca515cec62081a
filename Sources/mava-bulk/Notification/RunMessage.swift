import BulkSystem
import MavaBulk

/// A message about a run, in the form that chat programs and plain webhooks take.
struct RunMessage: Sendable {
    /// What changed.
    enum State: String, Sendable {
        case started, waiting
        case goingOn = "going_on"
        case refused, stopped, finished

        /// The message of a command's last event; `nil` for an event that is none.
        init?(_ event: HookEvent) {
            switch event {
            case .refused: self = .refused
            case .stopped: self = .stopped
            case .finished: self = .finished
            case .planned, .started, .waiting, .canary: return nil
            }
        }
    }

    /// The command and its plan, which all messages of a command have.
    struct Subject: Sendable {
        var command: String
        var host: String
        var profile: String?
        var label: String?
        var input: String?
        var plan: String?
        var updates: Int?
        /// The largest groups of equal changes.
        var groups: [(tickets: Int, change: String)] = []
        /// The tickets in further groups.
        var otherTickets = 0
        var directory: String?
    }

    /// The most groups that a message lists.
    static let mostGroups = 5
    /// The most characters of an error, or of a group's changes.
    private static let longest = 300

    var state: State
    var subject: Subject
    var time: Int64
    /// What the run waits for, or why it ended.
    var reason: String?
    /// What the run waits for, in words.
    var wait: String?
    var exitCode: ExitCode?
    var counts: OutcomeCounts?
    var failure: CommandFailure?

    init(_ state: State, of subject: Subject, at time: Int64) {
        self.state = state
        self.subject = subject
        self.time = time
    }

    /// The message as a JSON object on one line.
    ///
    /// - Parameter form: The form that its receiver takes.
    /// - Returns: The object.
    func json(as form: Form) -> String {
        let object = form == .teams ? card : JSONValue.object(members)
        return TerminalText.escapedJSON(object.line)
    }

    private var members: [(name: String, value: JSONValue)] {
        var members: [(name: String, value: JSONValue)] = [
            ("text", .text(text)), ("event", .text(state.rawValue)),
            ("time", .text(CivilTime.iso8601(millisecondsSince1970: time))),
            ("tool", .text("mava-bulk \(ToolVersion.current)")),
            ("command", .text(subject.command)), ("host", .text(subject.host)),
        ]
        func add(_ name: String, _ text: String?) {
            if let text { members.append((name, .text(text))) }
        }
        add("profile", subject.profile)
        add("label", subject.label)
        add("input", subject.input)
        add("plan", subject.plan)
        if let updates = subject.updates { members.append(("updates", .number(updates))) }
        add("directory", subject.directory)
        add("reason", reason)
        if let exitCode { members.append(("exitCode", .number(Int(exitCode.rawValue)))) }
        if let counts {
            members.append(
                (
                    "outcomes",
                    .object(Outcome.allCases.map { ($0.rawValue, .number(counts[$0])) })
                ))
        }
        if !subject.groups.isEmpty {
            let groups = subject.groups.map {
                JSONValue.object([("tickets", .number($0.tickets)), ("change", .text($0.change))])
            }
            members.append(("groups", .list(groups)))
        }
        if let failure {
            members.append(
                (
                    "error",
                    .object([
                        ("code", .text(failure.name)),
                        ("message", .text(Self.short(failure.message))),
                    ])
                ))
        }
        return members
    }

    /// The message for people: what happened, the largest groups of changes, and where the run is.
    var text: String { lines.joined(separator: "\n") }

    /// The lines of the text, none of which steers a terminal or a chat.
    var lines: [String] {
        let name = [subject.command, subject.input].compactMap { $0 }.joined(separator: " ")
        let source = (subject.profile.map { "profile \($0), " } ?? "") + subject.host
        var lines = ["mava-bulk \(name) (\(source)): \(news)"]
        if state != .waiting, state != .goingOn {
            lines += subject.groups.map { "\(Words.number($0.tickets)) × \($0.change)" }
            if subject.otherTickets > 0 {
                lines.append("and other changes of \(Words.tickets(subject.otherTickets))")
            }
        }
        lines = lines.map { TerminalText.sentence($0) }
        // A path is copied, so nothing is put into it.
        if let directory = subject.directory {
            lines.append(TerminalText.escaped("run: \(directory)"))
        }
        return lines.map(Self.plain)
    }

    private var news: String {
        switch state {
        case .started:
            "started" + (subject.updates.map { ", \(Words.counted($0, "update")) to send" } ?? "")
        case .waiting: wait ?? "waiting"
        case .goingOn: "goes on"
        case .refused: "nothing was sent" + ending
        case .stopped: "stopped before its end" + ending
        case .finished: "finished" + ending
        }
    }

    /// How the command ended: its code, its counts, and its error.
    private var ending: String {
        var text = exitCode.map { $0 == .success ? "" : ", exit code \($0.rawValue)" } ?? ""
        if let reason, state == .stopped { text += " (\(reason))" }
        if let counts {
            let parts = Outcome.allCases.filter { counts[$0] > 0 }.map {
                "\(Words.number(counts[$0])) \($0.rawValue)"
            }
            if !parts.isEmpty {
                text += "; \(Words.rows(counts.rows)): \(parts.joined(separator: ", "))"
            }
        }
        if let failure { text += ": " + Self.short(failure.message) }
        return text
    }

    /// A line in which a name such as `<!channel>` notifies no one in a chat.
    private static func plain(_ line: String) -> String {
        line.replacing("<", with: "‹").replacing(">", with: "›")
    }

    private static func short(_ text: String) -> String {
        text.count <= longest ? text : text.prefix(longest) + "…"
    }

    /// The largest groups of a plan's changes.
    static func groups(of summary: PlanSummary) -> [(tickets: Int, change: String)] {
        summary.groups.prefix(mostGroups).map { group in
            (group.tickets, short(group.changes.map(\.plainText).joined(separator: ", ")))
        }
    }
}
