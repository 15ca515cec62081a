import BulkFiles
package import MavaAPI
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// One small file for each key and base URL, in the user's state directory. Whoever wants a permit locks
// it, reads what the others hold, decides, writes what it holds itself, and unlocks. That takes a few
// microseconds and is never synced: after a power cut there is nothing that would need it. The lock is
// never waited for, because a wait would block a thread of the cooperative pool: whoever finds it taken
// tries again two milliseconds later.

/// The one budget of all processes on this machine that use the same key and base URL.
package final class QuotaLedger: Sendable {
    /// Why there is no ledger, in words; the run goes on alone then.
    package struct Unavailable: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is missing or refused, and what follows from it.
        package var description: String
    }

    /// What came of an exchange with the file.
    enum Exchange: Hashable {
        case done
        /// Another process has the file for a moment.
        case busy
        /// The file cannot be used any more.
        case lost
    }

    /// The ledger's file.
    package let path: String
    private let descriptor: Int32
    private let owner = UInt64.random(in: 1 ... .max)
    private let bootID: UInt64
    private let clock: @Sendable () -> Nanoseconds
    private let trouble = Mutex<String?>(nil)
    /// Since when the lock was found taken without a pause.
    private let busySince = Mutex<Nanoseconds?>(nil)
    private static let longestBusy = 10 * Nanoseconds.second

    /// Opens the ledger of a key, which is made where it is missing.
    ///
    /// - Parameters:
    ///   - directory: Where ledgers lie; made with mode 0700 where it is missing.
    ///   - key: The key; only a hash of it is written, as part of the file's name.
    ///   - baseURL: The API's address.
    ///   - clock: A time that all processes share, such as ``SystemTime/monotonic()``.
    ///   - bootID: Which start of the machine that time belongs to.
    /// - Throws: ``Unavailable`` when the file cannot be made or opened.
    package init(
        directory: String, key: APIKey, baseURL: String,
        clock: @escaping @Sendable () -> Nanoseconds = SystemTime.monotonic,
        bootID: UInt64 = SystemTime.bootID()
    ) throws(Unavailable) {
        let hash = SHA256.hexDigest(of: "mava-bulk quota\n\(baseURL)\n\(key.secret)".utf8)
        path = FilePath.joining(directory, "quota-\(hash.prefix(32))")
        self.clock = clock
        self.bootID = bootID
        do throws(FileError) {
            try POSIXFileSystem().makeDirectory(directory)
            descriptor = try POSIXFileSystem().open(path, flags: O_RDWR | O_CREAT).descriptor
        } catch {
            throw Unavailable(description: Self.alone("\(error)"))
        }
    }

    deinit { close(descriptor) }

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
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return noteBusy(errno) }
        defer { _ = flock(descriptor, LOCK_UN) }
        busySince.withLock { $0 = nil }
        do throws(FileError) {
            let now = clock()
            var page = try read()
            page.forget(before: now)
            let share = decide(page.view(of: owner))
            page.entries.removeAll { $0.owner == owner }
            enter(share, into: &page)
            page.forget(before: now)
            try write(page.bytes)
            return .done
        } catch {
            return lose("\(error)")
        }
    }

    private func enter(_ share: LedgerShare, into page: inout LedgerPage) {
        func add(_ kind: LedgerPage.Kind, _ until: Nanoseconds) {
            page.entries.append(
                LedgerPage.Entry(owner: owner, kind: kind.rawValue, until: until))
        }
        for until in share.permits { add(.permit, until) }
        if let until = share.wantsUntil { add(.want, until) }
        if share.pausedUntil > .min { add(.pause, share.pausedUntil) }
    }

    private func noteBusy(_ errorNumber: Int32) -> Exchange {
        guard errorNumber == EWOULDBLOCK || errorNumber == EINTR else {
            return lose(
                "\(FileError(operation: .lock, path: path, errorNumber: errorNumber))")
        }
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

    private func read() throws(FileError) -> LedgerPage {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw .last(.read, path) }
        let size = min(Int(information.st_size), LedgerPage.longest)
        var bytes = [UInt8](repeating: 0, count: size)
        let taken = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, size, 0) }
        guard taken >= 0 else { throw .last(.read, path) }
        let page = bytes.withUnsafeBytes { bytes in
            LedgerPage(UnsafeRawBufferPointer(rebasing: bytes[..<taken]), bootID: bootID)
        }
        // A page that cannot be read says nothing about the others; it is begun anew.
        return page ?? LedgerPage(bootID: bootID)
    }

    private func write(_ bytes: [UInt8]) throws(FileError) {
        let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        guard written == bytes.count else { throw .last(.write, path) }
        guard ftruncate(descriptor, off_t(bytes.count)) == 0 else { throw .last(.truncate, path) }
    }
}
