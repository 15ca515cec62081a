#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

import CLibrary

import BulkHistory
import BulkSystem
import BulkPlan
import BulkPlanning
import Dispatch
import MavaAPI

/// What the process was started with, and the signals it gets.
enum CurrentProcess {
    /// The environment's variables.
    static let environment = ProcessInfo.processInfo.environment
    /// The present, in seconds since 1970.
    static var now: Date {
        Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))
    }

    /// Where files go that are not needed afterwards.
    static var temporaryDirectory: String { FileManager.default.temporaryDirectory.path }

    /// Refuses words of the command line that are not UTF-8: as text they would name other files.
    ///
    /// - Throws: A ``CommandFailure`` of wrong usage.
    static func requireReadableArguments() throws {
        let words = UnsafeBufferPointer(
            start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
        for word in words.dropFirst() {
            guard let word, String(validatingCString: word) == nil else { continue }
            throw CommandFailure.usage(
                "`\(TerminalText.escaped(String(cString: word)))` is not UTF-8, and names of files are: rename "
                    + "the file")
        }
    }

    /// Who started the process, where, and how.
    static var starter: RunStarter {
        RunStarter(
            user: ProcessOwner.login, host: ProcessOwner.host,
            command: ["mava-bulk"]
                + SecretOptions.removed(from: Array(CommandLine.arguments.dropFirst())),
            job: job(environment))
    }

    /// The address of the job that a build server runs; `nil` outside of one.
    ///
    /// - Parameter environment: The variables that build servers set.
    /// - Returns: The address.
    static func job(_ environment: [String: String]) -> String? {
        func all(_ names: String...) -> [String]? {
            let values = names.compactMap { environment[$0] }.filter { !$0.isEmpty }
            return values.count == names.count ? values : nil
        }
        if let parts = all("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID") {
            return "\(parts[0])/\(parts[1])/actions/runs/\(parts[2])"
        }
        if let parts = all(
            "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", "SYSTEM_TEAMPROJECT", "BUILD_BUILDID")
        {
            return "\(parts[0])\(parts[1])/_build/results?buildId=\(parts[2])"
        }
        // GitLab, CircleCI, Buildkite, and Jenkins.
        let names = ["CI_JOB_URL", "CIRCLE_BUILD_URL", "BUILDKITE_BUILD_URL", "BUILD_URL"]
        let address = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        // A query or a fragment can hold a token.
        return address.map { String($0.prefix { $0 != "?" && $0 != "#" }) }
    }

    /// Opens replacements for standard streams that were closed, as by `2>&-`; must come before any file is
    /// opened.
    ///
    /// The system gives the lowest free number to the next file that is opened, so messages would go into the
    /// plan or the journal. The replacement refuses the operations of the stream.
    static func holdStandardStreams() {
        for (number, flags) in [
            (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
        ] where fcntl(number, F_GETFD) < 0 {
            // It takes the lowest free number, which is this one.
            guard open("/dev/null", flags) == number else { leave(1) }
        }
    }

    /// Ends the program with an exit code, without the destructors that `exit` runs.
    ///
    /// The threads of tasks and transfers may still free memory, and the destructors of libraries would do so
    /// at the same time. Nothing is lost: all output is written by `write(2)`. Sanitizers and coverage, which
    /// are asked for by these variables, need `exit`.
    static func end(_ code: ExitCode) -> Never {
        let needsDestructors = ["LSAN_OPTIONS", "ASAN_OPTIONS", "LLVM_PROFILE_FILE"].contains {
            environment[$0] != nil
        }
        if needsDestructors { exit(code.rawValue) }
        _exit(code.rawValue)
    }

    /// Keeps libcurl from writing the keys of TLS connections to the file that the environment names.
    ///
    /// Anyone who has them can read the API key. Must come before any thread is started.
    static func forgetKeyLog() { unsetenv("SSLKEYLOGFILE") }

    /// Turns the signals for a closed pipe and for a file at its size limit into write errors.
    ///
    /// The current work then ends in order and reports the error.
    static func ignoreSignalsOfWrites() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Ends the program at once; temporary files are removed, and programs that it started end.
    static func leave(_ code: Int32) -> Never {
        TemporaryFiles.removeAll()
        RunningPrograms.endAll()
        _exit(code)
    }

    /// SIGINT, SIGTERM and SIGHUP, taken by a thread that is started by the first call.
    ///
    /// - Throws: A ``CommandFailure`` when the system gives no thread.
    static func signals() throws -> SignalWatch {
        do {
            return try watch.get()
        } catch {
            throw CommandFailure(
                .internalError,
                "the system gives this program no thread: raise the limit on processes or memory")
        }
    }

    /// The minimum memory of libcurl, its TLS library and a command's own data, in bytes.
    private static let leastMemory = 40 << 20

    /// Refuses to begin when the system provides too few threads, or too little memory beside them.
    ///
    /// The runtime waits forever for a thread that it cannot start. So this starts and ends as many threads
    /// as a command uses, which takes a fraction of a millisecond.
    ///
    /// - Throws: A ``CommandFailure`` when the system gives less.
    static func requireThreads() throws {
        // One for each processor, two that read, one that sends, and the runtime's own.
        let needed = ProcessInfo.processInfo.activeProcessorCount + 4
        let gate = DispatchSemaphore(value: 0)
        let threads = (0..<needed).compactMap { _ in JoinableThread { gate.wait() } }
        // The threads' stacks count as well.
        let hasRoom = MemoryLimit.hasRoom(for: leastMemory)
        for _ in threads { gate.signal() }
        for thread in threads { thread.join() }
        guard threads.count < needed else {
            guard !hasRoom else { return }
            throw CommandFailure(
                .internalError,
                "memory is short: the system gives this program less than it needs for its threads and libcurl: "
                    + "raise the limit on memory (ulimit -v); nothing was sent")
        }
        throw CommandFailure(
            .internalError,
            "the system gives this program \(Words.counted(threads.count, "thread")) and it needs \(needed): raise the limit "
                + "on processes or memory (ulimit -u, ulimit -v); nothing was sent")
    }

    private static let watch = Result { () throws(SignalWatch.NoThread) in try SignalWatch() }
}
