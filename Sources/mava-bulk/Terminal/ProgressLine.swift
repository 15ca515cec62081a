import BulkSystem
import MavaBulk

/// The progress on a terminal: a bar and its numbers, on one line of any width.
///
/// Where the line is too short for everything, whole parts are left out, the least important first.
/// ``pieces(columns:)`` is asked at each drawing, so the line follows the terminal's width.
struct ProgressLine: Hashable, Sendable {
    /// A piece of the line, with the colour that it has where messages are coloured.
    struct Piece: Hashable, Sendable {
        var text: String
        /// An SGR parameter; `nil` for the terminal's own colour.
        var colour: String?
    }

    /// A part with its forms, the shortest first.
    private struct Part: Hashable, Sendable {
        var forms: [String]
        var colour: String?

        init(_ forms: String?..., colour: String? = nil) {
            self.forms = forms.compactMap { $0 }
            self.colour = colour
        }
    }

    /// What the parts are, in the order of the line.
    private enum Place: Int, CaseIterable {
        case lead, bar, done, failed, rate, left, retried, wait
    }

    /// The order in which parts, and their longer forms, get room.
    private static let importance: [(place: Place, form: Int)] = [
        (.done, 0), (.done, 1), (.failed, 0), (.wait, 0), (.lead, 0), (.left, 0), (.bar, 0),
        (.wait, 1), (.rate, 0), (.rate, 1), (.wait, 2), (.done, 2), (.retried, 0),
    ]

    private var parts: [Place: Part] = [:]
    /// The share that is done, from 0 to 1; `nil` without a known total.
    private var share: Double?

    /// The line as plain text.
    func text(columns: Int) -> String { pieces(columns: columns).map(\.text).joined() }

    /// The pieces of a line that has at most so many columns; none where there is no room for any part.
    func pieces(columns: Int) -> [Piece] {
        var parts = parts
        if let share { parts[.bar] = Part(Self.bar(share, columns), colour: "32") }
        var chosen: [Place: Int] = [:]
        func length() -> Int {
            Place.allCases.reduce(-1) { sum, place in
                guard let form = chosen[place], let part = parts[place] else { return sum }
                return sum + part.forms[form].count + (sum < 0 ? 1 : Self.gap)
            }
        }
        for (place, form) in Self.importance {
            guard let part = parts[place], form < part.forms.count else { continue }
            let before = chosen[place]
            chosen[place] = form
            if length() > columns { chosen[place] = before }
        }
        var pieces: [Piece] = []
        var previous: Place?
        for place in Place.allCases {
            guard let form = chosen[place], let part = parts[place] else { continue }
            if let previous { pieces.append(Piece(text: Self.separator(after: previous))) }
            pieces.append(Piece(text: part.forms[form], colour: part.colour))
            previous = place
        }
        return pieces
    }

    /// The columns between two parts.
    private static let gap = 2

    private static func separator(after place: Place) -> String {
        switch place {
        case .lead: ": "
        case .bar: "  "
        default: ", "
        }
    }

    /// A bar such as `[####--]`: a quarter of the terminal's width, at most 30 cells, and 6 in a narrow terminal.
    ///
    /// Its length depends on the width alone, so that it does not change with the numbers beside it.
    private static func bar(_ share: Double, _ columns: Int) -> String {
        let cells = columns < 60 ? 6 : min(30, (columns + 1) / 4)
        // Only a full bar means that all is done.
        let full = min(cells, Int(Double(cells) * share))
        return "[" + String(repeating: "#", count: full)
            + String(repeating: "-", count: cells - full) + "]"
    }
}

extension ProgressLine {
    /// The line of a run: for example `[####----]  412/1,902 done, 3 failed, 2.9/s of 3.0/s, 8 min left`.
    ///
    /// - Parameters:
    ///   - progress: The run's progress.
    ///   - rate: The requests sent each second; `nil` while too little time has passed to say.
    ///   - trouble: Why the last request failed; `nil` where it did not.
    init(_ progress: RunProgress, rate: Double? = nil, _ trouble: String? = nil) {
        let done = Words.number(progress.done)
        if let total = progress.total {
            share = Self.share(progress.done, of: total)
            let counts = "\(done)/\(Words.number(total))"
            parts[.done] = Part(Self.percent(progress.done, of: total), counts, "\(counts) done")
        } else {
            parts[.done] = Part(done, "\(done) done")
        }
        if progress.failed > 0 {
            parts[.failed] = Part("\(Words.number(progress.failed)) failed", colour: "31")
        }
        parts[.rate] = Self.rate(rate, progress.quotaInForce)
        if let left = progress.timeLeft, left >= .seconds(1) {
            parts[.left] = Part("\(ProgressText.duration(left)) left")
        }
        if progress.retries > 0 {
            parts[.retried] = Part("\(Words.number(progress.retries)) retried")
        }
        parts[.wait] = Self.wait((progress.waiting, progress.timeToWait), trouble)
    }

