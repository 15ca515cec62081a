import BulkSystem

// The quota window decides. This file passes it the permits that other processes hold, and writes this
// process's permits to the ledger. Both happen while the ledger's file is locked, so two processes cannot
// acquire the same permit. The window and the ledger use two time scales. `offset` is the distance between
// them, measured at each exchange.

/// The quota of one key, with the part of it that other processes on this machine use.
///
/// It never waits: while another process has the ledger locked, the answer is to ask again in two milliseconds.
struct SharedQuota: Sendable {
    /// How soon to look again where another process may free a permit earlier than it promised.
    static let ledgerPoll = 50 * Nanoseconds.millisecond
    /// How long a process is counted as waiting after its last look.
    private static let longestWant = 4 * ledgerPoll
    /// How soon to look again when another process has the ledger's file locked.
    static let ledgerRetry = 2 * Nanoseconds.millisecond

    /// What this process has used, and what it knows of the others.
    private(set) var window: QuotaWindow
    private let ledger: QuotaLedger?
    private let longestRequest: Nanoseconds
    /// Whether an answer showed that the others' hints of long pauses are out of date, since the last exchange.
    private var endsHints = false
    /// The end of the others' last permit at the last exchange; `nil` before the first one.
    private var othersLast: Nanoseconds?
    /// Until when others that have ended can still be counted as waiting.
    private var waitsEndAt = Nanoseconds.max
    /// Until when the others are expected to go on: for a window after each sign that one of them is at work.
    private var othersGoOnUntil = Nanoseconds.min
    private var notices: [String] = []

    /// Starts with every permit of this process free.
    ///
    /// - Parameters:
    ///   - quota: The quota; `nil` lets everything through that hints and pauses allow.
    ///   - ledger: The budget shared with other processes on this machine, if there is one. Without a quota
    ///     it is not used: there is nothing to share.
    ///   - longestRequest: The most that a request can last.
    init(_ quota: Quota?, ledger: QuotaLedger?, longestRequest: Nanoseconds) {
        window = QuotaWindow(quota)
        self.ledger = quota == nil ? nil : ledger
        if self.ledger != nil { window.shareByDocumentation() }
        self.longestRequest = longestRequest
    }

    /// Whether there is a ledger, and so whether there can be notices.
    var hasLedger: Bool { ledger != nil }

    /// Why the ledger is no longer used, in words; `nil` while it is, or where there never was one.
    var problem: String? { ledger?.problem }

    /// Asks for a permit.
    ///
    /// - Parameter now: The time; never earlier than in any call before.
    /// - Returns: Whether the permit was taken, and if not, when to ask again.
    mutating func tryAcquire(at now: Nanoseconds) -> QuotaWindow.Decision {
        // Other processes must not leave permits to this one while it could not use them.
        if hasLedger, !window.isPaused(at: now), let wait = window.askedWait(at: now) {
            return wait
        }
        guard let ledger else { return window.tryAcquire(at: now) }
        var decision = QuotaWindow.Decision.wait(until: now + Self.ledgerRetry, .quota)
        let offset = ledger.now - now
        let exchange = ledger.exchange { view in
            learn(from: view, offset, at: now)
            // Others wait and we have more than our part: leave the next permit to them.
            let part = max(1, window.limit / (view.others + 1))
            if view.waiting > 0, window.used(at: now) >= part {
                decision = .wait(until: now + Self.ledgerPoll, .others)
            } else {
                decision = window.tryAcquire(at: now)
                noteProbe(decision, at: now)
            }
            var share = makeShare(offset, at: now)
            if case .wait(let until, let reason) = decision {
                share.wantsUntil = now + offset + Self.longestWant
                // What the others hold may become free earlier than they could promise.
                if !view.permits.isEmpty, reason != .paused {
                    let poll = now + Self.ledgerPoll
                    decision = .wait(until: min(until ?? poll, poll), reason)
                }
            }
            return share
        }
        guard exchange == .lost else { return decision }
        window.replaceSiblings([])
        return window.tryAcquire(at: now)
    }

