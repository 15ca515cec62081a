package import BulkSystem

import CLibrary

/// The file of approvals beside a plan: one line for each decision, in the order in which they were made.
///
/// Lines are only added. The file keeps its inode, owner and mode, so several users can share it. An exclusive
/// lock on the file itself covers the check of the old lines and the writing of the new one.
package enum ApprovalFile {
    /// What the name of a plan's file gets at its end.
    package static let suffix = ".approval.jsonl"
    /// The most bytes of a file.
    static let mostBytes = 1 << 20
    /// The most lines of a file; each may take two runs of `ssh-keygen`.
    static let mostLines = 200
    /// How often a lock that another process holds is tried, 20 ms apart.
    private static let mostTries = 250

    /// The file of approvals of a plan.
    package static func path(ofPlan plan: String) -> String { plan + suffix }

    /// Reads all lines.
    ///
    /// - Parameters:
    ///   - bytes: The file's bytes.
    ///   - path: The file, for messages.
    /// - Returns: The decisions, in the file's order.
    /// - Throws: An ``ApprovalError`` that names the first line that is not as it was written.
    package static func parse(
        _ bytes: [UInt8], path: String
    ) throws(ApprovalError) -> [PlanApproval] {
        func failure(_ message: String, _ line: Int? = nil) -> ApprovalError {
            ApprovalError(code: .fileUnusable, message: message, path: path, line: line)
        }
        guard bytes.count <= mostBytes else {
            throw failure(
                "this is too long for approvals: they may have \(Words.number(mostBytes)) bytes")
        }
        var approvals: [PlanApproval] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let number = approvals.count + 1
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
                throw failure(
                    "the last line was cut short: take it out, and ask for that approval again",
                    number)
            }
            guard number <= mostLines else {
                throw failure("there are more than \(mostLines) lines: move the file away")
            }
            let line = Array(rest[..<end])
            do throws(PlanApproval.LineProblem) {
                approvals.append(try read(line))
            } catch {
                throw failure(error.message, number)
            }
            rest = rest[(end + 1)...]
        }
        return approvals
    }

    private static func read(
        _ line: [UInt8]
    ) throws(PlanApproval.LineProblem) -> PlanApproval {
        // The closure of an array's bytes can throw only errors of any type.
        let result = line.withUnsafeBytes { bytes in
            Result { () throws(PlanApproval.LineProblem) in try PlanApproval(line: bytes) }
        }
        return try result.get()
    }

    /// Reads a plan's approvals.
    ///
    /// - Parameter path: The file of approvals.
    /// - Returns: Its bytes and what they say; `nil` when there is no such file.
    /// - Throws: An ``ApprovalError`` when the file is not one; a `FileError` when it cannot be read.
    package static func read(
        _ path: String
    ) throws -> (bytes: [UInt8], approvals: [PlanApproval])? {
        guard FilePath.isTaken(path) else { return nil }
        let system = POSIXFileSystem()
        let file = try system.open(path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        defer { system.close(file) }
        try requireFile(file)
        try lock(file, LOCK_SH)
        let bytes = try file.read(upTo: mostBytes + 1, at: 0)
        return (bytes, try parse(bytes, path: path))
    }

    /// Adds a line: wholly or not at all, and so that it survives a crash.
    ///
    /// - Parameters:
    ///   - approval: The decision.
    ///   - path: The file of approvals, which need not exist.
    ///   - fileSystem: The system calls to use.
    /// - Throws: An ``ApprovalError`` when the file is not one, and nothing is added then; a `FileError` when
    ///   the line cannot be written.
    package static func append(
        _ approval: PlanApproval, to path: String,
        fileSystem: any FileSystem = POSIXFileSystem()
    ) throws {
        // A line that readers refuse would take all other decisions with it.
        let line = approval.line + [UInt8(ascii: "\n")]
        do throws(PlanApproval.LineProblem) {
            _ = try read(approval.line)
        } catch {
            throw ApprovalError(
                code: .fileUnusable,
                message: "this decision could not be read again: look at its times and its note",
                path: path)
        }
        let isNew = !FilePath.isTaken(path)
        let file = try fileSystem.open(
            path, flags: O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK)
        defer { fileSystem.close(file) }
        try requireFile(file)
        try lock(file, LOCK_EX)
        let bytes = try file.read(upTo: mostBytes + 1, at: 0)
        let earlier = try parse(bytes, path: path)
        guard earlier.count < mostLines, bytes.count + line.count <= mostBytes else {
            throw ApprovalError(
                code: .fileUnusable, message: "the file is full: move it away", path: path)
        }
        do {
            var buffer = OutputBuffer(capacity: line.count)
            line.withUnsafeBytes { buffer.append($0) }
            try buffer.drain { bytes throws(FileError) in try fileSystem.writeAll(file, bytes) }
            try fileSystem.sync(file)
        } catch {
            do throws(FileError) {
                try fileSystem.truncate(file, to: bytes.count)
            } catch {
                // The next reader finds the line that was cut short, and says so.
            }
            throw error
        }
        try fileSystem.requireKept(file, bytes: bytes.count + line.count)
        if isNew { try fileSystem.syncDirectory(FilePath.directory(of: path)) }
    }

    private static func requireFile(_ file: OpenFile) throws(FileError) {
        var information = stat()
        guard fstat(file.descriptor, &information) == 0 else { throw .last(.open, file.path) }
        guard information.st_mode & S_IFMT == S_IFREG else {
            throw FileError(operation: .open, path: file.path, errorNumber: ENOTSUP)
        }
    }

    /// Locks the open file; closing it unlocks it.
    private static func lock(_ file: OpenFile, _ kind: Int32) throws(FileError) {
        for _ in 1...mostTries {
            if flock(file.descriptor, kind | LOCK_NB) == 0 { return }
            guard errno == EINTR || errno == EWOULDBLOCK else { throw .last(.lock, file.path) }
            usleep(20_000)
        }
        throw FileError(operation: .lock, path: file.path, errorNumber: EWOULDBLOCK)
    }
}