    /// The line of a plan in the making, or of tickets that are read; `nil` where there is nothing to show.
    ///
    /// - Parameters:
    ///   - progress: What planning does; `nil` where nothing is planned, or nothing is known yet.
    ///   - reading: What is read for an export or a count; `nil` for another command.
    ///   - waiting: What the reads wait for, and the remaining time; `nil` while they do not wait.
    ///   - trouble: Why the last request failed; `nil` where it did not.
    init?(
        _ progress: PlanProgress?, _ reading: ReadingProgress? = nil,
        waiting: (reason: WaitReason, remaining: Duration?)?, _ trouble: String? = nil
    ) {
        switch progress {
        case .readingRows(let count):
            parts[.lead] = Part("reading the rows")
            parts[.done] = Part(Words.number(count))
        case .readingTickets(let pages, let found, let wanted):
            parts[.lead] = Part("reading the tickets")
            let counts = "\(Words.number(found))/\(Words.number(wanted))"
            parts[.done] = Part(Self.percent(found, of: wanted), counts, "\(counts) found")
            parts[.retried] = Part(Words.counted(pages, "page"))
            share = Self.share(found, of: wanted)
        case .writingRows(let count):
            parts[.lead] = Part("writing the plan")
            parts[.done] = Part(Words.number(count), Words.rows(count))
        case nil: break
        }
        if progress == nil, let reading {
            parts[.lead] = Part("reading the tickets")
            parts[.done] = Part(Words.number(reading.seen), "\(Words.number(reading.seen)) seen")
            parts[.left] = Part("\(Words.number(reading.taken)) taken")
            parts[.retried] = Part(Words.counted(reading.pages, "page"))
        }
        parts[.wait] = waiting.flatMap { Self.wait($0, trouble) }
        if parts.isEmpty { return nil }
    }

    private static func share(_ done: Int, of total: Int) -> Double {
        total > 0 ? min(1, Double(max(0, done)) / Double(total)) : 1
    }

    private static func percent(_ done: Int, of total: Int) -> String {
        "\(Int(share(done, of: total) * 100))%"
    }

    /// The requests each second, beside what the quota allows.
    private static func rate(_ rate: Double?, _ quota: Quota?) -> Part? {
        let most = quota.map { Double($0.share) / ($0.window / .seconds(1)) }
        return switch (rate, most) {
        case (let rate?, let most?):
            Part(perSecond(rate), "\(perSecond(rate)) of \(perSecond(most))")
        case (let rate?, nil): Part(perSecond(rate))
        case (nil, let most?): Part("at most \(perSecond(most))")
        case (nil, nil): nil
        }
    }

    /// For example `2.9/s`; from 100 on without a fraction, and below 0.1 by the minute.
    private static func perSecond(_ rate: Double) -> String {
        if rate > 0, rate < 0.1 { return "\(tenths(rate * 60))/min" }
        return (rate < 100 ? tenths(rate) : Words.number(Int(rate.rounded()))) + "/s"
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// The reason for waiting: in two words where there is no room for more.
    private static func wait(
        _ wait: (reason: WaitReason, remaining: Duration?), _ trouble: String?
    ) -> Part? {
        guard let long = ProgressText.wait(wait, trouble) else { return nil }
        let short: String =
            switch wait.reason {
            case .none, .answers: ""
            case .quota: "quota"
            case .others: "others"
            case .paused: "paused"
            case .pausedByControl: "control file"
            case .window: "--window"
            case .backOff: "trying again"
            case .localShortage: "machine short"
            case .outage: "Mava is down"
            case .draining: "last answers"
            }
        let time = wait.remaining.map { " (\(ProgressText.duration($0)))" } ?? ""
        return Part(short, short + time, long, colour: "33")
    }
}
