import BulkSystem
import MavaBulk
import Synchronization

// What is seen of a session while it lasts: the progress line, and what goes into the events.

extension CommandSession {
    /// Adds the run's progress to the events each second, and each change of what it waits for.
    func reportEvents() async {
        guard let events = console.events else { return }
        var (turn, last) = (0, WaitReason.none)
        var quiet = QuietTime()
        while !Task.isCancelled {
            do { try await Task.sleep(for: .milliseconds(200)) } catch { break }
            turn += 1
            let (planning, run) = state.withLock { ($0.planning, $0.progress) }
            let progress = run.map { $0() }
            let wait = progress.map { ($0.waiting, $0.timeToWait) } ?? connection?.readWait
            let reason: WaitReason = wait.map { $0.0 == .answers ? .none : $0.0 } ?? .none
            let place =
                progress.map { WaitWatch.Place(done: $0.done, failed: $0.failed) }
                ?? WaitWatch.Place(done: planning?.pagesRead ?? 0)
            events.waits(for: reason, remaining: wait?.1, at: place)
            if reason != last { events.wait(reason, remaining: wait?.1) }
            last = reason
            if turn % 5 == 0, let progress, quiet.speaks(progress, atMost: 60) {
                events.progress(progress)
            }
        }
        // The end of the work ends its wait.
        if last != .none { events.wait(.none, remaining: nil) }
    }

    /// Redraws the line five times a second on a terminal, and prints one every 30 seconds elsewhere.
    func showProgress() async {
        guard !console.isQuiet else { return }
        let isDrawn = console.messages.redraws
        // Where no line can be redrawn, one comes every 30 seconds; waits are noticed earlier where they are wanted.
        let pause: Duration = isDrawn || console.isVerbose ? .milliseconds(200) : .seconds(30)
        let turns = isDrawn || !console.isVerbose ? 1 : 150
        var turn = 0
        var wait: WaitReason?
        var rate = RequestRate()
        var quiet = QuietTime()
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: pause)
            } catch {
                return
            }
            turn += 1
            if console.isVerbose { say(&wait) }
            guard turn % turns == 0 else { continue }
            let (planning, reading, progress) = state.withLock {
                ($0.planning, $0.reading, $0.progress)
            }
            let trouble = console.lastTrouble.withLock { $0 }
            if isDrawn {
                let line =
                    progress.map { run in
                        let progress = run()
                        return ProgressLine(progress, rate: rate.note(progress), trouble)
                    } ?? ProgressLine(planning, reading, waiting: connection?.readWait, trouble)
                if let line { console.messages.show(progress: line) }
            } else {
                let progress = progress.map { $0() }
                // A line every 30 seconds of a night of waiting would fill a log.
                if let progress, !quiet.speaks(progress, atMost: 20) { continue }
                let line =
                    progress.map { ProgressText.line($0, trouble) }
                    ?? ProgressText.line(
                        planning, reading, waiting: connection?.readWait, trouble)
                if let line { console.say(line) }
            }
        }
    }

    /// Says what the run or the reading waits for, each time that this changes.
    private func say(_ last: inout WaitReason?) {
        let progress = state.withLock { $0.progress }.map { $0() }
        let now: (reason: WaitReason, remaining: Duration?)? =
            progress.map { ($0.waiting, $0.timeToWait) } ?? connection?.readWait
        guard now?.reason != last else { return }
        last = now?.reason
        let trouble = console.lastTrouble.withLock { $0 }
        if let text = now.flatMap({ ProgressText.wait($0, trouble) }) { console.detail(text) }
    }
}

/// Decides how often a run that makes no progress is reported.
struct QuietTime {
    private var last: (numbers: [Int], wait: WaitReason) = ([], .none)
    private var turns = 0

    /// Notes how far the run is.
    ///
    /// - Parameters:
    ///   - progress: How far it is.
    ///   - most: After how many turns without progress at most it is reported again.
    /// - Returns: Whether it is reported: when something changed, and ever less often while nothing does.
    mutating func speaks(_ progress: RunProgress, atMost most: Int) -> Bool {
        let numbers = [
            progress.done, progress.failed, progress.requests, progress.retries, progress.inFlight,
        ]
        turns = numbers == last.numbers && progress.waiting == last.wait ? turns + 1 : 0
        last = (numbers, progress.waiting)
        // After 1, 2, 4, … turns, and then always after the most.
        return turns & (turns - 1) == 0 && turns < most || turns % most == 0
    }
}

extension PlanProgress {
    /// The pages of tickets that were read so far.
    fileprivate var pagesRead: Int {
        if case .readingTickets(let pages, _, _) = self { pages } else { 0 }
    }
}
