import BulkExecution
import BulkPlanning
import BulkTickets
import Testing

@testable import mava_bulk

@Suite("The progress as a bar, at every width")
struct ProgressLineTests {
    private static let waits: [WaitReason] = [
        .none, .answers, .quota, .others, .paused, .backOff, .localShortage, .outage, .draining,
        .pausedByControl, .window,
    ]

    /// A run in the middle.
    private static var run: RunProgress {
        var progress = RunProgress()
        progress.total = 1902
        progress.done = 412
        progress.failed = 3
        progress.quota = .mava
        progress.quotaInForce = .mava
        progress.timeUntilSent = .seconds(480)
        progress.waiting = .quota
        progress.timeToWait = .seconds(12)
        progress.retries = 5
        return progress
    }

    @Test(
        "What a run shows at a terminal of 20, 40, 80, 120 and 200 columns",
        arguments: [
            (19, "412/1,902, 3 failed"),
            (39, "412/1,902, 3 failed, 8 min left, quota"),
            (79, "[####----------------]  412/1,902, 3 failed, 2.9/s, 8 min left, quota (12 s)"),
            (
                119,
                "[######------------------------]  412/1,902 done, 3 failed, 2.9/s of 3.0/s, "
                    + "8 min left, waiting for the quota (12 s)"
            ),
            (
                199,
                "[######------------------------]  412/1,902 done, 3 failed, 2.9/s of 3.0/s, "
                    + "8 min left, 5 retried, waiting for the quota (12 s)"
            ),
        ])
    func widths(columns: Int, line: String) {
        #expect(ProgressLine(Self.run, rate: 2.93).text(columns: columns) == line)
    }

