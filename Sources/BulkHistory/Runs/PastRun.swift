public import BulkExecution
public import BulkPlan
internal import BulkSystem

/// A run that was begun, as its directory shows it.
///
/// It is read from run.json and summary.json alone, so that thousands are listed at once.
public struct PastRun: Hashable, Sendable {
    /// How far a run has come.
    public enum State: String, CaseIterable, Hashable, Sendable {
        /// A process works on it.
        case running
        /// It stopped before its end: `resume` continues it.
        case resumable
        /// It came to its end.
        case finished
        /// Its files were removed; a tombstone is left.
        case pruned
        /// Its files cannot be read.
        case unreadable
    }

    /// The run's directory.
    public var path: String
    /// How far it has come.
    public var state: State
    /// The plan's id, 64 hex digits; `nil` when the directory does not say.
    public var plan: String?
    /// What the run is called; `nil` for nothing.
    public var label: String?
    /// When it began (RFC 3339, UTC).
    public var startedAt: String?
    /// When its last part ended (RFC 3339, UTC); `nil` when it was killed, or still runs.
    public var finishedAt: String?
    /// Who began it, and where.
    public var starter = RunStarter()
    /// The program that began it.
    public var tool: String?
    /// The input's name.
    public var input: String?
    /// Why its last part ended, such as `finished`; `nil` when it was killed, or still runs.
    public var reason: String?
    /// The rows of the input; `nil` before the first summary of the run, or of a part that was killed or still runs.
    public var rows: Int?
    /// How many rows ended in each outcome; empty where ``rows`` is `nil`.
    public var outcomes: [Outcome: Int] = [:]
    /// The updates that were sent.
    public var updatesSent: Int?
    /// The earlier runs that it undoes, or whose rows it tries again.
    public var follows: PlanHeader.Lineage?
    /// The part of the input that it is for; `nil` for all of it.
    public var shard: PlanHeader.Shard?
    /// The names of the later runs that undo it, the newest first; found by ``RunHistory``.
    ///
    /// Among them are retries of an undo. An undo that put nothing back is none of them.
    public var undoneBy: [String] = []
    /// Whether the newest of ``undoneBy`` has put back only a part of it: it did not come to its end, or it has fewer
    /// rows that are back than this run updated.
    public var isPartlyUndone = false
    /// The newest run that undid the newest of ``undoneBy``, in words; `nil` if none did.
    package var redone: String?
    /// The names of the later runs that try its rows again, the newest first; found by ``RunHistory``.
    public var retriedBy: [String] = []
    /// When its files were removed (RFC 3339, UTC); `nil` for a run that was not pruned.
    public var prunedAt: String?
    /// The SHA-256 of the report that was removed, 64 hex digits; `nil` where there was none.
    public var reportSHA256: String?
    /// How many bytes pruning gave back to the disk; `nil` for a run that was not pruned.
    public var bytesRemoved: Int?
    /// Why its files cannot be read; `nil` when they can.
    public var problem: String?

    /// The name of its directory.
    public var name: String { FilePath.name(of: path) }

    /// The number of rows that ended in an outcome; 0 when that is not known.
    public subscript(outcome: Outcome) -> Int { outcomes[outcome] ?? 0 }

    /// How the plans of later runs refer to it.
    public var reference: PlanHeader.Lineage.Run? {
        plan.map { PlanHeader.Lineage.Run(name: name, plan: $0) }
    }

    /// Whether it may have changed tickets: it did, or it is not known what it did.
    var mayHaveChanges: Bool {
        let isKnown = state == .finished || state == .pruned
        return !isKnown || self[.updated] + self[.unknown] > 0
    }

    var files: RunFiles { RunFiles(path) }
}

extension PastRun {
    /// Reads what a directory says of its run.
    ///
    /// The result is `nil` when the directory contains none.
    ///
    /// - Parameters:
    ///   - path: The directory.
    ///   - isLockedHere: Whether this process holds the run's lock, so that no other one works on it.
    package init?(readingFrom path: String, isLockedHere: Bool = false) {
        StepCount.add()
        self.init(path: path, state: .finished)
        let files = files
        guard FilePath.isOwnDirectory(path) else {
            guard [files[.plan], files[.tombstone]].contains(where: FilePath.isTaken) else {
                return nil
            }
            // What another user wrote there says nothing about this user's runs.
            state = .unreadable
            problem = "\(path) belongs to another user; only that user can read the run"
            return
        }
        if FilePath.isOwnRegularFile(files[.tombstone]) {
            state = .pruned
            read(files[.tombstone]) { $0.parseTombstone(&$1, $2) }
            return
        }
        let hasSettings = FilePath.isTaken(files[.settings])
        guard FilePath.isTaken(files[.plan]) || hasSettings || FilePath.isTaken(files[.journal])
        else { return nil }
        if hasSettings { read(files[.settings]) { $0.parseSetting(&$1, $2) } }
        // What the run goes back to is in its plan, too, and must not be forgotten.
        if problem != nil, let header = try? PlanFile.header(of: files[.plan], isOurs: true) {
            plan = plan ?? header.id
            follows = follows ?? header.follows
        }
        let hasSummary = FilePath.isTaken(files[.summary])
        if hasSummary { read(files[.summary]) { $0.parseResult(&$1, $2) } }
        if problem == nil { problem = problemOfPlan() }
        if startedAt == nil { startedAt = Self.time(inName: name) }
        if !isLockedHere, FileLock.isHeld(files[.lock]) || FileLock.isHeld(files[.journal]) {
            state = .running
        } else if problem != nil {
            state = .unreadable
        } else if !hasSummary || reason != StopReason.finished.name {
            state = .resumable
        }
        // A part after the one that wrote the summary was killed, or still runs.
        if [.resumable, .running].contains(state),
            FilePath.isNewer(files[.journal], than: files[.summary])
        {
            (finishedAt, reason, rows, outcomes, updatesSent) = (nil, nil, nil, [:], nil)
        }
    }

