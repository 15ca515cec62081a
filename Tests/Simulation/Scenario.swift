import BulkSystem
import BulkExecution
import BulkPlan
import BulkTestSupport

/// One simulated world, made from a seed: the plan, the server's behaviour and the faults.
struct Scenario {
    /// How the server counts requests.
    enum Counting: CaseIterable {
        /// In consecutive windows, with a phase of its own.
        case fixed
        /// Over the last window, at every moment.
        case sliding
        /// By the generic cell rate algorithm: a bucket that drains steadily.
        case gcra
    }

    /// Which headers the server sends.
    enum Headers: CaseIterable {
        case none
        case draft6
        case draft8
        case xEpoch
        case zendesk
        case rubbish
    }

    let seed: UInt64
    var quota: Quota
    var counting: Counting
    var phase: Nanoseconds
    var headers: Headers
    var sendsRetryAfter: Bool
    /// The server's clock relative to ours: its offset, and how much faster it is in parts per million.
    var clockOffset: Nanoseconds
    var clockDrift: Int
    /// Steps of our time of day: when they happen, and their size in milliseconds.
    var clockSteps: [(at: Nanoseconds, by: Int64)] = []
    var latency: Nanoseconds
    var jitter: Nanoseconds
    /// The number of other users' requests with the same key in each window.
    var foreignPerWindow: Int
    /// Probabilities for each request, in thousandths.
    var errorBefore: Int
    var errorAfter: Int
    var lostBefore: Int
    var lostAfter: Int
    var silence: Int
    var unavailable: Int
    /// Answers outside the contract, before or after the update was done.
    var foreign: Int
    var outage: Range<Nanoseconds>?
    var rejectsKeyAt: Int?
    var killsAt: [Nanoseconds] = []
    /// When the run is asked to stop, and whether requests in flight are abandoned at once.
    var interruptsAt: [(at: Nanoseconds, isHard: Bool)] = []
    /// When a person has paused the run.
    var pauses: [Range<Nanoseconds>] = []
    /// The numbers of the journal writes that fail.
    var failingWrites: Set<Int> = []
    var stalls: [Range<Nanoseconds>] = []
    var settings = RunMachine.Settings()
    var tickets: [SimulatedTicket] = []
    var entries: [PlanEntry] = []
    /// New decisions for rows whose tickets have changed since the plan was made.
    var redecided: [Int: PlanEntry] = [:]

    /// Whether there are no faults and no other users of the key, so that the pace can be checked.
    var isUndisturbed: Bool

    var limit: Int { quota.requests }
    var window: Nanoseconds { Nanoseconds(quota.window) }

    init(seed: UInt64) {
        self.seed = seed
        var random = SeededGenerator(seed: seed)
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        func some(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

        isUndisturbed = chance(25)
        let disturbed = !isUndisturbed
        quota = Quota(requests: some(3...30), window: .milliseconds(some(2000...30_000)))
        counting = Counting.allCases.randomElement(using: &random) ?? .sliding
        phase = .random(in: 0..<Nanoseconds(quota.window), using: &random)
        headers = Headers.allCases.randomElement(using: &random) ?? .none
        sendsRetryAfter = chance(70)
        clockOffset = .milliseconds(some(-3_600_000...3_600_000))
        clockDrift = some(-200...200)
        latency = .milliseconds(some(2...(chance(20) ? 3000 : 300)))
        jitter = disturbed && chance(70) ? .milliseconds(some(0...1500)) : .zero
        foreignPerWindow = disturbed && chance(40) ? some(1...max(1, quota.requests * 2 / 3)) : 0
        let isFaulty = disturbed && chance(80)
        func rate(_ most: Int) -> Int { isFaulty && chance(50) ? some(0...most) : 0 }
        errorBefore = rate(150)
        errorAfter = rate(150)
        lostBefore = rate(120)
        lostAfter = rate(120)
        silence = rate(60)
        unavailable = rate(60)
        foreign = rate(200)
        settings.concurrency = isUndisturbed ? max(16, quota.requests) : some(1...24)
        if disturbed { disturb(&random) }
        makePlan(&random)
        if disturbed { redecide(&random) }
        // Random numbers of their own, so that the rest of a world does not depend on them.
        var pausing = SeededGenerator(seed: seed ^ 0x9E37_79B9_7F4A_7C15)
        if disturbed { pause(&pausing) }
        var schedule = SeededGenerator(seed: seed ^ 0xC2B2_AE3D_27D4_EB4F)
        if disturbed { limitHours(&schedule) }
    }

    /// Lets the run send in a few minutes, and again after a while.
    private mutating func limitHours(_ random: inout SeededGenerator) {
        guard Int.random(in: 0..<100, using: &random) < 15 else { return }
        func clock(_ minute: Int) -> String {
            // Simulations begin at 16:00.
            "\(16 + minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60)"
        }
        let first = Int.random(in: 0...2, using: &random)
        let end = first + Int.random(in: 1...3, using: &random)
        let second = end + Int.random(in: 1...90, using: &random)
        var windows = try? SendWindows([
            "\(clock(first))-\(clock(end)) UTC", "\(clock(second))-12:00 UTC",
        ])
        if Int.random(in: 0..<4, using: &random) == 0 { windows?.outside = .stop }
        settings.windows = windows
        settings.requestTimeout = Simulation.timeout
    }

    private mutating func pause(_ random: inout SeededGenerator) {
        guard Int.random(in: 0..<100, using: &random) < 25 else { return }
        var start = Nanoseconds.zero
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            start += .random(in: 0...(30 * .second), using: &random)
            let end = start + .random(in: 1...(600 * .second), using: &random)
            pauses.append(start..<end)
            start = end
        }
    }

