internal import BulkExecution
internal import BulkSystem
internal import MavaAPI

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

import CLibrary

/// What became of a run that was to be pruned.
public struct PruneResult: Hashable, Sendable {
    /// The run.
    public var run: PastRun
    /// How many bytes its removal gave back to the disk.
    public var bytes = 0
    /// The names of other files in its directory, which stay.
    public var otherFiles: [String] = []
    /// Why it is not pruned; `nil` when it is.
    public var problem: String?
}

extension RunHistory {
    /// Decides which runs can be pruned; nothing is removed.
    ///
    /// - Parameters:
    ///   - rule: Which runs are kept, beside those that always are.
    ///   - now: The present.
    /// - Returns: The runs to be pruned, with their sizes, and those that are kept.
    /// - Throws: A `FileError` when the directory cannot be read.
    public func prunePlan(_ rule: PruneRule, now: Date) throws -> PrunePlan {
        let runs = try runs()
        var notOurs: [String: String] = [:]
        var unfinished: Set<String> = []
        for run in runs {
            notOurs[run.name] = Self.reasonNotToTouch(run.path)
            // Files beside a tombstone that pruning did not write are not known to be worthless.
            if run.state == .pruned, run.problem == nil, run.prunedAt != nil,
                !Self.knownFiles(of: run).isEmpty
            {
                unfinished.insert(run.name)
            }
        }
        var plan = PrunePlan(runs, rule, now: now, notOurs: notOurs, unfinished: unfinished)
        for index in plan.removed.indices {
            plan.removed[index].bytes = Self.bytesOnDisk(
                Self.knownFiles(of: plan.removed[index].run))
        }
        return plan
    }

    /// Removes the files of runs, and leaves a tombstone of each.
    ///
    /// What is to be removed is decided again first, so a run that became worth keeping since the plan was made
    /// is kept. A run that was begun, resumed or changed meanwhile is left alone.
    ///
    /// - Parameters:
    ///   - plan: The plan that was shown.
    ///   - now: The present.
    /// - Returns: What became of each run of the plan, in its order.
    /// - Throws: A `FileError` when the directory cannot be read.
    public func prune(_ plan: PrunePlan, now: Date) throws -> [PruneResult] {
        try prune(plan, now: now, fileSystem: POSIXFileSystem())
    }

    /// Removes the files of runs, and writes the tombstones with the system calls of a file system.
    func prune(
        _ plan: PrunePlan, now: Date, fileSystem: any FileSystem
    ) throws -> [PruneResult] {
        let current = try prunePlan(plan.rule, now: now).removed.map(\.run)
        let names = Dictionary(current.map { ($0.name, $0) }) { first, _ in first }
        return plan.removed.map { removed in
            var result = PruneResult(run: removed.run)
            guard let run = names[removed.run.name], run.plan == removed.run.plan else {
                result.problem = "it changed since the list was made, and is kept"
                return result
            }
            do {
                try Self.prune(run, now, fileSystem, &result)
            } catch {
                result.problem = "\(error)"
            }
            return result
        }
    }

    /// Removes the files of one run.
    private static func prune(
        _ run: PastRun, _ now: Date, _ fileSystem: any FileSystem, _ result: inout PruneResult
    ) throws {
        let lock = try RunDirectory.lock(run.path)
        try removeFiles(of: run, now, fileSystem, &result)
        withExtendedLifetime(lock) {}
    }

    /// Removes the files of a run whose lock this process holds.
    private static func removeFiles(
        of run: PastRun, _ now: Date, _ fileSystem: any FileSystem, _ result: inout PruneResult
    ) throws {
        // Another process may have resumed it before this one had the lock.
        guard let present = PastRun(readingFrom: run.path, isLockedHere: true),
            present.state == run.state, present.plan == run.plan,
            present.finishedAt == run.finishedAt
        else {
            result.problem = "it changed since the list was made, and is kept"
            return
        }
        let files = knownFiles(of: run)
        result.bytes = bytesOnDisk(files)
        if run.state != .pruned {
            let tombstone = Tombstone(
                run: present, prunedAt: CivilTime(secondsSince1970: now.secondsSince1970).iso8601,
                reportSHA256: try sha256(of: run.files[.report]), bytesRemoved: result.bytes)
            // From here on the run is pruned, whatever stops the removal of its files.
            try write(tombstone, of: run, fileSystem)
        }
        for file in files { try remove(file) }
        try POSIXFileSystem().syncDirectory(run.path)
        let known = Set(RunFiles.Name.allCases.map(\.rawValue))
        AtomicFile.removeLeftOvers(in: run.path, of: Array(known))
        result.otherFiles = try FilePath.entries(of: run.path).filter { !known.contains($0) }
            .sorted()
    }

    /// Writes a run's tombstone, also on a disk that is full.
    ///
    /// There, the reports are removed first. If the tombstone cannot be written even then, the run is as it was,
    /// and its reports can be made again from its journal.
    private static func write(
        _ tombstone: Tombstone, of run: PastRun, _ fileSystem: any FileSystem
    ) throws(FileError) {
        let path = run.files[.tombstone]
        do {
            try tombstone.write(to: path, fileSystem: fileSystem)
        } catch  where [ENOSPC, EDQUOT].contains(error.errorNumber) {
            let reports: [RunFiles.Name] = [.page, .failed, .failedLines, .report]
            for name in reports { try remove(run.files[name]) }
            try tombstone.write(to: path, fileSystem: fileSystem)
        }
    }

    /// Removes a file that another pruning may have removed already.
    private static func remove(_ file: String) throws(FileError) {
        guard unlink(file) != 0, errno != ENOENT else { return }
        throw .last(.remove, file)
    }

    /// Why a run's directory must not be touched; `nil` for one of the user's own.
    private static func reasonNotToTouch(_ path: String) -> String? {
        var information = stat()
        guard lstat(path, &information) == 0, information.st_mode & S_IFMT == S_IFDIR else {
            return "its directory is a link"
        }
        do throws(RunDirectoryError) {
            try RunDirectory.requireOurs(path)
            return nil
        } catch {
            return error.message
        }
    }

    /// The files of a run that pruning removes, as far as they exist; the lock is the last one.
    private static func knownFiles(of run: PastRun) -> [String] {
        let names = RunFiles.Name.allCases.filter { $0 != .tombstone && $0 != .lock } + [.lock]
        return names.map { run.files[$0] }.filter(FilePath.isTaken)
    }

    private static func bytesOnDisk(_ files: [String]) -> Int {
        files.reduce(0) { sum, file in
            var information = stat()
            guard lstat(file, &information) == 0 else { return sum }
            return sum + Int(information.st_blocks) * 512
        }
    }

    private static func sha256(of path: String) throws(FileError) -> String? {
        guard FilePath.isTaken(path) else { return nil }
        var hash = SHA256()
        var reader = try FileReader(ofRun: path)
        while true {
            let piece = try reader.read(upTo: 256 << 10)
            if piece.isEmpty { return hash.hexDigest() }
            piece.withUnsafeBytes { hash.update($0) }
        }
    }
}
