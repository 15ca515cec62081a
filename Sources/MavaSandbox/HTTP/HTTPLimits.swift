/// The size limits of one request, in bytes unless stated otherwise.
package struct HTTPLimits: Hashable, Sendable {
    /// The longest request line; a longer one is answered with 414.
    package var requestLine = 8 * 1024
    /// The longest request line with all fields; a longer one is answered with 431.
    package var head = 32 * 1024
    /// The most fields; more are answered with 431.
    package var fields = 100
    /// The longest body; a longer one is answered with 413.
    package var body = 1 << 20

    /// The usual limits.
    package init() {}
}
