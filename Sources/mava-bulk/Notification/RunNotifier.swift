import BulkSystem
import MavaAPI
import MavaBulk
import Synchronization

/// Tells a webhook of a run's changes of state (`--notify`), and a monitor of its start and its end (`--ping`).
///
/// `docs/notification.md` describes what is sent and when.
final class RunNotifier: Sendable {
    private struct State {
        var subject: RunMessage.Subject
        var waits = WaitWatch(shortest: WaitWatch.shortest)
        var isStarted = false
        /// The keys that no message may hold.
        var keys: [APIKey] = []
    }

    private let webhook: (address: SecretAddress, queue: WebhookQueue)?
    private let monitor: (address: SecretAddress, queue: WebhookQueue)?
    private let state: Mutex<State>

    /// Prepares what the command line, the environment or the configuration asks for; `nil` for nothing.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - warn: Reports what could not be sent.
    /// - Throws: A ``CommandFailure`` of wrong usage.
    init?(_ arguments: ParsedArguments, warn: @escaping @Sendable (String) -> Void) throws {
        // The variables are there for every command, but only runs are followed.
        guard arguments.command.options.contains(.notify) else { return nil }
        let notify = try SecretAddress(arguments, .notify, .notifyFile)
        let ping = try SecretAddress(arguments, .ping, .pingFile)
        let addresses = [notify, ping].compactMap { $0 }
        // A command that sends no update changes nothing that others have to know.
        guard !addresses.isEmpty, !FollowUp.sendsNothing(arguments) else { return nil }
        let authorities = try TrustedAuthorities(
            option: nil,
            environment: addresses.allSatisfy(\.isLoopback) ? [:] : CurrentProcess.environment)
        let transport = CurlTransport(
            configuration: CurlTransport.Configuration(
                caFile: authorities.file, caDirectory: authorities.directory, maxConnections: 2))
        webhook = notify.map { ($0, WebhookQueue(transport: transport, warn: warn)) }
        monitor = ping.map { ($0, WebhookQueue(transport: transport, warn: warn)) }
        let operand = arguments.operands.first
        state = Mutex(
            State(
                subject: RunMessage.Subject(
                    command: arguments.command.name, host: ProcessOwner.host,
                    profile: arguments.configured.profile?.name, label: arguments[.label],
                    input: operand == "-" ? "standard input" : operand),
                keys: [CurrentProcess.environment["MAVA_API_KEY"].flatMap { APIKey($0) }].compactMap
                { $0 }))
    }

    /// Removes a key from what people have written for the run, such as its label.
    func hide(_ key: APIKey) { state.withLock { $0.keys.append(key) } }

    /// The command has understood its options: the monitor's clock starts.
    func begin() {
        let isFirst = state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
        if isFirst { ping("start") }
    }

    /// The plan is ready.
    func planned(_ header: PlanHeader, _ summary: PlanSummary?, requests: Int) {
        let groups = summary.map(RunMessage.groups) ?? []
        let all = summary.map {
            $0.groups.reduce(0) { $0 + $1.tickets } + $0.ticketsInOtherGroups
        }
        state.withLock {
            $0.subject.plan = header.id
            $0.subject.updates = requests
            $0.subject.groups = groups
            $0.subject.otherTickets = (all ?? 0) - groups.reduce(0) { $0 + $1.tickets }
        }
    }

    /// The run has its directory and is about to send.
    func started(in directory: String) {
        // A run that is resumed has the label and the profile of its first part.
        let settings = (try? RunSettings.read(from: directory)) ?? nil
        state.withLock {
            $0.subject.directory = FilePath.absolute(directory)
            $0.subject.label = settings?.label ?? $0.subject.label
            $0.subject.profile = settings?.profile ?? $0.subject.profile
        }
        send(message(.started))
    }

    /// What the run waits for at this moment.
    func waits(for reason: WaitReason, at place: WaitWatch.Place) {
        guard webhook != nil else { return }
        let now = SystemTime.monotonic()
        switch state.withLock({ $0.waits.see(reason, at: place, at: now) }) {
        case .waits(let reason):
            var message = message(.waiting)
            message.reason = EventFeed.name(of: reason)
            message.wait = ProgressText.wait((reason, nil))
            send(message)
        case .goesOn: send(message(.goingOn))
        case nil: break
        }
    }

    /// The command is over.
    ///
    /// - Parameters:
    ///   - event: How it ended.
    ///   - code: What it ends with.
    ///   - result: What its run did; `nil` where there is none.
    ///   - failure: The error that ended it; `nil` for none.
    func ended(
        _ event: HookEvent, _ code: ExitCode, _ result: RunResult?, _ failure: CommandFailure?
    ) {
        if let state = RunMessage.State(event) {
            var message = message(state)
            message.exitCode = code
            message.reason = result?.summary.reason.name
            message.counts = result?.counts
            message.failure = failure
            send(message)
        }
        ping(code == .success ? nil : "\(code.rawValue)")
    }

    /// Waits until everything is sent or given up.
    func finish() async {
        await webhook?.queue.finish()
        await monitor?.queue.finish()
    }

    private func message(_ change: RunMessage.State) -> RunMessage {
        let subject = state.withLock { state in
            state.keys.reduce(into: state.subject) { subject, key in
                subject.label = subject.label.map { SecretText.removed(from: $0, key: key) }
                subject.input = subject.input.map { SecretText.removed(from: $0, key: key) }
            }
        }
        return RunMessage(change, of: subject, at: SystemTime.millisecondsSince1970())
    }

    private func send(_ message: RunMessage) {
        guard let webhook else { return }
        var request = HTTPRequest(
            method: .post, url: webhook.address.url(),
            headers: [("Content-Type", "application/json")],
            body: Array(message.json(as: webhook.address.form).utf8),
            timeout: WebhookQueue.timeout, bodyLimit: Self.bodyLimit)
        request.dropsRest = true
        webhook.queue.add(request, named: "the message \(quoted(message.state.rawValue))")
    }

    private func ping(_ segment: String?) {
        guard let monitor else { return }
        var request = HTTPRequest(
            method: .get, url: monitor.address.url(adding: segment),
            timeout: WebhookQueue.timeout, bodyLimit: Self.bodyLimit)
        request.dropsRest = true
        monitor.queue.add(request, named: segment == "start" ? "the first ping" : "the last ping")
    }

    /// Only the status of an answer counts.
    private static let bodyLimit = 64 << 10
}
