import BulkSystem

extension BlockReader {
    /// Starts the reader's second thread.
    package static var secondThread: ThreadStart {
        { body in JoinableThread(body).map { thread in { thread.join() } } }
    }
}
