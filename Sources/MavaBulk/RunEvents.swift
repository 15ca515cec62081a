public import BulkExecution
public import BulkPlanning
public import MavaAPI
internal import Synchronization

/// The events of a run, as a sequence to iterate while it runs.
///
///     let events = RunEvents()
///     run.observer = events
///     async let end = run.apply(input) { _ in true }
///     for await event in events {
///         if case .progress(let progress) = event { print(progress.done) }
///     }
///
/// The sequence ends when the run's function is about to return or to throw. It can be iterated once.
/// Events that are not read are kept. Of progress no more than one event is kept, and it has the latest
/// values when it is read.
public final class RunEvents: RunObserver, AsyncSequence {
    /// One thing that happened.
    public typealias Element = Event

    /// One thing that happened.
    public enum Event: Sendable {
        /// Planning goes on.
        case planning(PlanProgress)
        /// The run has a directory and begins to send.
        case began(directory: String)
        /// The run's progress, including what it waits for.
        case progress(RunProgress)
        /// The run obeys a command of its control file, or something in the file is ignored.
        case controlFile(ControlEvent)
        /// The outcomes of rows that were sent without an answer could not be read.
        case couldNotSettle(ClientError)
        /// The sending has ended; after a canary it may begin again.
        case ended
    }

    /// An element of the stream.
    private enum Item: Sendable {
        case event(Event)
        /// The time has come to report the progress.
        case tick
    }

    private struct State {
        /// How far the run is; `nil` before it sends.
        var progress: (@Sendable () -> RunProgress)?
        /// Whether a tick is in the stream.
        var hasTick = false
        /// Makes the ticks while the run sends.
        var ticker: Task<Void, Never>?
    }

    private let stream: AsyncStream<Item>
    private let continuation: AsyncStream<Item>.Continuation
    private let interval: Duration
    private let state = Mutex(State())

    /// Makes a sequence for one run.
    ///
    /// - Parameter interval: The time between two reports of progress, 1 ms to a day.
    public init(every interval: Duration = .seconds(1)) {
        (stream, continuation) = AsyncStream.makeStream()
        self.interval = Swift.min(Swift.max(interval, .milliseconds(1)), .seconds(86_400))
    }

    deinit { finished() }

    /// Adds an event.
    public func planning(_ progress: PlanProgress) { add(.planning(progress)) }

    /// Adds an event, and starts to report the progress.
    public func began(in directory: String, progress: @escaping @Sendable () -> RunProgress) {
        add(.began(directory: directory))
        state.withLock { $0.progress = progress }
        let interval = interval
        // An observer is only called and has no task of its own, so no group could own this task.
        let ticker = Task { [weak self] in
            while !Task.isCancelled {
                self?.tick()
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
        state.withLock { $0.ticker = ticker }
    }

    /// Adds an event.
    public func couldNotSettle(_ error: ClientError) { add(.couldNotSettle(error)) }

    /// Adds an event.
    public func controlFile(_ event: ControlEvent, at path: String) { add(.controlFile(event)) }

    /// Adds an event, and reports no more progress.
    public func ended() {
        state.withLock {
            $0.ticker?.cancel()
            $0.ticker = nil
            // The last counts are still to be read.
            if let last = $0.progress?() { $0.progress = { last } }
        }
        add(.ended)
    }

    /// Ends the sequence.
    public func finished() {
        state.withLock { $0.ticker?.cancel() }
        continuation.finish()
    }

    private func add(_ event: Event) { continuation.yield(.event(event)) }

    /// Asks for a report of the progress, unless one is waiting to be read.
    package func tick() {
        let isNew = state.withLock { state in
            defer { state.hasTick = true }
            return !state.hasTick
        }
        if isNew { continuation.yield(.tick) }
    }

    /// Iterates the events.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let events: RunEvents
        private var items: AsyncStream<Item>.Iterator

        fileprivate init(_ events: RunEvents) {
            self.events = events
            items = events.stream.makeAsyncIterator()
        }

        /// The next event; `nil` at the end.
        public mutating func next() async -> Event? { await next(isolation: nil) }

        /// The next event; `nil` at the end.
        ///
        /// - Parameter actor: The actor that iterates.
        /// - Returns: The event.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> Event? {
            while let item = await items.next(isolation: actor) {
                switch item {
                case .event(let event): return event
                case .tick:
                    let progress = events.state.withLock { state in
                        state.hasTick = false
                        return state.progress
                    }
                    if let progress { return .progress(progress()) }
                }
            }
            return nil
        }
    }

    /// Starts to iterate.
    ///
    /// - Returns: The iterator.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(self)
    }
}
