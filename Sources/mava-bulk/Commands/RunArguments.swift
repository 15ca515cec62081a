import BulkExecution
import BulkHistory
import BulkSystem

extension ParsedArguments {
    /// The directory of runs that the command line itself names; `nil` if it does not.
    var givenRunsDirectory: String? { isGiven(.runsDirectory) ? self[.runsDirectory] : nil }
}

/// The options that name runs.
enum RunArguments {
    /// The runs that the command line, or else the configuration, names.
    static func history(_ arguments: ParsedArguments) -> RunHistory {
        RunHistory(arguments[.runsDirectory] ?? RunHistory.defaultDirectory)
    }

    /// The runs of a command that only looks at them.
    ///
    /// - Throws: A ``CommandFailure`` when somebody named a directory that does not exist. The usual directory comes
    ///   with the first run.
    static func existingHistory(_ arguments: ParsedArguments) throws -> RunHistory {
        let history = history(arguments)
        if arguments.has(.runsDirectory), !FilePath.exists(history.directory) {
            let origin = arguments.configured.origins[.runsDirectory] ?? .option(.runsDirectory)
            throw CommandFailure.usage(
                "there is no directory \(history.directory), which \(origin.text) names")
        }
        return history
    }

    /// The directory of the run that the first operand names.
    ///
    /// - Throws: A ``RunReferenceError`` when it names none, or more than one.
    static func directory(_ arguments: ParsedArguments) throws -> String {
        let operand = arguments.operands[0]
        // A path is used as it is, so that an error about what is there names it.
        if operand.contains("/") || FilePath.isTaken(operand) { return operand }
        return try history(arguments).run(operand).path
    }

    /// The word that a reference to a run most likely misspells: `last`, a label or a name.
    static func suggestion(for error: RunReferenceError) -> String? {
        let reference = error.reference
        guard error.candidates.isEmpty, error.member == nil, reference != "last",
            !reference.contains("/")
        else { return nil }
        let runs = (try? RunHistory(error.directory).runs()) ?? []
        guard !runs.isEmpty else { return nil }
        let words = ["last"] + runs.compactMap(\.label) + runs.map(\.name)
        let meant = closest(to: reference.lowercased(), among: words) { $0.lowercased() }
        return meant.map { ShellWord.quoted($0) }
    }

    /// The bounds of an execution.
    static func execution(_ arguments: ParsedArguments) throws -> ExecutionOptions {
        var execution = ExecutionOptions()
        execution.concurrency = try CommandConnection.concurrency(arguments)
        execution.maxFailures = try arguments.integer(.maxFailures, in: 0...Int.max)
        execution.deadline = try arguments.duration(.deadline)
        execution.canary = try arguments.integer(.canary, in: 1...Int.max)
        if let patience = try arguments.duration(.giveUpAfter) { execution.giveUpAfter = patience }
        if let drain = try arguments.duration(.drain) { execution.drain = drain }
        execution.windows = try windows(arguments)
        return execution
    }

    /// The most that one request may take.
    static func timeout(_ arguments: ParsedArguments) throws -> Duration {
        try arguments.duration(.timeout) ?? .seconds(30)
    }

    /// The hours in which updates are sent; `nil` for all.
    static func windows(_ arguments: ParsedArguments) throws -> SendWindows? {
        func parsed(
            _ option: OptionID, _ body: (String) throws(SendWindowsError) -> SendWindows
        ) throws -> SendWindows? {
            guard let text = arguments[option] else { return nil }
            do throws(SendWindowsError) {
                return try body(text)
            } catch {
                throw CommandFailure.usage("--\(option.rawValue): \(error.message)")
            }
        }
        let only = try parsed(.window) { text throws(SendWindowsError) in try SendWindows([text]) }
        let windows = try parsed(.notWindow) { text throws(SendWindowsError) in
            try SendWindows(only?.text.map { [$0] } ?? [], except: [text])
        }
        guard var windows = windows ?? only else {
            guard !arguments.isGiven(.outside) else {
                throw CommandFailure.usage("--outside is about --window or --not-window: give one")
            }
            return nil
        }
        if let outside = arguments[.outside].flatMap(SendWindows.Outside.init) {
            windows.outside = outside
        }
        let timeout = try timeout(arguments)
        let now = Int(SystemTime.millisecondsSince1970() / 1000)
        let length = Int(Nanoseconds(timeout).wholeSeconds)
        guard windows.opening(at: now, lasting: 0) != nil else {
            throw CommandFailure.usage(
                "no update can be sent: --window and --not-window leave no time within the next 400 days; "
                    + "check their dates")
        }
        // Where a request may start in a single second only, a run that wakes up later sends nothing.
        guard windows.opening(at: now, lasting: length + 1) != nil else {
            throw CommandFailure.usage(
                "no update can be sent in these hours within the next 400 days: a window must be longer "
                    + "than a request may take (--timeout, \(ProgressText.exact(timeout)))")
        }
        return windows
    }

    /// The label of a new run.
    static func label(_ arguments: ParsedArguments) throws -> String? {
        guard let label = arguments[.label] else { return nil }
        try arguments.requireProfile(in: .label)
        guard isLabel(label) else {
            throw CommandFailure.usage(
                "--label takes up to 200 bytes of text on one line, without a slash, and not `last`"
            )
        }
        return label
    }

    /// Whether a text can be the label of a run.
    static func isLabel(_ text: String) -> Bool {
        text.utf8.count <= 200 && !text.contains("/") && text != "last"
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}
