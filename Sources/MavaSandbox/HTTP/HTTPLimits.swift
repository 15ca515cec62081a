/// How much of everything one request may bring, in bytes unless named otherwise.
package struct HTTPLimits: Hashable, Sendable {
    /// The request line; beyond it 414.
    package var requestLine = 8 * 1024
    /// The request line and all fields together; beyond it 431.
    package var head = 32 * 1024
    /// The number of fields; beyond it 431.
    package var fields = 100
    /// The body; beyond it 413.
    package var body = 1 << 20

    /// The usual limits.
    package init() {}
}
