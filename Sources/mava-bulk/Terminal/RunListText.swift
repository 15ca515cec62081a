import BulkHistory
import BulkSystem
import MavaBulk

/// Past runs as text for a terminal of 80 columns.
enum RunListText {
    private static let barWidth = 10
    private static let nameWidth = 27

    /// A run in a list: a line with its name, age, bar, rows and state, and a line with the numbers.
    ///
    /// The columns begin at the same places in all runs.
    static func lines(_ run: PastRun, now: Int) -> String {
        let rows = run.rows.map(Words.rows) ?? ""
        // A name that is too long for its column has a line of its own.
        let name = TerminalText.value(run.name)
        let isLong = TerminalText.width(name) >= nameWidth
        let first =
            (isLong ? name + "\n" : "") + (isLong ? "" : name).padded(to: nameWidth)
            + age(run, now: now).padded(to: 13)
            + bar(run).padded(to: barWidth + 3) + rows.padded(to: 16) + run.state.rawValue
        let parts =
            [
                run.label.map { "\"\(TerminalText.value($0))\"" },
                run.shard.map { "shard \($0.index)/\($0.count)" }, numbers(run),
            ]
            + relations(run) + [run.problem.map(TerminalText.sentence)]
        let second = parts.compactMap { $0 }.joined(separator: ", ")
        return first + "\n" + (second.isEmpty ? "" : "    \(second)\n")
    }

    /// A run on a page of its own, with what can be done next.
    static func page(_ run: PastRun, now: Int) -> String {
        let who = [run.starter.user, run.starter.host].compactMap { $0 }.joined(separator: "@")
        let command = run.starter.command.map { $0.map(ShellWord.quoted).joined(separator: " ") }
        let facts: [(String, String?)] = [
            ("run", run.name), ("label", run.label), ("state", run.state.rawValue),
            ("plan", run.plan), ("input", run.input),
            ("shard", run.shard.map { "\($0.index) of \($0.count)" }),
            ("began", run.startedAt.map { "\($0), \(age(run, now: now))" }),
            ("ended", run.finishedAt),
            ("pruned", run.prunedAt.map { "\($0), \(size(run.bytesRemoved ?? 0)) given back" }),
            ("report", run.reportSHA256.map { "SHA-256 \($0)" }), ("by", who.isEmpty ? nil : who),
            ("command", command),
            ("job", run.starter.job), ("tool", run.tool), ("directory", run.path),
            ("problem", run.problem),
        ]
        var lines = facts.compactMap { name, value in
            value.map {
                // A command and a path are copied, so nothing is put into them.
                let isExact = ["command", "directory"].contains(name)
                return name.padded(to: 11)
                    + (isExact ? TerminalText.escaped($0) : TerminalText.value($0))
            }
        }
        if let rows = run.rows {
            lines.append("rows".padded(to: 11) + "\(Words.number(rows))  \(bar(run))")
            for outcome in Outcome.allCases where run[outcome] > 0 {
                lines.append(
                    "".padded(to: 11) + "\(Words.number(run[outcome])) \(outcome.rawValue)")
            }
        }
        if let sent = run.updatesSent {
            lines.append("updates".padded(to: 11) + "\(Words.number(sent)) sent")
        }
        lines += relations(run).map { "".padded(to: 11) + $0 }
        if run.state == .resumable {
            lines.append("go on with: " + NextCommand.resume(run.path))
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// A number of bytes in a readable unit, such as `1.4 MB`.
    static func size(_ bytes: Int) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        guard bytes >= 1000 else { return bytes == 1 ? "1 byte" : "\(bytes) bytes" }
        var tenths = bytes * 10
        var unit = 0
        while tenths >= 10_000, unit < units.count - 1 {
            tenths = (tenths + 500) / 1000
            unit += 1
        }
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// How the rows ended, ten characters wide: `#` updated, `=` left as they were, `!` not as asked, `.` not sent.
    static func bar(_ run: PastRun) -> String {
        guard let rows = run.rows, rows > 0 else { return "" }
        let parts: [(Character, [Outcome])] = [
            ("#", [.updated]), ("=", [.unchanged, .excluded]),
            ("!", [.invalid, .conflict, .held, .failed, .unknown]), (".", [.unsent]),
        ]
        let counts = parts.map { mark, outcomes in (mark, outcomes.reduce(0) { $0 + run[$1] }) }
        // A kind with any row shows at least once.
        var widths = counts.map { $0.1 == 0 ? 0 : max(1, barWidth * $0.1 / rows) }
        let widest = widths.indices.max { widths[$0] < widths[$1] } ?? 0
        widths[widest] += barWidth - widths.reduce(0, +)
        let text = zip(counts, widths).map { String(repeating: $0.0, count: max(0, $1)) }
        return "[" + text.joined() + "]"
    }

    private static func numbers(_ run: PastRun) -> String? {
        let parts = Outcome.allCases.filter { run[$0] > 0 }.map {
            "\(Words.number(run[$0])) \($0.rawValue)"
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private static func relations(_ run: PastRun) -> [String] {
        var texts: [String] = []
        if let follows = run.follows {
            let names = follows.runs.map { TerminalText.value($0.name) }.joined(separator: ", ")
            texts.append((follows.kind == .undo ? "undoes " : "retries ") + names)
        }
        if let name = run.undoneBy.first {
            let redone = run.redone.map { ", \(TerminalText.escaped($0))" }
            texts.append(
                (run.isPartlyUndone ? "partly undone by " : "undone by ")
                    + TerminalText.value(name) + (redone ?? ""))
        }
        if let name = run.retriedBy.first {
            texts.append("retried by \(TerminalText.value(name))")
        }
        return texts
    }

    /// How long ago it began, such as `20 min ago`.
    static func age(_ run: PastRun, now: Int) -> String {
        guard let began = run.startedAt.flatMap(microsecondsSince1970) else { return "" }
        let seconds = Int64(now) - began / 1_000_000
        // Somebody put the clock forward, or back since.
        if seconds < -60 { return "in the future" }
        return seconds < 1 ? "now" : Words.wait(seconds: seconds) + " ago"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - TerminalText.width(self)))
    }
}
