package import BulkExecution
package import BulkFiles
package import BulkPlanning
internal import MavaAPI

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// summary.json: what a run did, for machines.
///
/// Its keys are described in docs/reports.md.
package struct SummaryFile: Sendable {
    private let content: Content

    private struct Content: Encodable {
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
        var updatesSent: Int
        var reads: Int
        var retries: Int
        var pauses: Int
        var startedAt: String
        var finishedAt: String
        var durationMs: Int64
        var exitCode: Int32
    }

    /// Takes what is known of a run that has ended.
    ///
    /// - Parameters:
    ///   - header: The plan's header.
    ///   - counts: The outcomes of all rows.
    ///   - run: What this part of the run did.
    ///   - journal: What the whole run's journal says.
    ///   - reads: The requests that read from Mava, look-ups included.
    ///   - exitCode: What the program will end with.
    package init(
        header: PlanHeader, counts: OutcomeCounts, run: RunSummary, journal: JournalIndex,
        reads: Int, exitCode: Int32
    ) {
        content = Content(
            tool: header.tool, plan: header.id, input: header.input.name,
            inputSha256: header.input.sha256, baseURL: header.baseURL, reason: run.reason.name,
            message: run.message, rows: counts.rows,
            outcomes: Dictionary(
                uniqueKeysWithValues: Outcome.allCases.map { ($0.rawValue, counts[$0]) }),
            updatesSent: journal.requests, reads: reads, retries: run.retries, pauses: run.pauses,
            startedAt: CivilTime.iso8601(millisecondsSince1970: journal.header.startedAt),
            finishedAt: CivilTime.iso8601(
                millisecondsSince1970: run.finishedAtMilliseconds),
            durationMs: run.durationMilliseconds, exitCode: exitCode)
    }

    /// The file's text: one JSON object, its keys in alphabetical order.
    package func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(content), as: UTF8.self) + "\n"
    }

    /// Puts the file in its place.
    package func write(
        to path: String, fileSystem: any FileSystem = POSIXFileSystem()
    ) throws {
        var buffer = OutputBuffer()
        buffer.append(text: try text())
        var file = try AtomicFile(path, fileSystem: fileSystem)
        try file.write(&buffer)
        try file.commit()
    }
}
