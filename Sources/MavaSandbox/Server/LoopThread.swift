import CLibrary

/// A system thread outside Swift's cooperative pool, because it waits for sockets.
struct LoopThread: Sendable {
    private final class Work {
        let body: () -> Void
        init(body: @escaping () -> Void) { self.body = body }
    }

    #if !canImport(Darwin)
        private let handle: pthread_t
    #else
        // The handle is an opaque pointer here, and any thread may join it.
        private nonisolated(unsafe) let handle: pthread_t
    #endif

    /// Starts a thread.
    ///
    /// - Parameter body: The function to run.
    /// - Returns: The running thread.
    /// - Throws: `SandboxError` with `system` when the system cannot create a thread.
    static func start(_ body: @escaping @Sendable () -> Void) throws(SandboxError) -> LoopThread {
        let work = Unmanaged.passRetained(Work(body: body))
        #if canImport(Darwin)
            var handle: pthread_t?
            let code = pthread_create(
                &handle, nil,
                { argument in
                    Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                    return nil
                }, work.toOpaque())
        #else
            var handle = pthread_t()
            let code = pthread_create(
                &handle, nil,
                { argument in
                    if let argument {
                        Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                    }
                    return nil
                }, work.toOpaque())
        #endif
        guard code == 0 else {
            work.release()
            throw SandboxError(.system, "the system gives no thread (error \(code))")
        }
        #if canImport(Darwin)
            guard let handle else { throw SandboxError(.system, "the system gives no thread") }
        #endif
        return LoopThread(handle: handle)
    }

    private init(handle: pthread_t) {
        self.handle = handle
    }

    /// Waits for the thread's end; call it once.
    func join() {
        pthread_join(handle, nil)
    }
}
