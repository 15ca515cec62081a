import BulkPlan
package import MavaAPI

/// The progress of reading tickets.
public struct ReadingProgress: Hashable, Sendable {
    /// The number of pages requested.
    public var pages = 0
    /// The number of tickets that Mava listed, each counted once.
    public var seen = 0
    /// The number of these tickets that passed the filter.
    public var taken = 0

    /// Starts at zero.
    public init() {}
}

/// Reads all tickets that pass a filter, page by page.
package struct TicketReader: Sendable {
    /// What to do after a ticket.
    package enum Step { case goOn, stop }

    /// When reading starts if no time is given: 2015-01-01T00:00:00Z, before Mava existed.
    package static let earliest: Int64 = 1_420_070_400
    /// The largest expected difference between the clocks of Mava and of this machine, in seconds.
    private static let clockSlack: Int64 = 86_400

    package let source: any TicketPageSource
    package let filter: TicketFilter

    package init(_ source: any TicketPageSource, _ filter: TicketFilter) {
        self.source = source
        self.filter = filter
    }

    /// Reads the tickets.
    ///
    /// A ticket that passes the filter during the whole reading is taken exactly once.
    ///
    /// - Parameters:
    ///   - now: The current time, in seconds since 1970.
    ///   - progress: Called after each page.
    ///   - take: Takes a ticket and returns whether to continue.
    /// - Returns: How much was read.
    /// - Throws: What the source and `take` throw, and `ClientError` when tickets change too fast to be read.
    package func read(
        now: Int64, progress: (ReadingProgress) -> Void,
        take: (ListedTicket) throws -> Step
    ) async throws -> Result {
        var state = State()
        let range = range(now: now)
        guard range.start < range.end else { return state.result(of: filter) }
        if let ids = filter.ids {
            // Tickets are searched at the times inside their ids first, and then in a wider range around
            // them.
            for slack in [Int64(30), 86_400] {
                let missing = ids.filter { !state.found.contains($0) }
                let windows = Self.windows(missing, slack, in: range)
                if try await sweep(windows, &state, progress, take) == .stop { break }
            }
        } else {
            _ = try await sweep([range], &state, progress, take)
        }
        return state.result(of: filter)
    }

    /// The result of a reading.
    package struct Result: Sendable {
        package var progress: ReadingProgress
        /// The tickets that were requested by id and not listed.
        package var missing: Set<TicketID> = []
    }

    private struct State {
        var seen = TicketIDSet()
        /// The wanted tickets that were found, if ids were given.
        var found: Set<TicketID> = []
        var progress = ReadingProgress()

        func result(of filter: TicketFilter) -> Result {
            Result(progress: progress, missing: filter.ids?.subtracting(found) ?? [])
        }
    }

    private func sweep(
        _ windows: [ListingSweep.Window], _ state: inout State,
        _ progress: (ReadingProgress) -> Void, _ take: (ListedTicket) throws -> Step
    ) async throws -> Step {
        var sweep = ListingSweep(windows)
        while let request = sweep.next() {
            try Task.checkCancellation()
            var query = TicketQuery(
                start: Int(request.window.start), end: Int(request.window.end),
                limit: request.limit, skip: request.skip)
            filter.narrow(&query)
            let page = try await source.page(query)
            state.progress.pages += 1
            var sightings: [ListingSweep.Sighting] = []
            sightings.reserveCapacity(page.tickets.count)
            var isStopped = false
            for ticket in page.tickets {
                let isNew = state.seen.insert(ticket.id)
                sightings.append(
                    ListingSweep.Sighting(
                        id: ticket.id, createdAt: ticket.createdMicroseconds, isNew: isNew))
                guard isNew else { continue }
                state.progress.seen += 1
                if filter.ids?.contains(ticket.id) == true { state.found.insert(ticket.id) }
                guard !isStopped, filter.matches(ticket) else { continue }
                state.progress.taken += 1
                isStopped = try take(ticket) == .stop
            }
            progress(state.progress)
            if isStopped { return .stop }
            do throws(ListingSweep.Unreadable) {
                try sweep.observe(sightings, entries: page.tickets.count, total: page.total)
            } catch {
                throw ClientError(code: .unexpectedAnswer, message: "\(error)")
            }
        }
        return .goOn
    }

    /// The range of creation times to read.
    private func range(now: Int64) -> ListingSweep.Window {
        func second(_ microseconds: Int64, _ rounding: FloatingPointRoundingRule) -> Int64 {
            Int64((Double(microseconds) / 1e6).rounded(rounding))
        }
        let start =
            filter.createdFrom.map { second($0.microsecondsSince1970, .down) } ?? Self.earliest
        let latest = now + Self.clockSlack
        let end =
            filter.createdBefore.map { min(second($0.microsecondsSince1970, .up), latest) }
            ?? latest
        return ListingSweep.Window(start, end)
    }

    /// The windows with the creation times of some tickets; the whole range if an id has no time.
    private static func windows(
        _ ids: Set<TicketID>, _ slack: Int64, in range: ListingSweep.Window
    ) -> [ListingSweep.Window] {
        let times = ids.compactMap { $0.creationSeconds.map(Int64.init) }.sorted()
        if times.count < ids.count { return [range] }
        var windows: [ListingSweep.Window] = []
        for time in times {
            let start = max(time - slack, range.start)
            let end = min(time + slack + 1, range.end)
            guard start < end else { continue }
            if let last = windows.last, start <= last.end + 3600 {
                windows[windows.count - 1].end = max(last.end, end)
            } else {
                windows.append(ListingSweep.Window(start, end))
            }
        }
        return windows
    }
}
