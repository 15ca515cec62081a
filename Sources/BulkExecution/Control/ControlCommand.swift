import BulkSystem

/// What a line of a run's control file asks for.
public enum ControlCommand: Hashable, Sendable {
    /// Send no more updates until another command, and finish the requests in flight.
    case pause
    /// Send updates with the configured quota.
    case resume
    /// Send updates with this quota, which is the configured one or a lower one.
    case quota(Quota)
    /// End the run when the requests in flight are finished; it can be resumed.
    case stop

    /// The command's word in the file.
    public var name: String {
        switch self {
        case .pause: "pause"
        case .resume: "resume"
        case .quota: "quota"
        case .stop: "stop"
        }
    }

    /// Why a line is no command, in words.
    struct Refusal: Error, Hashable {
        var message: String
    }

    /// Reads a line.
    ///
    /// Case does not matter, nor do blanks around the words.
    ///
    /// - Parameters:
    ///   - line: The line.
    ///   - quota: The configured quota; `nil` when nothing limits the requests.
    /// - Throws: A ``Refusal`` when the line is no command, or when its quota is above the configured one.
    init(_ line: some StringProtocol, within quota: Quota?) throws(Refusal) {
        let words = line.lowercased().split(whereSeparator: \.isWhitespace)
        switch (words.first, words.count) {
        case ("pause", 1): self = .pause
        case ("resume", 1): self = .resume
        case ("stop", 1): self = .stop
        case ("quota", 2):
            guard let asked = try Self.quota(words[1], within: quota) else {
                throw Self.unknown(line)
            }
            self = .quota(asked)
        default: throw Self.unknown(line)
        }
    }

    private static func unknown(_ line: some StringProtocol) -> Refusal {
        let shown = String(line.prefix(60)) + (line.count > 60 ? "…" : "")
        return Refusal(
            message:
                "the line \"\(shown)\" is none of pause, resume, stop and quota N/TIME, such as "
                + "quota 30/30s")
    }

    /// Reads a quota, and refuses one that is above the configured one.
    private static func quota(_ word: some StringProtocol, within quota: Quota?) throws(Refusal)
        -> Quota?
    {
        guard let asked = Quota(word) else { return nil }
        guard let quota else { return asked }
        let isConfigured = asked.requests == quota.requests || asked.requests == quota.share
        if asked.window == quota.window, isConfigured { return quota }
        // Requests per window, multiplied by both windows.
        guard
            Double(asked.requests) * (quota.window / .seconds(1))
                <= Double(quota.share) * (asked.window / .seconds(1))
        else {
            throw Refusal(
                message: "the quota \(word) is above the run's quota, which is \(quota)")
        }
        return asked
    }

    /// Reads the contents of a control file: its last line that can be carried out counts.
    ///
    /// - Parameters:
    ///   - bytes: The file's contents.
    ///   - quota: The configured quota; `nil` when nothing limits the requests.
    /// - Returns: The command, `nil` when there is none; and why the last line is not carried out, `nil` when
    ///   it is.
    static func last(
        in bytes: [UInt8], within quota: Quota?
    ) -> (command: ControlCommand?, refusal: Refusal?) {
        var refusal: Refusal?
        // Some editors begin a file with a byte order mark.
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let lines = bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        for line in lines.reversed() {
            let text = String(decoding: line, as: UTF8.self)
            if text.allSatisfy(\.isWhitespace) { continue }
            do throws(Refusal) {
                return (try ControlCommand(text, within: quota), refusal)
            } catch {
                refusal = refusal ?? error
            }
        }
        return (nil, refusal)
    }
}
