import BulkSystem
import BulkExecution
import MavaAPI

/// The simulated server: counts requests in its own way, and performs updates.
struct ServerModel {
    private let scenario: Scenario
    /// The current tickets.
    private(set) var tickets: [SimulatedTicket]
    /// When our requests arrived, by the server's clock.
    private(set) var arrivals: [Nanoseconds] = []
    /// The number of our requests that were refused because the quota was used up.
    private(set) var refusals = 0
    private var counted: ArraySlice<Nanoseconds> = []
    private var windowNumber = Int64.min
    private var windowCount = 0
    /// When the bucket of the cell rate algorithm will be empty.
    private var drainedAt = Nanoseconds.min

    init(_ scenario: Scenario) {
        self.scenario = scenario
        tickets = scenario.tickets
    }

    /// The server's clock at one of our times.
    func clock(at time: Nanoseconds) -> Nanoseconds {
        time + scenario.clockDrift * (time / 1_000_000) + scenario.clockOffset
    }

    /// The server's date at one of our times, in seconds since 1970.
    func date(at time: Nanoseconds) -> Int {
        1_764_000_000 + Int(clock(at: time).quotient(by: .second))
    }

    /// Counts one of our requests.
    ///
    /// - Returns: Whether the request is admitted.
    mutating func admit(at time: Nanoseconds) -> Bool {
        let now = clock(at: time)
        arrivals.append(now)
        let isAdmitted = count(now)
        if !isAdmitted { refusals += 1 }
        return isAdmitted
    }

    /// Counts another user's request.
    mutating func admitForeign(at time: Nanoseconds) { _ = count(clock(at: time)) }

    private mutating func count(_ now: Nanoseconds) -> Bool {
        let limit = scenario.limit
        let window = scenario.window
        switch scenario.counting {
        case .fixed:
            let number = Self.floor((now + scenario.phase).count, window.count)
            if number != windowNumber { (windowNumber, windowCount) = (number, 0) }
            guard windowCount < limit else { return false }
            windowCount += 1
        case .sliding:
            while let first = counted.first, first <= now - window { counted.removeFirst() }
            guard counted.count < limit else { return false }
            counted.append(now)
        case .gcra:
            let interval = window / limit
            let next = max(drainedAt, now)
            guard next - now <= window - interval else { return false }
            drainedAt = next + interval
        }
        return true
    }

    private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }

    /// The remaining quota, and the time until the count restarts.
    func state(at time: Nanoseconds) -> (remaining: Int, reset: Nanoseconds) {
        let now = clock(at: time)
        let limit = scenario.limit
        let window = scenario.window
        switch scenario.counting {
        case .fixed:
            let number = Self.floor((now + scenario.phase).count, window.count)
            let reset = Int(number + 1) * window - now - scenario.phase
            return (limit - (number == windowNumber ? windowCount : 0), reset)
        case .sliding:
            let live = counted.filter { $0 > now - window }
            return (limit - live.count, live.first.map { $0 + window - now } ?? .zero)
        case .gcra:
            let interval = window / limit
            let behind = max(.zero, drainedAt - now)
            return (max(0, Int((window - behind).quotient(by: interval))), behind)
        }
    }

    /// Performs an update: changes the fields that differ, and writes an audit message for each.
    ///
    /// - Returns: The status and the body of the answer.
    mutating func apply(_ update: TicketUpdate) -> (status: Int, body: String) {
        let id = update.ticketID
        guard let number = Int(id.rawValue.dropFirst(id.isObjectID ? 16 : "ticket-".count)),
            tickets.indices.contains(number - 1), !tickets[number - 1].isMissing
        else { return (400, #"{"error":"Ticket not found"}"#) }
        change(&tickets[number - 1], update)
        return (200, #"{"message":"Ticket updated"}"#)
    }

    private func change(_ ticket: inout SimulatedTicket, _ update: TicketUpdate) {
        if let status = update.status?.rawValue, ticket.status != status {
            ticket.status = status
            ticket.audits += 1
        }
        if let priority = update.priority?.rawValue, ticket.priority != priority {
            ticket.priority = priority
            ticket.audits += 1
        }
        if let category = update.categoryID, ticket.category != category {
            ticket.category = category
            ticket.audits += 1
        }
        if let assignee = update.assignedTo, ticket.assignee != assignee.agentID {
            ticket.assignee = assignee.agentID
            ticket.audits += 1
        }
    }

    /// The headers of an answer.
    func headers(at time: Nanoseconds, isBusy: Bool) -> [(name: String, value: String)] {
        let (remaining, reset) = state(at: time)
        let seconds = Int((reset + .second - Nanoseconds(count: 1)).quotient(by: .second))
        let window = Int(scenario.window.quotient(by: .second))
        var headers: [(name: String, value: String)] = []
        switch scenario.headers {
        case .none: break
        case .draft6:
            headers = [
                ("RateLimit-Limit", "\(scenario.limit)"), ("RateLimit-Remaining", "\(remaining)"),
                ("RateLimit-Reset", "\(seconds)"),
            ]
        case .draft8:
            headers = [
                ("RateLimit", "\"api\";r=\(remaining);t=\(seconds)"),
                ("RateLimit-Policy", "\"api\";q=\(scenario.limit);w=\(max(1, window))"),
            ]
        case .xEpoch:
            headers = [
                ("X-RateLimit-Limit", "\(scenario.limit)"),
                ("X-RateLimit-Remaining", "\(remaining)"),
                ("X-RateLimit-Reset", "\(date(at: time) + seconds)"),
                ("Date", HTTPDateText.text(date(at: time))),
            ]
        case .zendesk:
            headers = [
                (
                    "Zendesk-RateLimit-Tickets",
                    "total=\(scenario.limit); remaining=\(remaining); resets=\(seconds)"
                )
            ]
        case .rubbish:
            headers = [
                ("RateLimit-Limit", "lots"), ("RateLimit-Remaining", "-4"),
                ("X-RateLimit-Reset", "99999999999999999999"), ("RateLimit", ";;;="),
                ("X-RateLimit-Limit", "-1"),
            ]
        }
        if isBusy, scenario.sendsRetryAfter {
            headers.append(("Retry-After", "\(max(1, seconds))"))
        }
        return headers
    }
}

/// Formats dates as in HTTP, for the simulated server.
enum HTTPDateText {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    /// Formats a time in seconds since 1970, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///
    /// Source of the format: RFC 9110, section 5.6.7. Source of the calendar: Howard Hinnant,
    /// "chrono-Compatible Low-Level Date Algorithms" (civil_from_days).
    static func text(_ seconds: Int) -> String {
        let days = seconds / 86_400
        let time = seconds % 86_400
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let year =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        let part = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * part + 2) / 5 + 1
        let month = part < 10 ? part + 3 : part - 9
        let fullYear = year + era * 400 + (month <= 2 ? 1 : 0)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(weekdays[days % 7]), \(two(day)) \(months[month - 1]) \(fullYear) "
            + "\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60)) GMT"
    }
}
