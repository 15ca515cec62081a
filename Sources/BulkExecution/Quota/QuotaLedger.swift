package import BulkSystem
package import MavaAPI
import Synchronization

import CLibrary

// There is one small file for each key and base URL, in the user's state directory. A process that needs a
// permit locks the file, reads the other processes' entries, decides, writes its own entries, and unlocks it.
// That takes a few microseconds. The file is never synced, because nothing needs it after a power cut. No
// process waits for the lock, because a wait would block a thread of the cooperative pool. A process that
// finds the file locked tries again two milliseconds later.

/// The one budget of all processes on this machine that use the same key and base URL.
package final class QuotaLedger: Sendable {
    /// Why there is no ledger, in words; the run then uses the quota alone.
    package struct Unavailable: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is missing or refused, and the consequence.
        package var description: String
    }

    /// The result of an exchange with the file.
    enum Exchange: Hashable {
        case done
        /// Another process has the file for a moment.
        case busy
        /// The file cannot be used any more.
        case lost
    }

    /// The ledger's file.
    package let path: String
    private let directory: String
    private let file: Mutex<File>
    private let owner = UInt64.random(in: 1 ... .max)
    private let bootID: UInt64
    private let clock: @Sendable () -> Nanoseconds
    private let trouble = Mutex<String?>(nil)
    /// Since when the lock was found taken without a pause.
    private let busySince = Mutex<Nanoseconds?>(nil)
    private static let longestBusy = 10 * Nanoseconds.second

    /// The open file, and its last known contents.
    private struct File {
        var descriptor: Int32
        /// The other processes' entries at the last read, for a file that has to be made again.
        var others: [LedgerPage.Entry] = []
        /// Whether this process has written a page to it.
        var isWritten = false
        var notices: [String] = []
    }

    /// Opens the ledger of a key, and makes it if it is missing.
    ///
    /// - Parameters:
    ///   - directory: The directory of ledgers; made with mode 0700 if it is missing.
    ///   - key: The key; only a hash of it is written, as part of the file's name.
    ///   - baseURL: The API's address.
    ///   - clock: A time that all processes share, such as ``SystemTime/monotonic()``.
    ///   - bootID: Which start of the machine that time belongs to.
    /// - Throws: ``Unavailable`` when the file cannot be made or opened.
    ///
    /// All spellings of one address share a file: ``QuotaAddress``.
    package init(
        directory: String, key: APIKey, baseURL: String,
        clock: @escaping @Sendable () -> Nanoseconds = SystemTime.monotonic,
        bootID: UInt64 = SystemTime.bootID()
    ) throws(Unavailable) {
        let hash = SHA256.hexDigest(
            of: "mava-bulk quota\n\(QuotaAddress(baseURL))\n\(key.secret)".utf8)
        path = FilePath.joining(directory, "quota-\(hash.prefix(32))")
        self.directory = directory
        self.clock = clock
        self.bootID = bootID
        do throws(FileError) {
            file = Mutex(File(descriptor: try Self.open(path, in: directory)))
        } catch {
            throw Unavailable(description: Self.alone("\(error)"))
        }
    }

    deinit { file.withLock { _ = close($0.descriptor) } }

    private static func open(_ path: String, in directory: String) throws(FileError) -> Int32 {
        try POSIXFileSystem().makeDirectory(directory)
        return try POSIXFileSystem().open(path, flags: O_RDWR | O_CREAT | O_NOFOLLOW)
            .descriptor
    }

    private static func alone(_ reason: String) -> String {
        "no ledger for the quota (\(reason)): other runs on this machine that use the same key are "
            + "not taken into account"
    }

    /// Where ledgers lie: `$XDG_STATE_HOME/mava-bulk`, else `~/.local/state/mava-bulk`.
    ///
    /// Source: XDG Base Directory Specification 0.8 (a path that is not absolute is ignored).
    ///
    /// - Parameter environment: The value of an environment variable, by name.
    /// - Returns: The directory's path.
    /// - Throws: ``Unavailable`` when neither variable names a directory.
    package static func directory(
        _ environment: (String) -> String?
    ) throws(Unavailable) -> String {
        if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") {
            return FilePath.joining(state, "mava-bulk")
        }
        guard let home = environment("HOME"), home.hasPrefix("/") else {
            throw Unavailable(
                description: alone("neither XDG_STATE_HOME nor HOME names a directory"))
        }
        return FilePath.joining(home, ".local/state/mava-bulk")
    }

    /// Why the ledger is no longer used, in words; `nil` while it is.
    package var problem: String? { trouble.withLock { $0 } }

    /// The time on the clock that all processes share.
    var now: Nanoseconds { clock() }

    /// Shows what the others hold and enters what this process holds.
    ///
    /// - Parameter decide: Given what the others hold; returns what this process holds from now on. It
    ///   is called only when the file could be locked and read.
    /// - Returns: What came of it.
    func exchange(_ decide: (LedgerView) -> LedgerShare) -> Exchange {
        if problem != nil { return .lost }
        return file.withLock { file in
            do throws(FileError) {
                guard try lock(&file) else { return noteBusy() }
                defer { _ = flock(file.descriptor, LOCK_UN) }
                busySince.withLock { $0 = nil }
                let now = clock()
                var page = try read(&file, at: now)
                page.forget(before: now)
                let share = decide(page.view(of: owner))
                page.entries.removeAll { entry in
                    entry.owner == owner
                        || share.endsHints && entry.kind == LedgerPage.Kind.hint.rawValue
                }
                file.others = page.entries
                enter(share, into: &page)
                page.forget(before: now)
                try write(page.bytes(writtenAt: now), to: file.descriptor)
                file.isWritten = true
                return .done
            } catch {
                return lose("\(error)")
            }
        }
    }

    /// What happened to the file since this was last asked, in words, for the person.
    func consumeNotices() -> [String] {
        file.withLock { file in
            defer { file.notices = [] }
            return file.notices
        }
    }

    /// Locks the file at the path, which is a new one if the old one was deleted or replaced.
    ///
    /// - Returns: Whether it could be locked; another process has it otherwise.
    private func lock(_ file: inout File) throws(FileError) -> Bool {
        for _ in 0..<8 {
            guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
                guard errno == EWOULDBLOCK || errno == EINTR else { throw .last(.lock, path) }
                // A deleted file can still be locked by a process that has not noticed.
                if try isInPlace(file.descriptor) { return false }
                try replace(&file)
                continue
            }
            if try isInPlace(file.descriptor) { return true }
            try replace(&file)
        }
        return false
    }

    private func isInPlace(_ descriptor: Int32) throws(FileError) -> Bool {
        var open = stat()
        guard fstat(descriptor, &open) == 0 else { throw .last(.read, path) }
        var named = stat()
        guard lstat(path, &named) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw .last(.open, path) }
            return false
        }
        return named.st_ino == open.st_ino && named.st_dev == open.st_dev
    }

    private func replace(_ file: inout File) throws(FileError) {
        let descriptor = try Self.open(path, in: directory)
        // What stood in it until then can still be read.
        if let page = try contents(of: file.descriptor, at: clock()) {
            file.others = page.entries.filter { $0.owner != owner }
        }
        // Closing it also gives up a lock on it.
        close(file.descriptor)
        file.descriptor = descriptor
        if file.isWritten { note("was deleted or replaced while it was in use", &file) }
        file.isWritten = false
    }

    private func note(_ what: String, _ file: inout File) {
        let notice =
            "the quota's ledger \(path) \(what); it was made again, with what this run knows "
            + "of the others"
        if !file.notices.contains(notice) { file.notices.append(notice) }
    }

    private func enter(_ share: LedgerShare, into page: inout LedgerPage) {
        func add(_ kind: LedgerPage.Kind, _ until: Nanoseconds) {
            page.entries.append(
                LedgerPage.Entry(owner: owner, kind: kind.rawValue, until: until))
        }
        page.entries += share.permits.map { LedgerPage.Entry(owner: owner, permit: $0) }
        if let until = share.wantsUntil { add(.want, until) }
        if share.pausedUntil > .min { add(.pause, share.pausedUntil) }
        if share.hintedUntil > .min { add(.hint, share.hintedUntil) }
    }

    private func noteBusy() -> Exchange {
        let now = clock()
        let isStuck = busySince.withLock { since in
            since = since ?? now
            return now - (since ?? now) > Self.longestBusy
        }
        return isStuck ? lose("another process has held \(path) for 10 s") : .busy
    }

    private func lose(_ reason: String) -> Exchange {
        trouble.withLock { $0 = Self.alone(reason) }
        return .lost
    }

    /// The page of a file, with no entries where it is empty; `nil` where it is damaged.
    private func contents(
        of descriptor: Int32, at now: Nanoseconds
    ) throws(FileError) -> LedgerPage? {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw .last(.read, path) }
        let size = min(Int(information.st_size), LedgerPage.longest)
        var bytes = [UInt8](repeating: 0, count: size)
        let taken = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, size, 0) }
        guard taken >= 0 else { throw .last(.read, path) }
        return bytes.withUnsafeBytes { bytes in
            LedgerPage(
                UnsafeRawBufferPointer(rebasing: bytes[..<taken]), bootID: bootID, now: now)
        }
    }

    private func read(_ file: inout File, at now: Nanoseconds) throws(FileError) -> LedgerPage {
        var information = stat()
        guard fstat(file.descriptor, &information) == 0 else { throw .last(.read, path) }
        let isCutOff = file.isWritten && information.st_size == 0
        if !isCutOff, let page = try contents(of: file.descriptor, at: now) {
            // A page without entries can be that of a file which was made again.
            if !page.entries.isEmpty { return page }
            return LedgerPage(bootID: bootID, entries: file.others)
        }
        note("was damaged", &file)
        // What the others held is not forgotten: they enter it themselves at their next permit.
        return LedgerPage(bootID: bootID, entries: file.others)
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) throws(FileError) {
        let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        guard written == bytes.count else { throw .last(.write, path) }
        guard ftruncate(descriptor, off_t(bytes.count)) == 0 else { throw .last(.truncate, path) }
    }
}
