import Synchronization

/// A function that threads can call while another one replaces it.
///
/// A `Mutex` of a function is no alternative: each access through `withLock` leaves the function
/// wrapped in two more, until a call overflows the stack (Swift 6.3.1).
package final class Handler<Input, Output>: Sendable {
    package typealias Function = @Sendable (Input) -> Output

    /// A structure keeps the function as it is.
    private struct State {
        var function: Function?
    }

    private let state = Mutex(State())

    package init() {}

    /// Replaces the function.
    ///
    /// - Parameter function: The new function; `nil` for none.
    package func set(_ function: Function?) {
        state.withLock { $0.function = function }
    }

    /// Removes the function.
    ///
    /// - Returns: The function; `nil` if there was none.
    package func remove() -> Function? {
        state.withLock { state in
            defer { state.function = nil }
            return state.function
        }
    }

    /// Calls the function, outside of the lock.
    ///
    /// - Parameter input: What the function gets.
    /// - Returns: What it returns; `nil` if there is none.
    @discardableResult
    package func callAsFunction(_ input: Input) -> Output? {
        state.withLock { $0.function }?(input)
    }
}
