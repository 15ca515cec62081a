import BulkSystem
import CLibrary

/// What a job of `--profiles` and the program that started it say to each other.
///
/// The job's standard input is a socket. The job writes its run's directory to it, and notices its end, which comes
/// when the program that started the job is gone, however that ended.
enum JobChannel {
    /// The variable that says that standard input is the channel.
    static let variable = "MAVA_BULK_IS_JOB"

    /// Whether this process is a job.
    private static let isOpen: Bool = {
        var information = stat()
        return CurrentProcess.environment[variable] == "1"
            && fstat(STDIN_FILENO, &information) == 0
            && information.st_mode & S_IFMT == S_IFSOCK
    }()

    /// Ends this process as by SIGTERM when the program that started it is gone.
    static func watch() {
        guard isOpen else { return }
        let thread = JoinableThread {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count == 0 || count < 0 && errno != EINTR { break }
            }
            kill(getpid(), SIGTERM)
        }
        thread?.detach()
    }

    /// Reports the directory of this process's run.
    static func report(run directory: String) {
        guard isOpen else { return }
        let text = Array((FilePath.absolute(directory) + "\0").utf8)
        // The program that started the job may be gone.
        _ = send(STDIN_FILENO, text, text.count, PlatformConstant.noSignal)
    }

    /// The directory that a job reported; `nil` where it has none.
    ///
    /// - Parameter bytes: All that the job wrote.
    /// - Returns: The path.
    static func directory(in bytes: [UInt8]) -> String? {
        bytes.firstIndex(of: 0).map { String(decoding: bytes[..<$0], as: UTF8.self) }
    }
}