    /// Bounds this process's own requests beside the quota; none for the quota alone.
    mutating func limit(to quotas: [Quota]) { window.limit(to: quotas) }

    /// Sets which of a timetable's lower quotas hold now.
    mutating func schedule(_ quotas: [Quota], longest: Nanoseconds) {
        window.schedule(quotas, longest: longest)
    }

    /// Gives back a permit whose request was never sent.
    ///
    /// - Parameter now: The time.
    mutating func giveBack(at now: Nanoseconds) {
        window.giveBack()
        publish(at: now)
    }

    /// Notes that a request is over, and what its answer says about the quota.
    ///
    /// - Parameters:
    ///   - reading: What its answer says; `nil` where there was none.
    ///   - now: When the answer was complete.
    mutating func complete(_ reading: QuotaReading?, at now: Nanoseconds) {
        window.complete(at: now)
        if let reading { obey(reading, at: now) }
        publish(at: now)
    }

    /// New notices for the operator, in words; each notice is returned once.
    ///
    /// The ledger's own notices come first.
    mutating func consumeNotices() -> [String] {
        defer { notices = [] }
        return (ledger?.consumeNotices() ?? []) + notices
    }

    private mutating func obey(_ reading: QuotaReading, at now: Nanoseconds) {
        window.observe(reading.hints, at: now)
        if reading.isBusy {
            window.pause(for: reading.retryAfter, at: now)
        } else {
            if window.hintedPause(at: now) != nil { endsHints = true }
            window.noteAnswer()
        }
    }

    // MARK: The ledger

    private mutating func noteProbe(_ decision: QuotaWindow.Decision, at now: Nanoseconds) {
        guard decision == .granted, window.isProbe, let until = window.hintedPause(at: now)
        else { return }
        notices.append(
            "an earlier command was asked to wait, for \(Words.wait(seconds: (until - now).wholeSeconds)) from "
                + "now; one request is sent to see whether that still holds")
    }

    private mutating func learn(
        from view: LedgerView, _ offset: Nanoseconds, at now: Nanoseconds
    ) {
        if view.hintedUntil > .min, !endsHints {
            window.heedHint(until: view.hintedUntil - offset)
        }
        window.remember(for: view.permits.reduce(.zero) { max($0, $1.span) })
        // The permits of a process that has ended are the same at each exchange, and become fewer.
        let last = view.permits.reduce(.min) { max($0, $1.until) }
        if othersLast == nil { waitsEndAt = now + Self.longestWant }
        let isOneWaiting = view.waiting > 0 && now > waitsEndAt
        if isOneWaiting || othersLast.map({ last > $0 }) == true {
            othersGoOnUntil = now + window.window
        }
        othersLast = last
        window.replaceSiblings(
            view.permits.map { $0.freed(after: window.window) - offset },
            goingOnUntil: othersGoOnUntil)
        if view.pausedUntil > .min { window.heedPause(until: view.pausedUntil - offset) }
    }

    /// The entries of this process for the ledger; outdated hints are reported once.
    private mutating func makeShare(_ offset: Nanoseconds, at now: Nanoseconds) -> LedgerShare {
        var share = LedgerShare()
        let span = window.remembered
        share.permits = window.expiries(inFlightUntil: now + longestRequest, after: span, at: now)
            .map { LedgerPermit(until: $0 + offset, span: span) }
        if window.isPaused(at: now) {
            let end = window.pauseEnd
            if end - now > QuotaWindow.longestSharedPause {
                share.hintedUntil = end + offset
            } else {
                share.pausedUntil = end + offset
            }
        }
        share.endsHints = endsHints
        endsHints = false
        return share
    }

    /// Writes changes to the ledger; if another process has it locked, the next permit writes them.
    private mutating func publish(at now: Nanoseconds) {
        guard let ledger else { return }
        let offset = ledger.now - now
        _ = ledger.exchange { view in
            learn(from: view, offset, at: now)
            return makeShare(offset, at: now)
        }
    }
}