    /// What is wrong with the plan's file, as far as its beginning shows; `nil` for nothing.
    ///
    /// The rows and the journal are not read: a list of thousands of runs would take minutes.
    private func problemOfPlan() -> String? {
        let path = files[.plan]
        guard FilePath.isTaken(path) else {
            return
                "there is no \(path): the run was killed before it began, or the file was moved away"
        }
        guard FilePath.isOwnRegularFile(path) else { return "\(path) is not a file" }
        do throws(FileError) {
            var reader = try FileReader(ofRun: path)
            let bytes = try reader.read(upTo: 4 << 10)
            let found = bytes.withUnsafeBytes(PlanHeader.id(inBeginning:))
            guard let plan, let found, found != plan else { return nil }
            return "\(path) is plan \(found.prefix(8)), and the run's plan is \(plan.prefix(8))"
        } catch {
            return "\(error)"
        }
    }

    /// The time in the name that runs get by themselves: `20261122T185321Z-1234abcd`.
    static func time(inName name: String) -> String? {
        let bytes = Array(name.utf8.prefix(17))
        guard bytes.count >= 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z"),
            bytes.count == 16 || bytes[16] == UInt8(ascii: "-"),
            (bytes[0..<8] + bytes[9..<15]).allSatisfy({ 0x30...0x39 ~= $0 })
        else { return nil }
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        return "\(text(0..<4))-\(text(4..<6))-\(text(6..<8))T"
            + "\(text(9..<11)):\(text(11..<13)):\(text(13..<15))Z"
    }

    /// Reads the members of a small JSON file, and notes when that is impossible.
    private mutating func read(
        _ path: String, _ member: (inout PastRun, inout JSONCursor, String) -> Bool
    ) {
        do throws(FileError) {
            guard FilePath.isOwnRegularFile(path) else {
                problem = "\(path) is not a file"
                return
            }
            guard let bytes = try FileReader.bytes(ofRun: path, atMost: 1 << 20) else {
                problem = "\(path) is larger than 1 MiB, the most that is read"
                return
            }
            let isWhole: Void? = bytes.withUnsafeBytes { bytes in
                var cursor = JSONCursor(bytes)
                return cursor.object { key, value in member(&self, &value, key) }
            }
            if isWhole == nil { problem = "\(path) cannot be read" }
        } catch {
            problem = "\(error)"
        }
    }

    private mutating func parseSetting(_ value: inout JSONCursor, _ key: String) -> Bool {
        switch key {
        case "plan": return value.read(into: &plan)
        case "tool": return value.read(into: &tool)
        case "label": return value.read(into: &label)
        case "startedAt": return value.read(into: &startedAt)
        case "starter":
            return value.object { key, value in
                switch key {
                case "user": return value.read(into: &starter.user)
                case "host": return value.read(into: &starter.host)
                case "job": return value.read(into: &starter.job)
                case "command":
                    starter.command = []
                    return value.array { word in
                        guard let text = word.string() else { return false }
                        starter.command?.append(text)
                        return true
                    } != nil
                default: return value.skip()
                }
            } != nil
        case "follows":
            follows = PlanHeader.Lineage(reading: &value)
            return follows != nil
        case "shard":
            shard = PlanHeader.Shard(reading: &value)
            return shard != nil
        default: return value.skip()
        }
    }

    private mutating func parseResult(_ value: inout JSONCursor, _ key: String) -> Bool {
        switch key {
        case "plan": return value.read(into: &plan)
        case "input": return value.read(into: &input)
        case "reason": return value.read(into: &reason)
        case "rows": return value.read(into: &rows)
        case "updatesSent": return value.read(into: &updatesSent)
        case "startedAt":
            // The run may have had parts before.
            return startedAt == nil ? value.read(into: &startedAt) : value.skip()
        case "finishedAt": return value.read(into: &finishedAt)
        case "outcomes":
            return value.object { key, value in
                guard let outcome = Outcome(rawValue: key) else { return value.skip() }
                var count: Int?
                guard value.read(into: &count) else { return false }
                outcomes[outcome] = count
                return true
            } != nil
        default: return value.skip()
        }
    }

    /// A tombstone has the members of both files.
    private mutating func parseTombstone(_ value: inout JSONCursor, _ key: String) -> Bool {
        switch key {
        case "tool", "label", "starter", "follows": parseSetting(&value, key)
        case "prunedAt": value.read(into: &prunedAt)
        case "reportSha256": value.read(into: &reportSHA256)
        case "bytesRemoved": value.read(into: &bytesRemoved)
        default: parseResult(&value, key)
        }
    }
}

extension JSONCursor {
    fileprivate mutating func read(into target: inout String?) -> Bool {
        target = string()
        return target != nil
    }

    fileprivate mutating func read(into target: inout Int?) -> Bool {
        target = integer()
        return target != nil
    }
}
