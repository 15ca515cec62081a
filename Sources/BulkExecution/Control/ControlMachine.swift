/// What happened because of a run's control file.
public enum ControlEvent: Hashable, Sendable {
    /// The run obeys this command from now on.
    case obeyed(ControlCommand)
    /// Something in the file is not carried out, for this reason; each reason is reported once.
    case ignored(reason: String)
}

/// Decides what changes when the control file is read, as a pure state machine.
///
/// The last line that can be carried out says all of what the run does. A file that is missing or empty
/// changes nothing, because a shell empties a file before it writes to it.
struct ControlMachine: Sendable {
    private let path: String
    private let quota: Quota?
    private let earlier: ControlFile.Stamp?
    private var present = ControlCommand.resume
    private var reported: Set<String> = []
    /// The most reasons that are reported, so that a program that writes nonsense fills no terminal.
    private static let mostReported = 20

    /// Starts a run that no command changes.
    ///
    /// - Parameters:
    ///   - path: The file's path, for messages.
    ///   - quota: The configured quota; `nil` when nothing limits the requests.
    ///   - earlier: The file as it was before the run was begun or resumed. A `stop` in it was for an earlier
    ///     part of the run.
    init(path: String, quota: Quota?, earlier: ControlFile.Stamp?) {
        self.path = path
        self.quota = quota
        self.earlier = earlier
    }

    /// Decides on what was read.
    ///
    /// - Returns: What the run has to do, and what to report.
    mutating func handle(_ contents: ControlFile.Contents) -> [ControlEvent] {
        guard present != .stop else { return [] }
        switch contents {
        case .absent: return []
        case .unusable(let reason): return ignore(reason)
        case .text(let bytes, let stamp):
            let (command, refusal) = ControlCommand.last(in: bytes, within: quota)
            let ignored = refusal.map { ignore("\(path): \($0.message); it is ignored") } ?? []
            guard let command else { return ignored }
            if command == .stop, stamp == earlier {
                return ignored
                    + ignore("\(path): the stop was there before this command began; it is ignored")
            }
            guard command.normal(quota) != present else { return ignored }
            present = command.normal(quota)
            return ignored + [.obeyed(command)]
        }
    }

    private mutating func ignore(_ reason: String) -> [ControlEvent] {
        guard reported.count < Self.mostReported, reported.insert(reason).inserted else {
            return []
        }
        return [.ignored(reason: reason)]
    }
}

extension ControlCommand {
    /// The same command in one form: the configured quota is what ``resume`` asks for, too.
    fileprivate func normal(_ quota: Quota?) -> ControlCommand {
        if case .quota(quota) = self { .resume } else { self }
    }
}
