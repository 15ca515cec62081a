package import BulkSystem

extension QuotaWindow {
    /// The quota in force: the configured one, lowered by the server's answers, by other users of the
    /// key, by the permits of other runs and by a person.
    ///
    /// - Parameter now: The time.
    /// - Returns: The bound that lets the fewest requests through; `nil` where there is no bound.
    package func inForce(at now: Nanoseconds) -> Quota? {
        let slowest = estimates(at: now).min { $0.requestsPerSecond < $1.requestsPerSecond }
        return slowest.map { estimate in
            var quota = Quota(
                requests: max(estimate.documented, estimate.capacity),
                window: Duration(estimate.nominalWindow))
            quota.share = estimate.capacity
            return quota
        }
    }

    /// How long it takes until the last of so many requests may be sent, when each is sent as soon as it may
    /// be and answered at once.
    ///
    /// It falls by a second a second while the requests wait.
    ///
    /// - Parameters:
    ///   - requests: The requests that are left to be sent.
    ///   - now: The time.
    /// - Returns: The time; `nil` where there is no bound.
    package func timeUntilSent(_ requests: Int, at now: Nanoseconds) -> Duration? {
        guard requests > 0 else { return .zero }
        let times = estimates(at: now).map { estimate in
            let slot = (requests - 1) % estimate.capacity
            let first = max(freeTime(slot, of: estimate, at: now), pausedUntil, now)
            let rounds = (requests - 1) / estimate.capacity
            return Duration(first - now) + Duration(estimate.bound.window) * rounds
        }
        return times.max()
    }

    /// A bound with what is left of it for us.
    private struct Estimate {
        var bound: Bound
        /// Its limit without others' share, and its window without the margin, as the person knows them.
        var documented: Int
        var nominalWindow: Nanoseconds
        /// The permits that are ours, at least one.
        var capacity: Int
        /// When a permit becomes free where others have taken all.
        var notBefore: Nanoseconds = .min
        /// When processes that have ended used permits, oldest first: each is ours as soon as it is free.
        var ended: [Nanoseconds] = []

        var requestsPerSecond: Double { Double(capacity) / Double(bound.window.count) }
    }

    /// A window without the margin of a two-thousandth, in whole milliseconds.
    private static func nominal(_ widened: Nanoseconds) -> Nanoseconds {
        let milliseconds = (Double(widened.count) / 1.0005 / 1e6).rounded()
        return .milliseconds(max(1, Int(milliseconds)))
    }

    private func estimates(at now: Nanoseconds) -> [Estimate] {
        var result: [Estimate] = []
        if own.limit < .max {
            let held = siblings.filter { $0 + own.window > now }
            var estimate = Estimate(
                bound: own, documented: documentedLimit ?? own.limit, nominalWindow: nominalWindow,
                capacity: own.limit)
            if now >= siblingsGoOnUntil {
                estimate.ended = held
            } else {
                estimate.capacity = max(1, own.limit - held.count)
                // Others can hold more permits than our quota has, where theirs is higher.
                if held.count >= own.limit {
                    estimate.notBefore = held[held.count - own.limit] + own.window
                }
            }
            result.append(estimate)
        }
        for bound in scheduled + asked {
            result.append(
                Estimate(
                    bound: bound, documented: bound.limit,
                    nominalWindow: Self.nominal(bound.window), capacity: bound.limit))
        }
        for hint in hinted {
            let others = now < hint.othersUntil ? hint.others : 0
            let isFull = others >= hint.bound.limit
            result.append(
                Estimate(
                    bound: hint.bound, documented: hint.bound.limit,
                    nominalWindow: Self.nominal(hint.bound.window),
                    capacity: max(1, hint.bound.limit - others),
                    notBefore: isFull ? hint.othersUntil : .min))
        }
        return result
    }

    /// When the permits in use leave room for the request in this place of those that are left.
    private func freeTime(
        _ slot: Int, of estimate: Estimate, at now: Nanoseconds
    ) -> Nanoseconds {
        let window = estimate.bound.window
        var uses = completions[firstIndex(within: window, at: now)...]
        if !estimate.ended.isEmpty { uses = (uses + estimate.ended).sorted()[...] }
        // Below 0 for a permit that is free already.
        let index = slot + uses.count + inFlight - estimate.capacity
        guard index >= 0 else { return max(now, estimate.notBefore) }
        let time = index < uses.count ? uses[uses.startIndex + index] : now
        return max(time + window, estimate.notBefore)
    }
}