    @Test("What planning and reading show", arguments: [39, 79])
    func reading(columns: Int) {
        func text(
            _ planning: PlanProgress?, _ reading: ReadingProgress? = nil, _ wait: WaitReason = .none
        ) -> String? {
            ProgressLine(planning, reading, waiting: (wait, .seconds(12)))?.text(columns: columns)
        }
        let isWide = columns > 40
        #expect(text(nil) == nil)
        #expect(text(.readingRows(65_536)) == "reading the rows: 65,536")
        #expect(text(.writingRows(131_072)) == "writing the plan: 131,072 rows")
        #expect(
            text(.readingTickets(pages: 12, found: 4500, wanted: 9000))
                == (isWide
                    ? "reading the tickets: [##########----------]  4,500/9,000 found, 12 pages"
                    : "reading the tickets: 4,500/9,000 found"))
        var reading = ReadingProgress()
        reading.pages = 12
        reading.seen = 1140
        reading.taken = 40
        #expect(
            text(nil, reading, .quota)
                == (isWide
                    ? "reading the tickets: 1,140 seen, 40 taken, waiting for the quota (12 s)"
                    : "reading the tickets: 1,140 seen, quota"))
    }

    /// The words of a line, without numbers and punctuation.
    private static let words: Set<Substring> = [
        "done", "failed", "left", "retried", "at", "most", "min", "s", "h", "d", "of", "quota",
        "others",
        "paused", "trying", "again", "machine", "short", "Mava", "is", "down", "last", "answers",
        "waiting",
        "for", "the", "who", "use", "key", "because", "asked", "to", "before", "another", "try",
        "this",
        "descriptors", "memory", "or", "ports", "work", "reading", "rows", "tickets", "writing",
        "plan",
        "by", "control", "file", "hours", "window", "found", "pages", "page", "seen", "taken",
        "row",
    ]

    private static func expectRight(_ line: ProgressLine, _ columns: Int) {
        let text = line.text(columns: columns)
        #expect(text.count <= columns && !text.isEmpty, "\(columns): \(text)")
        #expect(text.utf8.count == text.count, "each character has one column")
        let letters = text.split { !$0.isLetter }
        let strange = letters.filter { !words.contains($0) }
        #expect(strange.isEmpty, "\(columns): \(text)")
        let bar = text.firstMatch(of: /\[#*-*\]/)
        #expect(text.contains("[") == (bar != nil), "\(columns): \(text)")
    }

    @Test(
        "No state of a run is longer than the line, and words are whole, at widths from 19 to 200")
    func everyWidth() {
        for wait in Self.waits {
            for (done, total) in [
                (0, 0), (0, 1), (1, 1), (412, 1902), (999_999, 1_000_000), (3, nil),
                (123_456_789, 987_654_321),
            ] {
                for (failed, rate) in [(0, nil), (3, 2.93), (1_000_000, 12_345.6), (1, 0.01)] {
                    var progress = Self.run
                    (progress.done, progress.total) = (done, total)
                    (progress.failed, progress.waiting) = (failed, wait)
                    if failed == 1 { progress.quotaInForce = nil }
                    let line = ProgressLine(progress, rate: rate)
                    for columns in 19...200 { Self.expectRight(line, columns) }
                    // The most important parts are there from 40 columns on.
                    let narrow = line.text(columns: 39)
                    #expect(narrow.first?.isNumber == true || narrow.hasPrefix("["))
                    if failed > 0, done < 10_000_000 {
                        #expect(narrow.contains("failed"), "\(narrow)")
                    }
                }
            }
        }
    }

    @Test("No state of planning or reading is longer than the line, at widths from 19 to 200")
    func everyWidthOfReading() {
        for wait in Self.waits {
            for count in [0, 1, 65_536, 1_000_000] {
                var reading = ReadingProgress()
                (reading.pages, reading.seen, reading.taken) = (count / 100, count, count / 2)
                let lines = [
                    ProgressLine(.readingRows(count), waiting: (wait, .seconds(7000))),
                    ProgressLine(
                        .readingTickets(pages: 1, found: count / 3, wanted: count),
                        waiting: (wait, nil)),
                    ProgressLine(.writingRows(count), waiting: nil),
                    ProgressLine(nil, reading, waiting: (wait, .seconds(12))),
                ].compactMap { $0 }
                #expect(lines.count == 4)
                for line in lines {
                    for columns in 19...200 { Self.expectRight(line, columns) }
                }
            }
        }
    }

    @Test("A bar is full only at the end, and never changes its length at one width")
    func bar() {
        for columns in [39, 79, 119] {
            var lengths: Set<Int> = []
            for done in 0...200 {
                var progress = RunProgress()
                progress.total = 200
                progress.done = done
                let text = ProgressLine(progress).text(columns: columns)
                let bar = text.prefix { $0 != " " }
                lengths.insert(bar.count)
                #expect(bar.contains("-") == (done < 200), "\(text)")
            }
            #expect(lengths.count == 1)
        }
    }

    @Test("The rate is that of the last window of the quota")
    func rate() {
        var rate = RequestRate()
        var progress = Self.run
        func note(_ seconds: Int, _ requests: Int) -> Double? {
            progress.elapsed = .seconds(seconds)
            progress.requests = requests
            return rate.note(progress)
        }
        #expect(note(0, 0) == nil)
        #expect(note(1, 90) == nil, "the window is not over")
        #expect(note(29, 90) == nil)
        #expect(note(30, 90) == 3)
        #expect(note(31, 180) == 3)
        #expect(note(60, 180) == 3)
        #expect(note(61, 180) == 0, "no request in 30 seconds")
        #expect(note(0, 0) == nil, "a run that is resumed begins again")
    }

    @Test("A run that makes no progress is reported ever less often")
    func quiet() {
        var quiet = QuietTime()
        var progress = Self.run
        func turns(_ count: Int) -> [Int] {
            (0..<count).filter { _ in quiet.speaks(progress, atMost: 20) }
        }
        #expect(turns(65) == [0, 1, 2, 4, 8, 16, 20, 40, 60])
        progress.done += 1
        #expect(turns(1) == [0])
        progress.waiting = .window
        #expect(turns(4) == [0, 1, 2])
    }

    @Test("The measurements of a rate are few, also in a long window")
    func measurements() {
        var rate = RequestRate()
        var progress = Self.run
        progress.quotaInForce = Quota("5000/2h")
        for turn in 0...5000 {
            progress.elapsed = .milliseconds(200 * turn)
            progress.requests = turn
            let value = rate.note(progress)
            #expect((value != nil) == (turn >= 600))
            if let value { #expect(abs(value - 5) < 0.1) }
        }
        #expect(rate.count <= 258)
    }
}
