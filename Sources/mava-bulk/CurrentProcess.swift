#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the process was started with, and the signals it gets.
enum CurrentProcess {
    /// The environment's variables.
    static let environment = ProcessInfo.processInfo.environment
    /// The present, in seconds since 1970.
    static var secondsSince1970: Int { Int(Date().timeIntervalSince1970) }

    /// Where files go that nobody needs afterwards.
    static var temporaryDirectory: String { FileManager.default.temporaryDirectory.path }

    /// Ends the program at once.
    static func leave(_ code: Int32) -> Never { _exit(code) }

    /// SIGINT, SIGTERM and SIGHUP.
    static let signals = SignalWatch()
}
