package import BulkSystem
import BulkExecution
import BulkPlan
import BulkTestSupport
import MavaAPI

// A simulated world of events, without tasks and without waiting. The run's side is the program's own code:
// `RunDriver`, which `RunLoop` drives in the program, `QuotaWindow`, the parsing of answers, and the
// journal's index. The other side is a model of the server and of the network. The same seed gives the same
// sequence of events.

/// One simulated run of a plan with all its interruptions and resumptions, until it is finished.
package struct Simulation {
    /// The result of a simulation.
    package struct Report: Hashable, Sendable {
        /// The requests that reached the server.
        package var arrivals = 0
        /// Those that were refused because the quota was used up.
        package var refusals = 0
        /// The number of parts in which the run was performed.
        package var sessions = 0
        /// The number of requests that were abandoned.
        package var abandoned = 0
        /// The number of failed journal writes.
        package var journalFailures = 0
        /// How often the run waited because it was paused.
        package var pauses = 0
        /// How long the run took, in simulated time.
        package var duration = Nanoseconds.zero
        /// Descriptions of all broken promises; empty when all were kept.
        package var violations: [String] = []
    }

    enum Event {
        /// A request reaches the server.
        case arrive(Int)
        /// An answer, or the end of waiting for it, reaches the run.
        case answer(Int, Answer)
        /// A timer of the run fires.
        case wake(session: Int)
        /// Another user uses the key.
        case foreign
        case kill
        case interrupt(isHard: Bool)
        case pause(Bool)
        /// The run is resumed.
        case resume
    }

    private static let mostSessions = 12

    let scenario: Scenario
    var random: SeededGenerator
    var server: ServerModel
    var queue = EventQueue<Event>()
    var now = Nanoseconds.zero
    var flights: [Flight] = []
    /// The journal lines that are written.
    var lines: [JournalLine] = []
    /// The number of journal writes.
    var writes = 0
    var report = Report()

    /// The number of parts of the run that have started.
    var session = 0
    /// The process that performs this part; `nil` between two parts.
    var process: Process?
    /// The permits of this part.
    var window: QuotaWindow
    /// When the permits of the run's earlier parts become free, from the ledger.
    var held: [Nanoseconds] = []
    var peakInFlight = 0
    var lastReason: StopReason?

    /// Makes a world.
    ///
    /// - Parameter seed: The seed of all random choices.
    package init(seed: UInt64) {
        scenario = Scenario(seed: seed)
        random = SeededGenerator(seed: seed ^ 0xD1B5_4A32_D192_ED03)
        server = ServerModel(scenario)
        window = QuotaWindow(scenario.quota)
    }

    /// Runs the simulation.
    ///
    /// - Returns: The result.
    package mutating func run() -> Report {
        for time in scenario.killsAt { queue.put(.kill, at: time) }
        for (time, isHard) in scenario.interruptsAt {
            queue.put(.interrupt(isHard: isHard), at: time)
        }
        for pause in scenario.pauses {
            queue.put(.pause(true), at: pause.lowerBound)
            queue.put(.pause(false), at: pause.upperBound)
        }
        if scenario.foreignPerWindow > 0 { queue.put(.foreign, at: foreignGap()) }
        startSession()
        var events = 0
        while let (time, event) = queue.consume() {
            now = time
            events += 1
            if events > 200_000 {
                report.violations.append("the run does not come to an end")
                break
            }
            handle(event)
            if process == nil, isOver { break }
        }
        report.arrivals = server.arrivals.count
        report.refusals = server.refusals
        report.sessions = session
        report.duration = now
        check()
        return report
    }

    var isOver: Bool {
        lastReason == .finished || session >= Self.mostSessions
    }

    private mutating func foreignGap() -> Nanoseconds {
        let mean = scenario.window / scenario.foreignPerWindow
        return .random(in: 1...(2 * mean), using: &random)
    }

    // MARK: Events

    private mutating func handle(_ event: Event) {
        switch event {
        case .arrive(let number): arrive(number)
        case .answer(let number, let answer):
            guard flights[number].session == session, process != nil else { return }
            if postponed(event) { return }
            hear(answer, of: number)
            drive()
        case .wake(let number):
            guard number == session, process != nil else { return }
            if postponed(event) { return }
            process?.wakeAt = nil
            drive()
        case .foreign:
            server.admitForeign(at: now)
            queue.put(.foreign, at: now + foreignGap())
        case .kill:
            guard process != nil else { return }
            kill()
        case .interrupt(let isHard):
            guard process != nil else { return }
            interrupt(isHard: isHard)
        case .pause(let isPaused):
            guard process != nil else { return }
            pause(isPaused)
        case .resume: startSession()
        }
    }

    /// Postpones an event for a process that is stopped or swapped out, and returns whether it did.
    private mutating func postponed(_ event: Event) -> Bool {
        guard let stall = scenario.stalls.first(where: { $0.contains(now) }) else { return false }
        queue.put(event, at: stall.upperBound)
        return true
    }
}
