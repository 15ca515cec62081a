package import BulkSystem

import CLibrary

/// Why a run's directory cannot be used.
public struct RunDirectoryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of causes.
    public enum Code: String, Sendable {
        /// Another process works in it.
        case locked
        /// It holds a run already.
        case occupied
        /// It holds no run.
        case noRun = "no_run"
        /// It belongs to another user, or something in it does, or is no file.
        case notOurs = "not_ours"
        /// The file with the run's settings cannot be read.
        case settingsUnusable = "settings_unusable"
        /// The system refuses.
        case file
    }

    /// The cause.
    public var code: Code
    /// The directory.
    public var path: String
    /// What is wrong and how to fix it, in words.
    public var message: String

    package init(code: Code, path: String, message: String) {
        self.code = code
        self.path = path
        self.message = message
    }

    /// The directory and the message, which names the directory itself where the system refuses.
    public var description: String { code == .file ? message : "\(path): \(message)" }
}

/// The directory of one run, locked for this process until the value goes away.
package final class RunDirectory: Sendable {
    /// The directory's path.
    package let path: String
    private let lock: FileLock

    private enum Name {
        static let plan = "plan.jsonl"
        static let journal = "journal.jsonl"
        static let summary = "summary.json"
        static let revised = "revised.jsonl"
        static let report = "report.csv"
        static let failed = "failed.csv"
        static let failedLines = "failed.jsonl"
        static let lock = "lock"
    }

    /// The name of the file with the run's settings.
    package static let settingsName = "run.json"

    /// What was approved.
    package var plan: String { FilePath.joining(path, Name.plan) }
    /// What happened, as it did.
    package var journal: String { FilePath.joining(path, Name.journal) }
    /// What rows replace whose tickets had changed when they were read again before sending.
    package var revised: String { FilePath.joining(path, Name.revised) }
    /// How the run was set up.
    package var settings: String { FilePath.joining(path, Self.settingsName) }
    /// The counts, the requests and the times.
    package var summary: String { FilePath.joining(path, Name.summary) }
    /// A line for each row of the input.
    package var report: String { FilePath.joining(path, Name.report) }
    /// The rows to correct and apply again, in the format of their input (`csv` or `jsonl`).
    package func failed(format: String) -> String {
        FilePath.joining(path, format == "jsonl" ? Name.failedLines : Name.failed)
    }

    private init(path: String, lock: consuming FileLock) {
        self.path = path
        self.lock = lock
    }

    /// Makes the directory of a new run, and those above it where they are missing.
    ///
    /// - Parameters:
    ///   - path: Where; `nil` for `mava-bulk-runs/<UTC time>-<8 digits of the plan's id>/`.
    ///   - planID: The plan's id.
    ///   - startedAt: When the run begins, in milliseconds since 1970.
    ///   - fileSystem: The system calls to use.
    /// - Returns: The directory, locked.
    /// - Throws: A ``RunDirectoryError`` when it holds a run or a file that the run would replace, is
    ///   locked, or cannot be made.
    package static func create(
        at path: String? = nil, planID: String, startedAt: Int64,
        fileSystem: any FileSystem = POSIXFileSystem()
    ) throws(RunDirectoryError) -> RunDirectory {
        if let path { return try make(path, fileSystem) }
        // Its owner can put another run in the place of this one.
        if FilePath.isDirectory("mava-bulk-runs") { try requireOwner("mava-bulk-runs") }
        let name = "mava-bulk-runs/\(timestamp(startedAt))-\(planID.prefix(8))"
        for number in 1...100 {
            do throws(RunDirectoryError) {
                return try make(number == 1 ? name : "\(name)-\(number)", fileSystem)
            } catch  where error.code == .occupied || error.code == .locked {
                continue
            }
        }
        throw RunDirectoryError(
            code: .occupied, path: name,
            message: "a hundred runs of this plan began in this second; name one with --run-dir.")
    }

    private static func make(
        _ path: String, _ fileSystem: any FileSystem
    ) throws(RunDirectoryError) -> RunDirectory {
        do {
            let isNew = !FilePath.isTaken(path)
            try fileSystem.makeDirectory(path)
            // Without this a crash could take the directory with all that is in it.
            if isNew { try fileSystem.syncDirectory(FilePath.directory(of: path)) }
        } catch {
            throw RunDirectoryError(code: .file, path: path, message: "\(error)")
        }
        try requireOurs(path)
        let directory = RunDirectory(path: path, lock: try takeLock(path))
        try requireNoRun(path)
        return directory
    }

    /// Refuses a directory that cannot be a new run's, and makes nothing: to be asked before the tickets
    /// are read for the run.
    ///
    /// - Parameter path: The directory, which need not be there yet.
    /// - Throws: A ``RunDirectoryError`` when it holds a run or a file that the run would replace, is
    ///   locked, or when there is something else in its place.
    package static func requireUnused(_ path: String) throws(RunDirectoryError) {
        guard FilePath.isDirectory(path) else {
            guard FilePath.isTaken(path) else { return }
            throw RunDirectoryError(
                code: .occupied, path: path,
                message: "this is no directory. Name another one.")
        }
        // A run that works in it is waited for. Without one, no lock is made.
        if FilePath.exists(FilePath.joining(path, Name.lock)) { _ = try takeLock(path) }
        try requireNoRun(path)
    }

    private static func requireNoRun(_ path: String) throws(RunDirectoryError) {
        // A link that leads nowhere is something, too.
        func holds(_ name: String) -> Bool { FilePath.isTaken(FilePath.joining(path, name)) }
        if holds(Name.journal) || holds(Name.plan) {
            throw RunDirectoryError(
                code: .occupied, path: path,
                message:
                    "the directory holds a run already. Name another directory, or finish that run "
                    + "with: mava-bulk resume \(ShellWord.operand(path))")
        }
        var names = [Name.report, Name.failed, Name.failedLines, Name.summary, Name.revised]
        // A crash before the plan came leaves a run's settings alone, which the next run replaces.
        if !isSettings(FilePath.joining(path, settingsName)) { names.append(settingsName) }
        for name in names where holds(name) {
            throw RunDirectoryError(
                code: .occupied, path: path,
                message: "the directory holds \(name), which a run would replace. "
                    + "Name another directory.")
        }
    }

    /// Whether a file holds the settings of a run.
    private static func isSettings(_ path: String) -> Bool {
        guard FilePath.isRegularFile(path) else { return false }
        do throws(FileError) {
            var reader = try FileReader(path)
            let bytes = try reader.read(upTo: 16 << 10)
            return bytes.firstRange(of: Array(#""mava-bulk-run""#.utf8)) != nil
        } catch {
            return false
        }
    }

    /// Opens the directory of a run that was begun.
    ///
    /// - Parameter path: The directory.
    /// - Returns: The directory, locked.
    /// - Throws: A ``RunDirectoryError`` when it holds no run, or another process works in it.
    package static func open(_ path: String) throws(RunDirectoryError) -> RunDirectory {
        try requireRun(path)
        try requireOurs(path)
        return RunDirectory(path: path, lock: try takeLock(path))
    }

    /// Refuses a directory that holds no run.
    package static func requireRun(_ path: String) throws(RunDirectoryError) {
        guard access(FilePath.joining(path, Name.plan), F_OK) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw RunDirectoryError(
                    code: .file, path: path, message: "\(FileError.last(.open, path))")
            }
            throw RunDirectoryError(
                code: .noRun, path: path, message: "there is no plan.jsonl: this is not a run.")
        }
    }

    /// Refuses a run's directory that belongs to somebody else, or holds a run's files that do, or something
    /// other than files in their places: what is written there could end up anywhere.
    package static func requireOurs(_ path: String) throws(RunDirectoryError) {
        try requireOwner(path)
        var information = stat()
        let names = [
            Name.plan, Name.journal, Name.summary, Name.report, Name.failed, Name.failedLines,
            Name.revised,
            Name.lock, settingsName,
        ]
        for file in names.map({ FilePath.joining(path, $0) }) {
            guard lstat(file, &information) == 0 else { continue }
            guard information.st_mode & S_IFMT == S_IFREG else {
                throw RunDirectoryError(
                    code: .notOurs, path: file,
                    message: "this is not a file but a link, a pipe or the like. Move it away.")
            }
            guard information.st_uid == geteuid() else {
                throw RunDirectoryError(
                    code: .notOurs, path: file,
                    message: "the file belongs to another user. Move it away.")
            }
        }
    }

    package static func requireOwner(_ path: String) throws(RunDirectoryError) {
        var information = stat()
        guard stat(path, &information) == 0 else {
            throw RunDirectoryError(
                code: .file, path: path, message: "\(FileError.last(.open, path))")
        }
        guard information.st_uid == geteuid() else {
            throw RunDirectoryError(
                code: .notOurs, path: path,
                message: "the directory belongs to another user. Name a directory of your own.")
        }
        guard information.st_mode & S_IWOTH == 0 || information.st_mode & S_ISVTX != 0 else {
            throw RunDirectoryError(
                code: .notOurs, path: path,
                message:
                    "every user may write to the directory. Take that right away with: chmod o-w "
                    + ShellWord.operand(path))
        }
    }

    private static func takeLock(_ path: String) throws(RunDirectoryError) -> FileLock {
        do {
            return try FileLock(FilePath.joining(path, Name.lock))
        } catch {
            guard error.errorNumber == EWOULDBLOCK else {
                throw RunDirectoryError(code: .file, path: path, message: "\(error)")
            }
            throw RunDirectoryError(
                code: .locked, path: path,
                message: "another mava-bulk works on this run. Wait for it, or stop it first.")
        }
    }

    /// A time as the names of runs write it: `20261122T185321Z`.
    static func timestamp(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func padded(_ value: Int32, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = padded(parts.tm_year + 1900, 4) + padded(parts.tm_mon + 1, 2)
        let day = padded(parts.tm_mday, 2)
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded($0, 2) }.joined()
        return "\(date)\(day)T\(clock)Z"
    }
}
