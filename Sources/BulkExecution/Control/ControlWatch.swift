import BulkSystem

/// Reads a run's control file while the run sends, and carries out what the file asks for.
package struct ControlWatch<C: Clock>: Sendable where C.Duration == Duration {
    private let file: ControlFile
    private let control: RunControl
    private let gate: QuotaGate<C>
    private let clock: C
    private let report: @Sendable (ControlEvent) -> Void
    private let quota: Quota?
    private var machine: ControlMachine

    /// Makes a watch that has read nothing yet.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - control: Pauses and stops the run.
    ///   - gate: Gives out the permits of the key.
    ///   - quota: The configured quota; `nil` when nothing limits the requests.
    ///   - clock: The clock that the time between two readings is measured by.
    ///   - report: Called for each event, from any thread.
    package init(
        _ file: ControlFile, control: RunControl, gate: QuotaGate<C>, quota: Quota?, clock: C,
        report: @escaping @Sendable (ControlEvent) -> Void
    ) {
        self.file = file
        self.control = control
        self.gate = gate
        self.clock = clock
        self.report = report
        self.quota = quota
        machine = ControlMachine(path: file.path, quota: quota, earlier: file.earlier)
    }

    /// Reads the file and obeys it.
    package mutating func look() {
        for event in machine.handle(file.read()) {
            if case .obeyed(let command) = event { obey(command) }
            report(event)
        }
    }

    /// Reads the file each second until the task is cancelled.
    package mutating func run() async {
        while true {
            do {
                try await clock.sleep(for: .seconds(1))
            } catch {
                return
            }
            look()
        }
    }

    private func obey(_ command: ControlCommand) {
        switch command {
        case .pause: control.pause()
        case .resume: goOn(with: nil)
        case .quota(let asked): goOn(with: asked == quota ? nil : asked)
        case .stop: control.stop(.stopRequested)
        }
    }

    private func goOn(with asked: Quota?) {
        gate.limit(to: asked, for: control)
        control.resume()
    }
}
