import BulkSystem
import Synchronization

extension Console {
    /// Asks for a yes where no ``CommandSession`` takes the signals: a signal ends the question, and then the command.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - unfinished: What is said where a signal ends the command.
    /// - Returns: Whether the answer is yes.
    /// - Throws: A ``CommandFailure`` when a signal came, or the system gives no thread that takes it.
    func asks(_ question: String, unfinished: String) throws -> Bool {
        let machine = Mutex(SignalMachine(drain: .zero))
        let signals = try CurrentProcess.signals()
        signals.listen { event in
            switch event {
            case .continued: self.showAgain()
            case .question:
                self.messages.writeNow("state: waiting for an answer; \(unfinished)")
                self.showAgain()
            case .end(let signal):
                let action = machine.withLock {
                    $0.handle(signal, at: SystemTime.monotonic(), in: .finishing)
                }
                switch action {
                case .cancel: self.endQuestions()
                case .leave: CurrentProcess.leave(128 + signal)
                case .ignore, .drain, .giveUp: break
                }
            case .stop, .timer: break
            }
        }
        defer { signals.listen(nil) }
        let isYes = asks(question)
        if let signal = machine.withLock({ $0.first }) {
            throw CommandFailure(ExitCode(signal: signal), "interrupted: \(unfinished)")
        }
        return isYes
    }
}
