import BulkSystem

/// The contents of the ledger's file: how much of a key's quota each process on this machine uses.
///
/// Every entry expires, so the entries of a process that dies last no longer than its requests could have
/// lasted. Times are on the clock that all processes share until the next boot.
struct LedgerPage: Hashable, Sendable {
    /// What an entry says.
    enum Kind: UInt64 {
        /// A permit is in use, until then at most.
        case permit = 1
        /// A process waits for a permit.
        case want = 2
        /// The server asked everyone to wait until then.
        case pause = 3
        /// The server asked for a pause so long that it is only a hint.
        case hint = 4
        /// The page was written then; of no process, and only in a file.
        case written = 5
    }

    /// One fact that holds until a time.
    struct Entry: Hashable, Sendable {
        var owner: UInt64
        /// A ``Kind`` in the lowest byte; above it, for a permit, its span in microseconds.
        var kind: UInt64
        var until: Nanoseconds

        init(owner: UInt64, kind: UInt64, until: Nanoseconds) {
            (self.owner, self.kind, self.until) = (owner, kind, until)
        }

        /// The use of a permit.
        init(owner: UInt64, permit: LedgerPermit) {
            let span = UInt64(max(0, permit.span.count / 1000))
            self.init(owner: owner, kind: Kind.permit.rawValue | span << 8, until: permit.until)
        }

        /// What it says of a permit.
        var permit: LedgerPermit {
            LedgerPermit(until: until, span: Nanoseconds(count: Int64(kind >> 8) * 1000))
        }
    }

    /// Which start of the machine the times belong to.
    var bootID: UInt64
    var entries: [Entry] = []

    private static let magic: UInt64 = 0x3151_4255_4C4B_5651
    private static let headerLength = 32
    private static let entryLength = 24
    /// More than this is not read: no quota that makes sense needs it.
    static let longest = headerLength + entryLength * 65_536

    init(bootID: UInt64, entries: [Entry] = []) {
        self.bootID = bootID
        self.entries = entries
    }

    /// Reads a page.
    ///
    /// The result is `nil` when the bytes are damaged or not a ledger's. A ledger of an earlier start of the
    /// machine gives a page without entries. So does one that was written later than now, on another clock: where
    /// `/proc/sys` cannot be read, the start of the machine is not known, and processes can have clocks of their own.
    ///
    /// - Parameters:
    ///   - bytes: The file's bytes; none at all for a new file.
    ///   - bootID: Which start of the machine this is; 0 if it is not known.
    ///   - now: The time.
    init?(_ bytes: UnsafeRawBufferPointer, bootID: UInt64, now: Nanoseconds) {
        self.bootID = bootID
        if bytes.isEmpty { return }
        guard bytes.count >= Self.headerLength,
            bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self) == Self.magic
        else { return nil }
        let count = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        guard count <= 65_536, bytes.count >= Self.headerLength + Int(count) * Self.entryLength
        else { return nil }
        let end = Self.headerLength + Int(count) * Self.entryLength
        let body = UnsafeRawBufferPointer(rebasing: bytes[Self.headerLength..<end])
        let checksum = bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
        guard UInt64(CRC32C.checksum(body)) == checksum else { return nil }
        guard bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self) == bootID else { return }
        entries = (0..<Int(count)).map { index in
            let start = index * Self.entryLength
            return Entry(
                owner: body.loadUnaligned(fromByteOffset: start, as: UInt64.self),
                kind: body.loadUnaligned(fromByteOffset: start + 8, as: UInt64.self),
                until: Nanoseconds(
                    count: body.loadUnaligned(fromByteOffset: start + 16, as: Int64.self)))
        }
        let written = entries.first { $0.kind == Kind.written.rawValue }
        if let written, written.until > now { entries = [] }
        entries.removeAll { $0.kind == Kind.written.rawValue }
    }

    /// The page as the file holds it.
    ///
    /// - Parameter now: The time.
    /// - Returns: The bytes.
    func bytes(writtenAt now: Nanoseconds) -> [UInt8] {
        let written = Entry(owner: 0, kind: Kind.written.rawValue, until: now)
        var body: [UInt8] = []
        func append<T>(_ value: T, to bytes: inout [UInt8]) {
            withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
        }
        for entry in [written] + entries.prefix(65_535) {
            append(entry.owner, to: &body)
            append(entry.kind, to: &body)
            append(entry.until.count, to: &body)
        }
        var result: [UInt8] = []
        append(Self.magic, to: &result)
        append(bootID, to: &result)
        append(UInt64(body.count / Self.entryLength), to: &result)
        append(UInt64(body.withUnsafeBytes { CRC32C.checksum($0) }), to: &result)
        return result + body
    }

    /// Drops what has ended.
    mutating func forget(before now: Nanoseconds) { entries.removeAll { $0.until <= now } }

    /// What the other processes' entries say to one of them.
    func view(of owner: UInt64) -> LedgerView {
        var view = LedgerView()
        var owners: Set<UInt64> = []
        for entry in entries where entry.owner != owner {
            owners.insert(entry.owner)
            switch Kind(rawValue: entry.kind & 0xFF) {
            case .permit: view.permits.append(entry.permit)
            case .want: view.waiting += 1
            case .pause: view.pausedUntil = max(view.pausedUntil, entry.until)
            case .hint: view.hintedUntil = max(view.hintedUntil, entry.until)
            case .written, nil: break
            }
        }
        view.others = owners.count
        return view
    }
}

/// The use of a permit by a process, which all others count for as long as their own windows are.
struct LedgerPermit: Hashable, Sendable {
    /// How long it is remembered.
    var until: Nanoseconds
    /// The time between the answer and ``until``; zero where a ledger of an earlier version does not say.
    var span: Nanoseconds

    /// When the permit becomes free for a process.
    ///
    /// - Parameter window: The process's window.
    /// - Returns: The time, at the latest.
    func freed(after window: Nanoseconds) -> Nanoseconds {
        span == .zero ? until : until - span + window
    }
}

/// What one process sees of the others in the ledger.
struct LedgerView: Hashable, Sendable {
    /// The others' permits.
    var permits: [LedgerPermit] = []
    /// How many of the others wait for a permit.
    var waiting = 0
    /// How many others there are.
    var others = 0
    /// Until when the server asked one of the others to wait.
    var pausedUntil = Nanoseconds.min
    /// Until when it asked one of the others for a pause that is too long to be obeyed unseen.
    var hintedUntil = Nanoseconds.min
}

/// What one process enters in the ledger: all that holds of it, in place of what it entered before.
struct LedgerShare: Hashable, Sendable {
    /// Its permits.
    var permits: [LedgerPermit] = []
    /// Until when it is to be counted as waiting; `nil` when it is not.
    var wantsUntil: Nanoseconds?
    /// Until when the server asked it to wait.
    var pausedUntil = Nanoseconds.min
    /// Until when the server asked it to wait, where that is too long to bind the others.
    var hintedUntil = Nanoseconds.min
    /// Whether the server has answered since the others' hints were entered, so that they are out of date.
    var endsHints = false
}
