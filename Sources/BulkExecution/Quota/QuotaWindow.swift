// The rule on which "no 429 by construction" rests, for maintainers:
//
// A permit is held from before the request is sent until one whole window after its answer was
// complete. The server counts the request at some moment between those two. Consider any period of the
// server's clock that is no longer than the window, and the first and the last request counted in it.
// The first one's permit is still held when the last one is sent, and so are the permits of all requests
// between them. So no such period holds more requests than there are permits. This is true for a fixed and
// for a sliding window, and for any network delay. Freeing a permit any earlier breaks it. `complete`
// must therefore be given the time *after* the answer, never the time of sending.

package import BulkSystem

/// The quota as a pure state machine: says when a request may be sent, and holds no clock.
package struct QuotaWindow: Sendable {
    /// No pause is longer, so that sums of times cannot overflow.
    private static let longestPause = 10 * 365 * 86_400 * Nanoseconds.second

    /// The window's answer to a task that wants to send.
    package enum Decision: Hashable, Sendable {
        /// Send now; the permit is taken.
        case granted
        /// Ask again at this time, or, where there is none, when an answer has come.
        case wait(until: Nanoseconds?, Reason)
    }

    /// Why nothing may be sent now.
    package enum Reason: Hashable, Sendable {
        /// Our own requests have used the quota.
        case quota
        /// Others' requests with this key have used it.
        case others
        /// The server asked for a pause.
        case paused
    }

    /// A bound on the requests in a window, beside the one we were given.
    struct Bound {
        var limit: Int
        var window: Nanoseconds
    }

    /// A bound that the server's answers speak of, and others' share in its use.
    struct Hinted {
        var bound: Bound
        var others = 0
        var othersUntil = Nanoseconds.min
    }

    let own: Bound
    /// What Mava documents for all users of a key together, where our own quota is within it but shorter.
    private var documented: Bound?
    /// How long answers are remembered for other processes, whose windows may be longer than ours.
    private(set) var remembered: Nanoseconds
    /// Lower bounds on this process's own requests, which people asked for.
    private(set) var asked: [Bound] = []
    /// The lower quotas of a timetable that hold now, and the longest window of any of its quotas.
    private(set) var scheduled: [Bound] = []
    private var longestScheduled = Nanoseconds.zero
    /// What the server allows by its documentation: what a hint without a limit is measured by.
    let documentedLimit: Int?
    let nominalWindow: Nanoseconds
    var hinted: [Hinted] = []
    var pausedUntil = Nanoseconds.min
    private var pausesInARow = 0
    /// Until when a pause lasts that is only a hint: one request shows whether it does.
    private var hintedPause = Nanoseconds.min
    private var isProbing = false
    var inFlight = 0
    /// When the answers came, oldest first, kept while any bound counts them.
    var completions: ArraySlice<Nanoseconds> = []
    /// When other processes on this machine used permits, oldest first: for a request in flight, its latest end.
    var siblings: [Nanoseconds] = []
    /// Until when they are expected to use as many again, which estimates alone depend on.
    var siblingsGoOnUntil = Nanoseconds.min

    /// Starts with every permit free.
    ///
    /// The window is taken one two-thousandth longer than given: two clocks that are being slewed can
    /// differ by that much (500 ppm, the most that NTP slews).
    ///
    /// - Parameter quota: The quota; `nil` lets everything through that hints and pauses allow.
    package init(_ quota: Quota?) {
        nominalWindow = Nanoseconds((quota ?? .mava).window)
        documentedLimit = quota?.requests
        if let quota {
            own = Bound(limit: quota.share, window: Self.widened(nominalWindow))
        } else {
            own = Bound(limit: .max, window: .millisecond)
        }
        remembered = own.window
    }

    /// Keeps to what Mava documents for all users of a key together, where our own quota is within it.
    ///
    /// A process that sends 30 requests in 10 s by itself never sends more than 90 in 30 s. Together with others it
    /// could, because it counts what they sent for 10 s only.
    mutating func shareByDocumentation() {
        let bound = Bound(
            limit: Quota.mava.requests, window: Self.widened(Nanoseconds(Quota.mava.window)))
        guard own.window < bound.window, uses(within: bound.window) <= Double(bound.limit)
        else { return }
        documented = bound
        remember(for: bound.window)
    }

    /// Remembers answers for processes with a longer window, unless they are too many.
    ///
    /// - Parameter span: How long.
    mutating func remember(for span: Nanoseconds) {
        guard span > remembered, uses(within: span) <= 10_000 else { return }
        remembered = span
    }

    /// How many requests our own quota allows in a span, in the long run.
    private func uses(within span: Nanoseconds) -> Double {
        Double(own.limit) * Double(span.count) / Double(own.window.count)
    }

    private static func widened(_ window: Nanoseconds) -> Nanoseconds { window + window / 2000 }

    /// Whether the server's requested pause still lasts.
    package func isPaused(at now: Nanoseconds) -> Bool { now < pausedUntil }

    /// The permits that are not free now, ours only.
    package func used(at now: Nanoseconds) -> Int { count(within: own.window, at: now) }

    /// Bounds this process's own requests beside the quota.
    ///
    /// Answers that came before count only as far as the quota itself still counts them.
    ///
    /// - Parameter quotas: The bounds; none for the quota alone.
    package mutating func limit(to quotas: [Quota]) {
        asked = quotas.map {
            Bound(limit: $0.share, window: Self.widened(Nanoseconds($0.window)))
        }
    }

    /// Sets which of a timetable's lower quotas hold now.
    ///
    /// - Parameters:
    ///   - quotas: The quotas.
    ///   - longest: The longest window of any quota of the timetable: answers are remembered for so long.
    package mutating func schedule(_ quotas: [Quota], longest: Nanoseconds) {
        scheduled = quotas.map {
            Bound(limit: $0.share, window: Self.widened(Nanoseconds($0.window)))
        }
        longestScheduled = Self.widened(longest)
    }

    /// When to ask again while a bound that a person asked for holds back; `nil` while none does.
    func askedWait(at now: Nanoseconds) -> Decision? {
        let waits = asked.compactMap { check($0, 0, .min, besideSiblings: false, at: now) }
        return waits.first.map { waits.dropFirst().reduce($0, Self.later) }
    }

    /// Asks for a permit.
    ///
    /// - Parameter now: The time; never earlier than in any call before.
    /// - Returns: Whether the permit was taken, and if not, when to ask again.
    package mutating func tryAcquire(at now: Nanoseconds) -> Decision {
        forget(before: now)
        if now < pausedUntil { return .wait(until: pausedUntil, .paused) }
        // The answer to the probe decides for all.
        if isProbing { return .wait(until: nil, .paused) }
        if let wait = askedWait(at: now) { return wait }
        var waits = hinted.compactMap { check($0.bound, $0.others, $0.othersUntil, at: now) }
        waits += scheduled.compactMap { check($0, 0, .min, at: now) }
        if let documented, let wait = check(documented, 0, .min, at: now) { waits.append(wait) }
        if let wait = check(own, 0, .min, at: now) { return waits.reduce(wait, Self.later) }
        guard let first = waits.first else {
            inFlight += 1
            isProbing = now < hintedPause
            return .granted
        }
        return waits.dropFirst().reduce(first, Self.later)
    }

    /// Gives back a permit whose request was never sent.
    package mutating func giveBack() {
        inFlight -= 1
        isProbing = false
    }

    /// Notes that a request is over, so that its permit becomes free one window from now.
    ///
    /// - Parameter now: When the answer was complete; for a request that timed out, its deadline.
    package mutating func complete(at now: Nanoseconds) {
        inFlight -= 1
        // A probe without an answer shows nothing: the next request is a probe, too.
        isProbing = false
        var index = completions.endIndex
        while index > completions.startIndex, completions[index - 1] > now { index -= 1 }
        completions.insert(now, at: index)
    }

    /// Notes an answer that does not ask to wait.
    package mutating func noteAnswer() {
        pausesInARow = 0
        hintedPause = .min
    }

    /// Notes an answer that asks to wait (429, or 503 with a time): nothing is sent until then.
    ///
    /// Where it does not say how long, the pause is a second and doubles with every pause that brought
    /// nothing, up to one window. Answers to requests that were sent before the pause began do not
    /// count as a pause of their own.
    ///
    /// - Parameters:
    ///   - retryAfter: How long it asks to wait; `nil` where it does not say.
    ///   - now: When the answer was complete.
    package mutating func pause(for retryAfter: Nanoseconds?, at now: Nanoseconds) {
        let isNew = now >= pausedUntil
        let doubled = min(.seconds(1 << min(pausesInARow, 20)), max(nominalWindow, .second))
        let shortest = pausesInARow == 0 && retryAfter != nil ? .zero : doubled
        if isNew { pausesInARow += 1 }
        let wanted = max(retryAfter ?? .zero, isNew ? shortest : .zero)
        pausedUntil = max(pausedUntil, now + min(wanted, Self.longestPause))
    }

    /// When the permits in use become free; permits of requests in flight count until `inFlightUntil`.
    ///
    /// - Parameters:
    ///   - inFlightUntil: When the requests in flight are over for certain.
    ///   - span: The window by which they become free; `nil` for our own.
    ///   - now: The time.
    /// - Returns: A time for each permit.
    package func expiries(
        inFlightUntil: Nanoseconds, after span: Nanoseconds? = nil, at now: Nanoseconds
    ) -> [Nanoseconds] {
        let span = span ?? own.window
        return completions[firstIndex(within: span, at: now)...].map { $0 + span }
            + Array(repeating: inFlightUntil + span, count: inFlight)
    }

    /// Until when the server asked us to wait.
    package var pauseEnd: Nanoseconds { pausedUntil }

    /// Obeys a pause that the server asked another process for.
    package mutating func heedPause(until time: Nanoseconds) {
        pausedUntil = max(pausedUntil, time)
    }

    /// The longest pause that also binds processes that the server did not ask for it.
    ///
    /// Otherwise one wrong header could lock the key for all later commands.
    package static let longestSharedPause = 900 * Nanoseconds.second

    /// Records a pause that the server asked another process for, and that is too long to be obeyed unchecked:
    /// one request is sent to see whether it still applies.
    package mutating func heedHint(until time: Nanoseconds) { hintedPause = max(hintedPause, time) }

    /// Until when a pause lasts that is only a hint; `nil` when there is none.
    package func hintedPause(at now: Nanoseconds) -> Nanoseconds? {
        now < hintedPause ? hintedPause : nil
    }

    /// Whether the last permit is that of a request which shows whether a long pause still holds.
    package var isProbe: Bool { isProbing }

    /// The permits that there are.
    package var limit: Int { own.limit }

    /// The window's length, with the allowance for clocks that differ.
    var window: Nanoseconds { own.window }

    /// Sets when the permits of other processes on this machine become free, by our own window.
    ///
    /// - Parameters:
    ///   - expiries: The times.
    ///   - end: Until when the processes are expected to use as many again; for those that have ended, not at all.
    package mutating func replaceSiblings(
        _ expiries: [Nanoseconds], goingOnUntil end: Nanoseconds = .min
    ) {
        siblingsGoOnUntil = end
        siblings = expiries.map { $0 - own.window }.sorted()
    }

    /// Learns what an answer says about the server's count; it can lower the quota and never raise it.
    ///
    /// Numbers that make no sense (a limit below 1, more left than allowed, a reset or a window
    /// outside of 0 to 2 of our windows) are ignored. An answer that says nothing changes nothing.
    ///
    /// - Parameters:
    ///   - hints: The numbers, once for each bound that the answer speaks of.
    ///   - now: When the answer was complete, after ``complete(at:)`` was called for it.
    package mutating func observe(_ hints: [QuotaHint], at now: Nanoseconds) {
        let understood = hints.compactMap { understand($0, at: now) }
        if !understood.isEmpty { hinted = understood }
    }

    private func understand(_ hint: QuotaHint, at now: Nanoseconds) -> Hinted? {
        let longest = 2 * nominalWindow
        let window = hint.window ?? nominalWindow
        guard window > .zero, window <= longest, let limit = hint.limit ?? documentedLimit,
            limit > 0,
            hint.limit != nil || hint.remaining != nil
        else { return nil }
        var result = Hinted(bound: Bound(limit: limit, window: Self.widened(window)))
        let reset = hint.resetAfter ?? window
        guard let remaining = hint.remaining, remaining >= 0, remaining <= limit, reset >= .zero,
            reset <= longest
        else { return hint.limit == nil ? nil : result }
        let counted = result.bound.window
        let ours = count(within: counted, at: now) + siblings.count { $0 + counted > now }
        result.others = max(0, limit - remaining - ours)
        result.othersUntil = now + reset
        return result
    }

    // MARK: Counting

    private func count(within window: Nanoseconds, at now: Nanoseconds) -> Int {
        inFlight + completions.endIndex - firstIndex(within: window, at: now)
    }

    func firstIndex(within window: Nanoseconds, at now: Nanoseconds) -> Int {
        completions.indices.partitionPoint { completions[$0] + window <= now }
    }

    private func check(
        _ bound: Bound, _ others: Int, _ othersUntil: Nanoseconds, besideSiblings: Bool = true,
        at now: Nanoseconds
    ) -> Decision? {
        let sibling =
            besideSiblings
            ? siblings.indices.partitionPoint { siblings[$0] + bound.window <= now }
            : siblings.endIndex
        let first = firstIndex(within: bound.window, at: now)
        let ours = inFlight + completions.endIndex - first + siblings.endIndex - sibling
        guard ours + others >= bound.limit else { return nil }
        var times: [Nanoseconds] = []
        if first < completions.endIndex { times.append(completions[first] + bound.window) }
        if sibling < siblings.endIndex { times.append(siblings[sibling] + bound.window) }
        if others > 0 { times.append(othersUntil) }
        return .wait(until: times.min(), ours >= bound.limit ? .quota : .others)
    }

    /// What has to be waited for when two bounds hold back; one that only an answer can lift has no time.
    private static func later(_ left: Decision, _ right: Decision) -> Decision {
        guard case .wait(let a, _) = left, case .wait(let b, _) = right else { return left }
        guard let a else { return right }
        guard let b else { return left }
        return a >= b ? left : right
    }

    private mutating func forget(before now: Nanoseconds) {
        for index in hinted.indices where now >= hinted[index].othersUntil {
            hinted[index].others = 0
        }
        let ours = asked.reduce(max(remembered, longestScheduled)) { max($0, $1.window) }
        let longest = hinted.reduce(ours) { max($0, $1.bound.window) }
        let expired = siblings.prefix { $0 + longest <= now }.count
        if expired > 0 { siblings.removeFirst(expired) }
        let kept = firstIndex(within: longest, at: now)
        guard kept > completions.startIndex else { return }
        completions = completions[kept...]
        // A slice holds on to what it has dropped: start afresh when most of it is that.
        if kept > 64, kept > 2 * completions.count { completions = ArraySlice(Array(completions)) }
    }
}