    private mutating func disturb(_ random: inout SeededGenerator) {
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        func time(_ seconds: ClosedRange<Int>) -> Nanoseconds {
            .seconds(Int.random(in: seconds, using: &random))
        }
        if chance(15) {
            let start = time(0...60)
            outage = start..<(start + time(1...500))
        }
        if chance(5) { rejectsKeyAt = Int.random(in: 1...60, using: &random) }
        if chance(30) {
            killsAt = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                .random(in: 0...(90 * .second), using: &random)
            }
        }
        if chance(20) {
            interruptsAt = (0..<Int.random(in: 1...2, using: &random)).map { _ in
                (.random(in: 0...(60 * .second), using: &random), chance(30))
            }
        }
        settings.drain = time(0...12)
        if chance(10) {
            failingWrites = [
                .random(in: 1...20, using: &random), .random(in: 1...120, using: &random),
            ]
        }
        if chance(20) {
            let start = time(0...40)
            stalls = [start..<(start + time(1...60))]
        }
        if chance(30) {
            clockSteps = (0..<3).map { _ in
                (time(0...90), Int64.random(in: -86_400_000...86_400_000, using: &random))
            }
        }
        if chance(10) { settings.deadline = time(5...120) }
        if chance(10) { settings.maxFailures = Int.random(in: 0...5, using: &random) }
        if chance(10) { settings.canary = Int.random(in: 1...10, using: &random) }
    }

    private mutating func makePlan(_ random: inout SeededGenerator) {
        let count = Int.random(in: 5...90, using: &random)
        for row in 1...count {
            var ticket = SimulatedTicket(&random)
            let kind = Int.random(in: 0..<20, using: &random)
            if kind == 0 { ticket.isMissing = true }
            tickets.append(ticket)
            // Half of the ids are ObjectIds, as Mava's are.
            let digits = String(row)
            let id =
                row % 2 == 0
                ? "65f1a0b2c3d4e5f6" + String(repeating: "0", count: 8 - digits.count) + digits
                : "ticket-\(row)"
            if kind == 1 || kind == 2 {
                let disposition: Disposition = kind == 1 ? .unchanged : .invalid
                entries.append(
                    PlanEntry(row: row, line: row + 1, ticketID: id, disposition: disposition))
                continue
            }
            if kind == 3, let primary = entries.last(where: { $0.sendsRequest }) {
                var merged = primary
                merged.row = row
                merged.mergedInto = primary.row
                entries.append(merged)
                continue
            }
            let isUndiffed = kind < 6
            let changes = ticket.changes(includingEqual: isUndiffed, &random)
            entries.append(
                PlanEntry(
                    row: row, line: row + 1, ticketID: id, disposition: .update,
                    changes: changes, isUndiffed: isUndiffed))
        }
    }
}

extension Scenario {
    /// Changes some tickets after the plan was made, so that their rows are decided again.
    private mutating func redecide(_ random: inout SeededGenerator) {
        guard Int.random(in: 0..<100, using: &random) < 20 else { return }
        for entry in entries where entry.sendsRequest {
            guard Int.random(in: 0..<10, using: &random) == 0 else { continue }
            var changed = entry
            changed.disposition =
                [.conflict, .unchanged, .update].randomElement(using: &random) ?? .conflict
            redecided[entry.row] = changed
        }
    }
}

/// A ticket on the simulated server.
struct SimulatedTicket: Equatable {
    var status: String
    var priority: Int
    var category: String?
    var assignee: String?
    var isMissing = false
    /// The number of audit messages written for the ticket.
    var audits = 0

    init(_ random: inout SeededGenerator) {
        status = ["Open", "Pending", "Waiting"].randomElement(using: &random) ?? "Open"
        priority = Int.random(in: 1...3, using: &random)
        category = Bool.random(using: &random) ? "category-1" : nil
        assignee = Bool.random(using: &random) ? "agent-1" : nil
    }

    /// Makes changes to one to three fields that differ, and possibly to one that does not.
    func changes(includingEqual: Bool, _ random: inout SeededGenerator) -> [FieldChange] {
        var all: [FieldChange] = [
            FieldChange(field: .status, before: nil, after: .text("Resolved")),
            FieldChange(field: .priority, before: nil, after: .number(priority % 3 + 1)),
            FieldChange(field: .categoryID, before: nil, after: .text("category-2")),
            FieldChange(
                field: .assignedTo, before: nil, after: assignee == nil ? .text("agent-2") : .null),
        ]
        all.shuffle(using: &random)
        var chosen = Array(all.prefix(Int.random(in: 1...3, using: &random)))
        if includingEqual, !chosen.contains(where: { $0.field == .priority }) {
            chosen.append(FieldChange(field: .priority, before: nil, after: .number(priority)))
        }
        return chosen
    }

    /// Whether the ticket already holds a change's value.
    func holds(_ change: FieldChange) -> Bool {
        func text(_ value: String?) -> FieldValue { value.map(FieldValue.text) ?? .null }
        return switch change.field {
        case .status: .text(status) == change.after
        case .priority: .number(priority) == change.after
        case .categoryID: text(category) == change.after
        case .assignedTo: text(assignee) == change.after
        }
    }

    func hasSameFields(as other: SimulatedTicket) -> Bool {
        status == other.status && priority == other.priority && category == other.category
            && assignee == other.assignee
    }
}
