public import BulkExecution
public import BulkPlanning
public import MavaAPI
internal import Synchronization

/// What a run does, as a sequence to iterate beside it.
///
///     let events = RunEvents()
///     run.observer = events
///     async let end = run.apply(input) { _ in true }
///     for await event in events {
///         if case .progress(let progress) = event { print(progress.done) }
///     }
///
/// The sequence ends when the run has ended. It can be iterated once. Events that are not read are kept;
/// of progress only the latest is.
public final class RunEvents: RunObserver, AsyncSequence {
    /// One thing that happened.
    public typealias Element = Event

    /// One thing that happened.
    public enum Event: Sendable {
        /// Planning goes on.
        case planning(PlanProgress)
        /// The run has a directory and begins to send.
        case began(directory: String)
        /// How far the run is: what it waits for, too.
        case progress(RunProgress)
        /// The outcomes of rows that were sent without an answer could not be read.
        case couldNotSettle(ClientError)
        /// Nothing more is sent.
        case ended
    }

    private let stream: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    private let interval: Duration
    /// Reports the progress while the run sends; cancelled when it has ended.
    private let reporting = Mutex<Task<Void, Never>?>(nil)

    /// Makes a sequence for one run.
    ///
    /// - Parameter interval: The time between two reports of progress.
    public init(every interval: Duration = .seconds(1)) {
        (stream, continuation) = AsyncStream.makeStream()
        self.interval = interval
    }

    deinit { finished() }

    /// Adds an event.
    public func planning(_ progress: PlanProgress) { continuation.yield(.planning(progress)) }

    /// Adds an event, and begins to report the progress.
    public func began(in directory: String, progress: @escaping @Sendable () -> RunProgress) {
        continuation.yield(.began(directory: directory))
        let (continuation, interval) = (continuation, interval)
        // An observer is called, it does not run: no group could own this task.
        let task = Task {
            while !Task.isCancelled {
                continuation.yield(.progress(progress()))
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
        reporting.withLock { $0 = task }
    }

    /// Adds an event.
    public func couldNotSettle(_ error: ClientError) { continuation.yield(.couldNotSettle(error)) }

    /// Adds an event, and reports no more progress.
    public func ended() {
        reporting.withLock {
            $0?.cancel()
            $0 = nil
        }
        continuation.yield(.ended)
    }

    /// Ends the sequence.
    public func finished() {
        reporting.withLock { $0?.cancel() }
        continuation.finish()
    }

    /// Starts to iterate.
    ///
    /// - Returns: The iterator.
    public func makeAsyncIterator() -> AsyncStream<Event>.Iterator { stream.makeAsyncIterator() }
}
