#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the process was started with, and the signals it gets.
enum CurrentProcess {
    /// The environment's variables.
    static let environment = ProcessInfo.processInfo.environment
    /// SIGINT, SIGTERM and SIGHUP.
    static let signals = SignalWatch()
}
