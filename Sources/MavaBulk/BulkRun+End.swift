extension BulkRun {
    /// Runs `body`, and tells the observer when it ends.
    ///
    /// - Parameter body: All that the run's function does.
    /// - Returns: What `body` returns.
    /// - Throws: A `CancellationError` where the task's cancellation ended a request, and else what `body` throws.
    func observed<R>(_ body: () async throws -> R) async throws -> R {
        defer { observer.finished() }
        return try await cancellable(body)
    }
}

/// Runs `body`, and throws a `CancellationError` where the task's cancellation ended a request.
///
/// - Parameter body: What sends requests.
/// - Returns: What `body` returns.
/// - Throws: A `CancellationError`, or what `body` throws.
func cancellable<R>(_ body: () async throws -> R) async throws -> R {
    do {
        return try await body()
    } catch let error as ClientError where error.isCancellation && Task.isCancelled {
        throw CancellationError()
    }
}

extension ClientError {
    /// Whether the request was given up because its task was cancelled.
    fileprivate var isCancellation: Bool {
        if case .transport(let error) = code { error.code == .cancelled } else { false }
    }
}
