import BulkExecution
import BulkPlan
import BulkReporting
import BulkSystem
import BulkTestSupport
import Testing

@testable import BulkHistory
@testable import BulkPlanning

/// Directories of runs of shards with real plans and journals, in which each row ends as a list says.
struct ShardShelf {
    /// What can differ between the runs of shards.
    struct Run {
        var index: Int
        var count: Int
        /// The outcome of each row; `nil` for a row of another shard.
        var outcomes: [Outcome?]
        var input = String(repeating: "1a", count: 32)
        var options = String(repeating: "2b", count: 32)
        var columns = ["ticketId", "status"]
        var source = PlanHeader.Source.none
        var baseURL: String?
        var organisation: OrganisationFingerprint?
        var isShard = true
        var reason = "finished"
        /// What the summary counts beside what the rows are.
        var miscounted: [Outcome: Int] = [:]
    }

    let temporary = try! TemporaryDirectory()
    var history: RunHistory { RunHistory(temporary.path) }

    /// Writes a run.
    func add(_ name: String, _ run: Run) async throws {
        let directory = try RunDirectory.create(
            at: temporary.file(name), planID: "0", startedAt: 0)
        var header = PlanHeader(
            tool: "test", createdAt: "2026-03-01T00:00:00Z",
            input: PlanHeader.Input(
                name: "rows", sha256: run.input, format: "csv", columns: run.columns),
            source: run.source, price: PlanPrice(reads: 0, writes: 0, auditEntries: 0))
        header.input.delimiter = ","
        header.baseURL = run.baseURL
        header.organisation = run.organisation
        if run.isShard {
            header.shard = .init(index: run.index, count: run.count, optionsSHA256: run.options)
        }
        var writer = try PlanWriter(directory.plan, draft: header)
        for (index, outcome) in run.outcomes.enumerated() {
            let entry = Self.entry(index + 1, outcome)
            try writer.write(entry)
            header.counts.add(entry)
            if entry.disposition == .update { header.requests += 1 }
        }
        header = try writer.finish(header)
        let journal = try JournalWriter.create(
            directory.journal, JournalHeader(planID: header.id, tool: "test", startedAt: 0))
        for (index, outcome) in run.outcomes.enumerated() {
            guard let outcome, [.updated, .failed].contains(outcome) else { continue }
            journal.append(.start(row: index + 1, request: 1, at: 1))
            journal.append(
                .done(
                    RowOutcome(
                        row: index + 1, outcome: outcome, attempts: 1,
                        failure: outcome == .failed ? .categoryNotFound : nil)))
        }
        journal.append(.ended(reason: run.reason, at: 2))
        try await journal.synced()
        var settings = RunSettings(
            tool: "test", plan: header.id, quota: "90/30s", timeout: "30s", concurrency: 1,
            giveUpAfter: "300s", onConflict: "skip", unattended: true)
        settings.startedAt = "2026-11-27T10:00:00Z"
        settings.shard = header.shard
        try settings.write(to: directory.settings)
        var counts: [String: Int] = [:]
        for outcome in Outcome.allCases {
            let count = run.outcomes.count { ($0 ?? .excluded) == outcome }
            counts[outcome.rawValue] = count + (run.miscounted[outcome] ?? 0)
        }
        let outcomes = counts.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        try temporary.write(
            #"{"plan":"\#(header.id)","reason":"\#(run.reason)","outcomes":{\#(outcomes)}}"#,
            to: "\(name)/summary.json")
    }

    private static func entry(_ row: Int, _ outcome: Outcome?) -> PlanEntry {
        let disposition: Disposition =
            switch outcome {
            case .updated, .failed, .unknown, .unsent: .update
            case .unchanged: .unchanged
            case .invalid: .invalid
            case .conflict: .conflict
            case .held: .held
            case .excluded, nil: .excluded
            }
        let issue: RowIssue? =
            switch outcome {
            case nil: RowIssue(code: .otherShard, message: "shard 9/9 has this row")
            case .invalid: RowIssue(code: .categoryUnknown, message: "why")
            case .conflict: RowIssue(code: .preconditionFailed, message: "why")
            case .held: RowIssue(code: .aiHandling, message: "why")
            default: nil
            }
        return PlanEntry(
            row: row, line: row + 1, ticketID: ChainShelf.ticket(row), disposition: disposition,
            changes: disposition == .update
                ? [FieldChange(field: .status, before: nil, after: .text("Resolved"))] : [],
            issue: issue, cells: [ChainShelf.ticket(row), "Resolved"])
    }

