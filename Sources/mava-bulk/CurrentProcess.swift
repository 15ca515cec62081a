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

    /// Takes the places of standard streams that were closed, as by `2>&-`; must come before any file is opened.
    ///
    /// The system gives the lowest free number to the next file that is opened: what is said would go into
    /// the plan or the journal. What takes the place refuses what is asked of the stream.
    static func holdStandardStreams() {
        for (number, flags) in [
            (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
        ] where fcntl(number, F_GETFD) < 0 {
            // It takes the lowest free number, which is this one.
            guard open("/dev/null", flags) == number else { leave(1) }
        }
    }

    /// Keeps libcurl from writing the keys of TLS connections to the file that the environment names.
    ///
    /// Who has them can read the API key. Must come before any thread is started.
    static func forgetKeyLog() { unsetenv("SSLKEYLOGFILE") }

    /// Ends the program at once.
    static func leave(_ code: Int32) -> Never { _exit(code) }

    /// SIGINT, SIGTERM and SIGHUP.
    static let signals = SignalWatch()
}
