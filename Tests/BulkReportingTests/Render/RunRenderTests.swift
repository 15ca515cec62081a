import BulkExecution
import BulkPlan
import BulkSystem
import BulkTestSupport
import Foundation
import Testing

@testable import BulkReporting

@Suite("A run as JUnit and as metrics")
struct RunRenderTests {
    private static func row(_ row: Int, _ outcome: Outcome) -> RunRows.Row {
        RunRows.Row(
            entry: PlanEntry(row: row, line: row + 1, ticketID: "t\(row)", disposition: .update),
            outcome: RowOutcome(
                row: row, outcome: outcome, failure: outcome == .failed ? .refused : nil,
                message: outcome == .failed ? "no <such> ticket" : nil, durationMilliseconds: 1250))
    }

    private static func junit(_ rows: [RunRows.Row]) -> String {
        let report = JUnitReport()
        for row in rows { report.append(row) }
        var buffer = OutputBuffer()
        report.render(name: "in.csv", startedAt: "2026-03-01T00:00:00Z", into: &buffer)
        return buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test("each row that needs attention is a case, and all others are one")
    func cases() {
        let text = Self.junit([
            Self.row(1, .updated), Self.row(2, .failed), Self.row(3, .unsent),
            Self.row(4, .unchanged),
        ])
        #expect(
            text == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites>
                <testsuite name="mava-bulk in.csv" tests="3" failures="1" errors="0" skipped="1" \
                timestamp="2026-03-01T00:00:00Z">
                <testcase classname="failed" name="row 2, ticket t2" time="1.250"><failure type="refused" \
                message="no &lt;such&gt; ticket">no &lt;such&gt; ticket</failure></testcase>
                <testcase classname="unsent" name="row 3, ticket t3" time="1.250"><skipped message="not sent"/></testcase>
                <testcase classname="good" name="1 row updated, 1 unchanged, 0 excluded"/>
                </testsuite>
                </testsuites>

                """)
    }

    @Test("rows beyond ten thousand are one case")
    func manyCases() {
        let text = Self.junit((1...10_007).map { Self.row($0, .failed) })
        #expect(text.matches(of: #/<testcase /#).count == 10_002)
        #expect(text.contains(#"tests="10002" failures="10001""#))
        #expect(text.contains("7 more rows that need attention"))
    }

    private static func metrics(_ exitCode: Int32, at time: Int64) -> RunMetrics {
        var counts = OutcomeCounts()
        counts.add(.updated)
        counts.add(.updated)
        counts.add(.failed)
        var metrics = RunMetrics(
            counts: counts, requests: 4, finishedAt: time, isSuccess: exitCode == 0)
        metrics.retries = 1
        metrics.durationMilliseconds = 1500
        metrics.exitCode = exitCode
        return metrics
    }

    @Test("the time of the last success is carried over from the file before")
    func success() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("mava.prom")
        let name = "mava_bulk_last_success_timestamp_seconds"
        try Self.metrics(3, at: 1000).write(to: path)
        #expect(!(try directory.readText("mava.prom").contains(name)))
        try Self.metrics(0, at: 1_795_000_000_250).write(to: path)
        #expect(try directory.readText("mava.prom").contains("\n\(name) 1795000000.250\n"))
        try Self.metrics(3, at: 1_795_000_100_000).write(to: path)
        let text = try directory.readText("mava.prom")
        #expect(text.contains("\n\(name) 1795000000.250\n"))
        #expect(text.contains("\nmava_bulk_last_run_timestamp_seconds 1795000100.000\n"))
        #expect(text.contains("\nmava_bulk_rows{outcome=\"updated\"} 2\n"))
        #expect(text.contains("\nmava_bulk_exit_code 3\n"))
        // Each sample comes after the help and the type of its metric.
        var known: Set<Substring> = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if line.hasPrefix("# TYPE") {
                known.insert(words[2])
                #expect(words[3] == "gauge")
            } else if !line.hasPrefix("# HELP") {
                #expect(known.contains(words[0].prefix { $0 != "{" }) && Double(words[1]) != nil)
            }
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o644)
    }

    @Test(
        "a file that is not ours has no last success",
        arguments: ["", "x", " nan", " -1", " 1e300"])
    func foreign(value: String) {
        #expect(
            RunMetrics.lastSuccess(in: "mava_bulk_last_success_timestamp_seconds\(value)\n") == nil)
    }
}
