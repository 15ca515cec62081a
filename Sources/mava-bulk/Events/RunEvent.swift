import BulkSystem

/// One thing that happened in a command, as programs read it.
struct RunEvent: Sendable {
    typealias Members = [(name: String, value: JSONValue)]

    /// What can happen, as `--events` writes it.
    enum Name: String, CaseIterable, Sendable {
        case hello, planned, started, row, wait, control, canary, progress, stopped, end
    }

    /// What happened.
    let name: String
    /// The time of day, in milliseconds since 1970.
    let time: Int64
    /// What is known of it.
    var members: Members

    init(_ name: Name, _ members: Members = []) {
        self.name = name.rawValue
        self.members = members
        time = SystemTime.millisecondsSince1970()
    }

    /// The event as a JSON object on one line.
    ///
    /// Where standard output is a terminal, nothing in a server's text may steer it.
    var line: String {
        let start: Members = [
            ("event", .text(name)),
            ("time", .text(CivilTime.iso8601(millisecondsSince1970: time))),
        ]
        return TerminalText.escapedJSON(JSONValue.object(start + members).line)
    }

    /// The same event under another name, and with the directory of the run.
    func renamed(_ name: String, directory: String?) -> RunEvent {
        var event = RunEvent(name, members, at: time)
        if let directory, !members.contains(where: { $0.name == "directory" }) {
            event.members.append(("directory", .text(directory)))
        }
        return event
    }

    private init(_ name: String, _ members: Members, at time: Int64) {
        self.name = name
        self.members = members
        self.time = time
    }
}
