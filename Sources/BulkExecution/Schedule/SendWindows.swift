import BulkSystem

/// The hours in which a run may send updates.
///
/// Updates are sent in the hours of any window and in none of the exceptions. Reading is not limited.
public struct SendWindows: Hashable, Sendable {
    /// What a run does outside the windows.
    public enum Outside: String, CaseIterable, Hashable, Sendable {
        /// It waits for the next window.
        case wait
        /// It ends, and can be resumed.
        case stop
    }

    /// What a run does outside the windows.
    public var outside = Outside.wait
    private var windows: [LocalHours]
    private var exceptions: [LocalHours]

    /// How far ahead the next window is looked for, in seconds.
    private static let horizon = 400 * 86_400

    /// Reads windows.
    ///
    /// A text holds hours such as `Mon-Fri 01:00-05:00 Europe/Berlin`, whole days such as `Sat,Sun`, dates such as
    /// `2026-12-24..2026-12-26`, or several of these with semicolons between them. Hours without a time zone are
    /// those of this machine's clock.
    ///
    /// - Parameters:
    ///   - windows: The hours in which updates are sent; empty for all hours but the exceptions.
    ///   - exceptions: Hours in which none are sent.
    ///   - localZone: The name of the zone for hours without one; `nil` for that of this machine's clock.
    /// - Throws: A ``SendWindowsError`` that says which hours cannot be read, or that none are left.
    public init(
        _ windows: [String], except exceptions: [String] = [], localZone: String? = nil
    ) throws(SendWindowsError) {
        let local = try Self.zone(localZone)
        self.windows = try Self.hours(windows, local)
        self.exceptions = try Self.hours(exceptions, local)
    }

    private static func zone(_ name: String?) throws(SendWindowsError) -> ZoneOffsets? {
        guard let name else { return ZoneDatabase.local() }
        guard let zone = ZoneDatabase.zone(name) else {
            throw SendWindowsError(text: name, message: "it is not a time zone")
        }
        return zone
    }

    private static func hours(
        _ texts: [String], _ local: ZoneOffsets?
    ) throws(SendWindowsError) -> [LocalHours] {
        let parts = texts.flatMap { $0.split(separator: ";", omittingEmptySubsequences: false) }
        do throws(LocalHours.Problem) {
            return try LocalHours.list(parts.map { String($0) }, local: local)
        } catch {
            throw SendWindowsError(text: texts.joined(separator: "; "), message: error.description)
        }
    }

    /// The windows as text that reads as the same ones; `nil` for all hours.
    public var text: String? { Self.text(windows) }
    /// The exceptions as text that reads as the same ones; `nil` for none.
    public var exceptionsText: String? { Self.text(exceptions) }

    private static func text(_ hours: [LocalHours]) -> String? {
        hours.isEmpty ? nil : hours.map(\.text).joined(separator: "; ")
    }

    // MARK: When

    /// Whether updates may be sent at a moment.
    ///
    /// - Parameter time: Seconds since 1970.
    /// - Returns: Whether they may.
    package func contains(_ time: Int) -> Bool {
        (windows.isEmpty || windows.contains { $0.contains(time) })
            && !exceptions.contains { $0.contains(time) }
    }

    /// When ``contains(_:)`` changes after a moment; `nil` when it does not within 400 days.
    package func nextChange(after time: Int) -> Int? {
        let now = contains(time)
        var border = time
        while border - time < Self.horizon {
            border = (windows + exceptions).map { $0.nextBorder(after: border) }.min() ?? .max
            if border == .max { return nil }
            if contains(border) != now { return border }
        }
        return nil
    }

    /// A stretch of time in which requests may start.
    package struct Opening: Hashable, Sendable {
        /// The first second.
        package var start: Int
        /// The last second at which a request may start; `.max` where no end is known.
        package var lastStart: Int
    }

    /// The stretch in which requests may start that a moment lies in, or else the next one.
    ///
    /// - Parameters:
    ///   - time: Seconds since 1970.
    ///   - length: The most seconds that a request takes; it must end inside the window, too.
    /// - Returns: The stretch, cut off before the moment; `nil` when there is none within 400 days.
    package func opening(at time: Int, lasting length: Int) -> Opening? {
        var start = time
        while start - time < Self.horizon {
            let end = nextChange(after: start)
            if contains(start) {
                guard let end else { return Opening(start: start, lastStart: .max) }
                if start + length <= end { return Opening(start: start, lastStart: end - length) }
            }
            guard let end else { return nil }
            start = end
        }
        return nil
    }

    /// When sending ends that needs so many seconds inside windows.
    ///
    /// - Parameters:
    ///   - seconds: The time that sending takes.
    ///   - time: When it begins, in seconds since 1970.
    ///   - length: The most seconds that one request takes.
    /// - Returns: Seconds since 1970; `nil` when the windows of 400 days do not suffice.
    package func end(of seconds: Int, from time: Int, lasting length: Int) -> Int? {
        var (left, at) = (seconds, time)
        while at - time < Self.horizon {
            guard let opening = opening(at: at, lasting: length) else { return nil }
            if opening.lastStart == .max || opening.start + left <= opening.lastStart {
                return opening.start + left
            }
            left -= opening.lastStart - opening.start
            at = opening.lastStart + 1
        }
        return nil
    }
}

extension SendWindows {
    /// How long sending lasts that needs so much time inside windows.
    ///
    /// - Parameters:
    ///   - time: The time that sending takes.
    ///   - date: When it begins, in milliseconds since 1970.
    ///   - timeout: The most that one request takes.
    /// - Returns: The time; `nil` for more than 400 days.
    func duration(of time: Duration, from date: Int64, lasting timeout: Duration) -> Duration? {
        let start = Int(date / 1000)
        return end(
            of: Int(Nanoseconds(time).wholeSeconds), from: start,
            lasting: Int(Nanoseconds(timeout).wholeSeconds)
        ).map { .seconds($0 - start) }
    }
}

/// Why text names no windows.
public struct SendWindowsError: Error, Hashable, CustomStringConvertible {
    /// The text.
    public var text: String
    /// What is wrong with it.
    public var message: String

    /// What is wrong, without the text.
    public var description: String { message }
}
