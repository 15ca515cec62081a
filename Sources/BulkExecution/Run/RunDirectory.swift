package import BulkSystem

import CLibrary
import MavaAPI
import Synchronization

/// Why a run's directory cannot be used.
public struct RunDirectoryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of causes.
    public enum Code: String, Sendable {
        /// Another process uses it.
        case locked
        /// It already contains a run.
        case occupied
        /// It contains no run.
        case noRun = "no_run"
        /// A later run undid its run or tried the rows of it again.
        case followed
        /// Its run was pruned, so that only the tombstone is left.
        case pruned
        /// It, or an entry in it, belongs to another user, or an entry is not a file.
        case notOurs = "not_ours"
        /// The file with the run's settings cannot be read.
        case settingsUnusable = "settings_unusable"
        /// A system call failed.
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

    /// The directory and the message; a message about a system call names the path itself.
    public var description: String { code == .file ? message : "\(path): \(message)" }
}

/// The directory of one run, locked for this process until the value is destroyed.
package final class RunDirectory: Sendable {
    /// The directory's path.
    package var path: String { files.directory }
    /// The paths of its files.
    package let files: RunFiles
    private let lock: FileLock
    /// The lock on the journal, from when it is written on.
    private let journalLock = Mutex<FileLock?>(nil)
    /// The file with which a person steers the run.
    package let control: ControlFile

    /// The file with the approved plan.
    package var plan: String { files[.plan] }
    /// The file with the plan's approvals, as it was when the run began.
    package var approvals: String { files[.approvals] }
    /// The file with the journal.
    package var journal: String { files[.journal] }
    /// The file with the rows that were decided again because their tickets had changed before sending.
    package var revised: String { files[.revised] }
    /// The file with the run's settings.
    package var settings: String { files[.settings] }
    /// The file with counts, requests and times.
    package var summary: String { files[.summary] }
    /// The file with a line for each row of the input.
    package var report: String { files[.report] }
    /// The page that shows the run.
    package var page: String { files[.page] }
    /// The file with the rows to correct and apply again, in the format of their input (`csv` or `jsonl`).
    package func failed(format: String) -> String { files.failed(format: format) }

    /// The directory below which runs are made unless another one is named.
    package static let defaultParent = "mava-bulk-runs"

    private init(path: String, lock: consuming FileLock) {
        files = RunFiles(path)
        self.lock = lock
        control = ControlFile(files[.control])
    }

    /// Makes the directory of a new run, and missing directories above it.
    ///
    /// - Parameters:
    ///   - path: The path; `nil` for `<parent>/<UTC time>-<8 digits of the plan's id>/`.
    ///   - parent: The directory of runs whose path is not given.
    ///   - planID: The plan's id.
    ///   - startedAt: When the run starts, in milliseconds since 1970.
    ///   - fileSystem: The system calls to use.
    /// - Returns: The directory, locked.
    /// - Throws: A ``RunDirectoryError`` when it contains a run or a file that the run would replace, is
    ///   locked, or cannot be made.
    package static func create(
        at path: String? = nil, in parent: String = defaultParent, planID: String, startedAt: Int64,
        fileSystem: any FileSystem = POSIXFileSystem()
    ) throws(RunDirectoryError) -> RunDirectory {
        if let path { return try make(path, fileSystem) }
        // The owner of this directory can replace the run inside it.
        if FilePath.isDirectory(parent) { try requireOwner(parent) }
        let name = FilePath.joining(parent, "\(timestamp(startedAt))-\(planID.prefix(8))")
        for number in 1...100 {
            do throws(RunDirectoryError) {
                return try make(number == 1 ? name : "\(name)-\(number)", fileSystem)
            } catch  where error.code == .occupied || error.code == .locked {
                continue
            }
        }
        throw RunDirectoryError(
            code: .occupied, path: name,
            message:
                "a hundred runs of this plan began in this second; name one with \(SettingName.runDirectory)."
        )
    }

    private static func make(
        _ path: String, _ fileSystem: any FileSystem
    ) throws(RunDirectoryError) -> RunDirectory {
        do {
            let isNew = !FilePath.isTaken(path)
            try fileSystem.makeDirectory(path)
            // Without this, a crash could lose the directory and everything in it.
            if isNew { try fileSystem.syncDirectory(FilePath.directory(of: path)) }
        } catch {
            throw RunDirectoryError(code: .file, path: path, message: "\(error)")
        }
        try requireOurs(path)
        let directory = RunDirectory(path: path, lock: try acquireLock(path))
        try requireNoRun(path)
        return directory
    }

    /// Refuses a directory that cannot be a new run's, and makes nothing.
    ///
    /// Call this before reading the tickets for the run.
    ///
    /// - Parameter path: The directory, which need not exist yet.
    /// - Throws: A ``RunDirectoryError`` when it contains a run or a file that the run would replace, when it
    ///   is locked, or when the path is not a directory.
    package static func requireUnused(_ path: String) throws(RunDirectoryError) {
        guard FilePath.isDirectory(path) else {
            guard FilePath.isTaken(path) else { return }
            throw RunDirectoryError(
                code: .occupied, path: path,
                message: "this is not a directory. Name another one.")
        }
        // A run that uses the directory holds its lock. A directory without a lock file gets none.
        if FilePath.exists(RunFiles(path)[.lock]) { _ = try acquireLock(path) }
        try requireNoRun(path)
    }

    private static func requireNoRun(_ path: String) throws(RunDirectoryError) {
        // A dangling link counts as an existing file.
        let files = RunFiles(path)
        func holds(_ name: RunFiles.Name) -> Bool { FilePath.isTaken(files[name]) }
        if holds(.journal) || holds(.plan) {
            throw RunDirectoryError(
                code: .occupied, path: path,
                message:
                    "the directory holds a run already. Name another directory, or, if that run is not "
                    + "finished, go on with it: \(SettingName.resuming(path))")
        }
        var names: [RunFiles.Name] = [
            .report, .page, .failed, .failedLines, .summary, .revised, .tombstone,
        ]
        // A crash before the plan was written leaves only a run's settings and its approvals. The next run
        // replaces them.
        if !isSettings(files[.settings]) { names += [.settings, .approvals] }
        for name in names where holds(name) {
            throw RunDirectoryError(
                code: .occupied, path: path,
                message: "the directory holds \(name.rawValue), which a run would replace. "
                    + "Name another directory.")
        }
    }

    /// Whether a file contains the settings of a run.
    private static func isSettings(_ path: String) -> Bool {
        guard FilePath.isRegularFile(path) else { return false }
        do throws(FileError) {
            var reader = try FileReader(ofRun: path)
            let bytes = try reader.read(upTo: 16 << 10)
            return bytes.firstRange(of: Array(#""mava-bulk-run""#.utf8)) != nil
        } catch {
            return false
        }
    }

    /// Opens the directory of a run that was started.
    ///
    /// - Parameter path: The directory.
    /// - Returns: The directory, locked.
    /// - Throws: A ``RunDirectoryError`` when it contains no run, or another process uses it.
    package static func open(_ path: String) throws(RunDirectoryError) -> RunDirectory {
        try requireRun(path)
        try requireOurs(path)
        let directory = RunDirectory(path: path, lock: try acquireLock(path))
        AtomicFile.removeLeftOvers(in: path, of: RunFiles.Name.allCases.map(\.rawValue))
        return directory
    }

    /// Locks the directory of a run, or of what pruning left of one.
    ///
    /// - Parameter path: The directory.
    /// - Returns: The directory, locked.
    /// - Throws: A ``RunDirectoryError`` when another user controls it, or another process uses it.
    package static func lock(_ path: String) throws(RunDirectoryError) -> RunDirectory {
        try requireOurs(path)
        return RunDirectory(path: path, lock: try acquireLock(path))
    }

    /// Refuses a directory that contains no run, or one that was pruned.
    package static func requireRun(_ path: String) throws(RunDirectoryError) {
        let files = RunFiles(path)
        if FilePath.isOwnRegularFile(files[.tombstone]) {
            let time = files.prunedAt.map { " on \($0)" } ?? ""
            throw RunDirectoryError(
                code: .pruned, path: path,
                message: "the run was pruned\(time), so its rows are gone. What is left: "
                    + "\(SettingName.showing(path))")
        }
        guard access(RunFiles(path)[.plan], F_OK) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw RunDirectoryError(
                    code: .file, path: path, message: "\(FileError.last(.open, path))")
            }
            throw RunDirectoryError(
                code: .noRun, path: path, message: "there is no plan.jsonl: this is not a run.")
        }
    }

    /// Refuses a run's directory that another user could control.
    ///
    /// What is written to such a directory could end up anywhere.
    ///
    /// It is refused when it belongs to another user, when one of the run's files does, or when one of them
    /// is not a file.
    package static func requireOurs(_ path: String) throws(RunDirectoryError) {
        try requireOwner(path)
        var information = stat()
        let files = RunFiles(path)
        for name in RunFiles.Name.allCases {
            let file = files[name]
            guard lstat(file, &information) == 0 else { continue }
            guard information.st_mode & S_IFMT == S_IFREG else {
                throw RunDirectoryError(
                    code: .notOurs, path: file,
                    message: "this is not a file but a link, a pipe or the like. Move it away.")
            }
            // The system's administrator may steer a run of a service's user.
            guard information.st_uid == geteuid() || name == .control && information.st_uid == 0
            else {
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

    /// Locks the journal, too: a person can remove the file of the other lock, and another process would not notice.
    package func lockJournal() throws(RunDirectoryError) {
        try journalLock.withLock { held throws(RunDirectoryError) in
            if held == nil { held = try Self.acquireLock(path, .journal) }
        }
    }

    private static func acquireLock(
        _ path: String, _ file: RunFiles.Name = .lock
    ) throws(RunDirectoryError) -> FileLock {
        do {
            return try FileLock(RunFiles(path)[file])
        } catch {
            guard error.errorNumber == EWOULDBLOCK else {
                throw RunDirectoryError(code: .file, path: path, message: "\(error)")
            }
            throw RunDirectoryError(
                code: .locked, path: path,
                message: "another mava-bulk works on this run. Wait for it, or stop it first.")
        }
    }

    /// Formats a time as in the names of runs: `20261122T185321Z`.
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