    /// The merged report of the runs with these names.
    func merged(_ names: [String], as format: ReportFormat = .csv) throws -> (String, ReportEnd) {
        let shards = try ShardRuns(names.map { RunChain(try history.run($0)) })
        let report = MergedReport(shards, as: format, spillingTo: temporary.path)
        try report.check()
        var text = ""
        let end = try report.render(nextCommands: { chain, counts in
            counts[.failed] > 0 ? ["retry \(chain.newest.name)"] : []
        }) { buffer in
            buffer.withUnsafeBytes { text += String(decoding: $0, as: UTF8.self) }
            buffer.removeAll()
            return true
        }
        return (text, end)
    }

    /// The code of the error with which merging ends; `nil` when it does not.
    func code(_ names: [String]) throws -> MergeError.Code? {
        do {
            _ = try merged(names)
            return nil
        } catch let error as MergeError {
            return error.code
        }
    }
}

@Suite("The report of shards has each row as its own shard left it")
struct MergeTests {
    private static let outcomes: [Outcome] = [
        .updated, .unchanged, .invalid, .conflict, .held, .excluded, .failed,
    ]

    @Test("any division of any rows gives the report of one run", arguments: 0..<40)
    func model(seed: Int) async throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let shelf = ShardShelf()
        let count = Int.random(in: 1...5, using: &random)
        let rows = (0..<Int.random(in: 0...30, using: &random)).map { _ in
            Self.outcomes.randomElement(using: &random)!
        }
        let owners = rows.map { _ in Int.random(in: 1...count, using: &random) }
        var names: [String] = []
        for index in 1...count {
            let own = zip(rows, owners).map { $1 == index ? Optional($0) : nil }
            try await shelf.add("s\(index)", .init(index: index, count: count, outcomes: own))
            names.append("s\(index)")
        }
        try await shelf.add("whole", .init(index: 1, count: 1, outcomes: rows))
        let (text, end) = try shelf.merged(names.shuffled(using: &random))
        #expect(text == (try shelf.merged(["whole"]).0))
        #expect(end.missing.isEmpty)
        for outcome in Outcome.allCases {
            #expect(end.counts[outcome] == rows.count { $0 == outcome })
        }
        let failed = (1...count).filter { index in
            zip(rows, owners).contains { $0 == .failed && $1 == index }
        }
        #expect(end.nextCommands == failed.map { "retry s\($0)" })
    }

    @Test("every form of a report can be merged", arguments: ReportFormat.allCases)
    func forms(format: ReportFormat) async throws {
        let shelf = ShardShelf()
        try await shelf.add("a", .init(index: 1, count: 2, outcomes: [.updated, nil, .failed]))
        try await shelf.add("b", .init(index: 2, count: 2, outcomes: [nil, .updated, nil]))
        let (text, end) = try shelf.merged(["a", "b"], as: format)
        #expect(end.counts.rows == 3)
        let wanted =
            switch format {
            case .csv: "2,3,\(ChainShelf.ticket(2)),updated"
            case .jsonl:
                #"{"row":2,"line":3,"ticketId":"\#(ChainShelf.ticket(2))","outcome":"updated""#
            case .failed: "\(ChainShelf.ticket(3)),Resolved,3,failed"
            case .markdown: "## Runs of 2 shards: 1 row needs attention"
            case .html: "Shard 2/2"
            case .junit: "2 rows updated"
            case .summary: #""index" : 2"#
            case .metrics: #"mava_bulk_rows{outcome="updated"} 2"#
            }
        #expect(text.contains(wanted), "\(text)")
        #expect(!text.contains("other_shard"))
    }

    @Test("runs that are not those of all shards of one input are refused, and the shard is named")
    func refusals() async throws {
        let shelf = ShardShelf()
        let (first, second): ([Outcome?], [Outcome?]) = ([.updated, nil], [nil, .unchanged])
        var run = ShardShelf.Run(index: 1, count: 2, outcomes: first)
        try await shelf.add("a", run)
        run.isShard = false
        try await shelf.add("whole", run)
        run = .init(index: 2, count: 2, outcomes: second)
        try await shelf.add("b", run)
        #expect(try shelf.code(["a", "b"]) == nil)
        #expect(try shelf.code(["a", "whole"]) == .noShard)
        #expect(try shelf.code(["a"]) == .shardMissing)
        #expect(try shelf.code(["b"]) == .shardMissing)
        #expect(try shelf.code(["a", "b", "a"]) == .shardTwice)
        func refused(
            _ code: MergeError.Code, _ name: String, _ change: (inout ShardShelf.Run) -> Void
        ) async throws {
            var other = run
            change(&other)
            try await shelf.add(name, other)
            #expect(try shelf.code(["a", name]) == code, "\(name)")
            #expect(try shelf.code([name, "a"]) == code, "\(name)")
        }
        try await refused(.otherShardCount, "count") { $0.count = 3 }
        try await refused(.otherInput, "input") { $0.input = String(repeating: "3c", count: 32) }
        try await refused(.otherInput, "rows") { $0.outcomes.append(.updated) }
        try await refused(.otherOptions, "options") { $0.options = $0.input }
        try await refused(.otherOptions, "columns") { $0.columns = ["ticketId", "priority"] }
        try await refused(.otherOptions, "source") { $0.source = .live }
        try await refused(.otherOptions, "api") { $0.baseURL = "https://example.com" }
        try await refused(.runNotEnded, "open") { $0.reason = "interrupted" }
        try await refused(.rowNotInOneShard, "both") { $0.outcomes = [.updated, .unchanged] }
        try await refused(.rowNotInOneShard, "none") { $0.outcomes = [nil, nil] }
        try await refused(.sumsDiffer, "more") { $0.miscounted = [.unchanged: 1] }
        try await refused(.sumsDiffer, "less") { $0.miscounted = [.excluded: -1] }
    }

    @Test("an error names the row, the shards and the run to resume")
    func words() async throws {
        let shelf = ShardShelf()
        try await shelf.add("a", .init(index: 1, count: 9, outcomes: [.updated, nil]))
        try await shelf.add("b", .init(index: 2, count: 9, outcomes: [nil, .updated]))
        func message(_ names: [String]) throws -> String {
            let error = #expect(throws: MergeError.self) { try shelf.merged(names) }
            return "\(try #require(error))"
        }
        #expect(
            try message(["a", "b"])
                == "the runs of shards 3/9, 4/9, 5/9, 6/9, 7/9 and 2 more are missing: name the runs of all "
                + "9 shards")
        try await shelf.add("c", .init(index: 1, count: 2, outcomes: [.updated, .updated]))
        try await shelf.add("d", .init(index: 2, count: 2, outcomes: [nil, .updated]))
        let (c, d) = (shelf.temporary.file("c"), shelf.temporary.file("d"))
        #expect(
            try message(["c", "d"]).hasPrefix(
                "row 2 belongs to shard 1/2 (\(c)) and to shard 2/2 (\(d)): "))
        var open = ShardShelf.Run(index: 2, count: 2, outcomes: [nil, nil])
        open.reason = "interrupted"
        try await shelf.add("e", open)
        #expect(try message(["c", "e"]).hasPrefix("shard 2/2 has not ended. Go on with "))
        #expect(try message(["c", "e"]).contains(shelf.temporary.file("e")))
    }

    @Test("marks of two organisations are not merged, and marks that share an agent are")
    func organisations() async throws {
        let shelf = ShardShelf()
        func mark(_ hashes: String...) -> OrganisationFingerprint? {
            OrganisationFingerprint(hashes: hashes.map { String(repeating: $0, count: 16) })
        }
        var run = ShardShelf.Run(index: 1, count: 2, outcomes: [.updated])
        run.organisation = mark("a", "b")
        try await shelf.add("a", run)
        run = .init(index: 2, count: 2, outcomes: [nil])
        try await shelf.add("unmarked", run)
        run.organisation = mark("b", "c")
        try await shelf.add("same", run)
        run.organisation = mark("c")
        try await shelf.add("other", run)
        #expect(try shelf.code(["a", "unmarked"]) == nil)
        #expect(try shelf.code(["a", "same"]) == nil)
        #expect(try shelf.code(["a", "other"]) == .otherOptions)
    }
}
