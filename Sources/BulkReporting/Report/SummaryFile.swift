package import BulkExecution
package import BulkSystem
package import BulkPlan
internal import MavaAPI

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// summary.json: the result of a run, for programs.
///
/// Its keys are described in docs/reports.md.
package struct SummaryFile: Sendable {
    private let content: Content

    private struct Content: Codable {
        var format = "mava-bulk-summary"
        var version = 1
        var tool: String
        var plan: String
        var input: String
        var inputSha256: String
        var baseURL: String?
        var reason: String
        var message: String?
        var rows: Int
        var outcomes: [String: Int]
        var shard: PlanHeader.Shard?
        var otherShards: Int?
        var updatesSent: Int
        var reads: Int
        var retries: Int
        var pauses: Int
        var startedAt: String
        var finishedAt: String
        var durationMs: Int64
        var exitCode: Int32?
        var waivers: [PlanHeader.Waiver]?
        var approvals: [ApprovalRecord]?
    }

    /// Collects the results of a run that has ended.
    ///
    /// - Parameters:
    ///   - header: The plan's header.
    ///   - counts: The outcomes of all rows.
    ///   - run: The result of this part of the run.
    ///   - journal: The journal of the whole run.
    ///   - reads: The requests that read from Mava, including look-ups.
    ///   - waivers: The waivers that the run needed, beside those in the plan's header.
    ///   - approvals: The approvals with which the run began.
    ///   - exitCode: The exit code of the program that made the run; `nil` for none.
    package init(
        header: PlanHeader, counts: OutcomeCounts, run: RunSummary, journal: JournalIndex,
        reads: Int, waivers: [PlanHeader.Waiver] = [],
        approvals: [ApprovalRecord] = [], exitCode: Int32?
    ) {
        let waived = header.waivers + waivers.filter { !header.waivers.contains($0) }
        content = Content(
            tool: header.tool, plan: header.id, input: header.input.name,
            inputSha256: header.input.sha256, baseURL: header.baseURL, reason: run.reason.name,
            message: run.message, rows: counts.rows,
            outcomes: Dictionary(
                uniqueKeysWithValues: Outcome.allCases.map { ($0.rawValue, counts[$0]) }),
            shard: header.shard,
            otherShards: header.shard == nil ? nil : header.counts.otherShards,
            updatesSent: journal.requests, reads: reads, retries: run.retries, pauses: run.pauses,
            startedAt: CivilTime.iso8601(millisecondsSince1970: journal.header.startedAt),
            finishedAt: CivilTime.iso8601(
                millisecondsSince1970: run.finishedAt.millisecondsSince1970),
            durationMs: Nanoseconds(run.duration).quotient(by: .millisecond), exitCode: exitCode,
            waivers: waived.isEmpty ? nil : waived, approvals: approvals.isEmpty ? nil : approvals)
    }

    /// The file's text: one JSON object with its keys in alphabetical order.
    package func text() -> String { ReadableJSON.text(content) }

    /// The text of an earlier summary of the same finished run, if it differs from this one only in
    /// times.
    ///
    /// The value is `nil` if there is none. A run that is resumed after it has finished does
    /// nothing, so its summary stays unchanged.
    ///
    /// - Parameter path: Where the earlier summary is.
    /// - Returns: Its text.
    /// - Throws: A `FileError` when it cannot be read.
    package func unchangedText(at path: String) throws -> String? {
        guard content.reason == StopReason.finished.name, FilePath.isOwnRegularFile(path) else {
            return nil
        }
        var reader = try FileReader(ofRun: path)
        let bytes = try reader.read(upTo: 1 << 20)
        do {
            let earlier = try JSONDecoder().decode(Content.self, from: Data(bytes))
            guard earlier.reason == content.reason, earlier.plan == content.plan,
                earlier.outcomes == content.outcomes, earlier.exitCode == content.exitCode,
                earlier.updatesSent == content.updatesSent
            else { return nil }
        } catch {
            // An unreadable summary is replaced by a readable one.
            return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// How many updates a run had sent when its summary was written; `nil` without a readable
    /// summary.
    ///
    /// - Parameter path: Where the summary is.
    /// - Returns: The number.
    /// - Throws: A `FileError` when it cannot be read.
    package static func updatesSent(at path: String) throws -> Int? {
        guard FilePath.isOwnRegularFile(path) else { return nil }
        var reader = try FileReader(ofRun: path)
        let bytes = try reader.read(upTo: 1 << 20)
        do {
            return try JSONDecoder().decode(Content.self, from: Data(bytes)).updatesSent
        } catch {
            // An edited summary is ignored.
            return nil
        }
    }

    /// How many updates a run's summary counts beyond those that its journal has.
    ///
    /// - Parameters:
    ///   - path: Where the summary is.
    ///   - sent: How many updates the journal says were sent.
    /// - Returns: The number; 0 without a readable summary.
    /// - Throws: A `FileError` when it cannot be read.
    package static func updatesMissing(at path: String, beyond sent: Int) throws -> Int {
        max(0, (try updatesSent(at: path) ?? 0) - sent)
    }

    /// Writes the file to its destination.
    package func write(
        to path: String, fileSystem: any FileSystem = POSIXFileSystem()
    ) throws {
        var buffer = OutputBuffer()
        buffer.append(text: text())
        var file = try AtomicFile(path, followsLink: false, fileSystem: fileSystem)
        try file.write(&buffer)
        try file.commit()
    }
}
