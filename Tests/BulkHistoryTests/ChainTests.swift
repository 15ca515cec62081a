import BulkExecution
import BulkPlan
import BulkReporting
import BulkSystem
import BulkTestSupport
import Testing

@testable import BulkHistory
@testable import BulkPlanning

/// Directories of runs with real plans and journals, in which each row ends as a list says.
struct ChainShelf {
    static let plain = ["ticketId", "status", "Note", "mavaBulkRow"]

    let temporary: TemporaryDirectory
    var history: RunHistory { RunHistory(temporary.path) }
    let isJSON: Bool

    init(isJSON: Bool) throws {
        temporary = try TemporaryDirectory()
        self.isJSON = isJSON
    }

    /// The id of a row's ticket.
    static func ticket(_ row: Int) -> String {
        let number = String(row, radix: 16)
        return "65f000000000000000000000".dropLast(number.count) + number
    }

    /// A row as an input has it.
    static func cells(_ row: Int, _ note: String) -> [String] {
        [ticket(row), "Resolved", note, "\(row + 100)"]
    }

    /// Writes a run in which the rows end as asked.
    func add(
        _ name: String, _ outcomes: [Outcome], notes: [String], lines: [Int],
        columns: [String] = Self.plain, follows: [String] = [], second: Int? = nil
    ) async throws {
        let directory = try RunDirectory.create(
            at: temporary.file(name), planID: "0", startedAt: 0)
        var input = PlanHeader.Input(
            name: "rows", sha256: "", format: isJSON ? "jsonl" : "csv", columns: columns)
        if !isJSON { input.delimiter = ";" }
        var header = PlanHeader(
            tool: "test", createdAt: "2026-03-01T00:00:00Z", input: input, source: .none,
            price: PlanPrice(reads: 0, writes: 0, auditEntries: 0))
        var writer = try PlanWriter(directory.plan, draft: header)
        for (index, outcome) in outcomes.enumerated() {
            let disposition: Disposition =
                switch outcome {
                case .unchanged: .unchanged
                case .invalid: .invalid
                case .conflict: .conflict
                case .held: .held
                case .excluded: .excluded
                case .updated, .failed, .unknown, .unsent: .update
                }
            let code: RowIssue.Code? =
                switch disposition {
                case .invalid: .categoryUnknown
                case .conflict: .preconditionFailed
                case .held: .aiHandling
                default: nil
                }
            let cells = Self.cells(index + 1, notes[index])
            let entry = PlanEntry(
                row: index + 1, line: lines[index], ticketID: cells[0], disposition: disposition,
                changes: disposition == .update
                    ? [FieldChange(field: .status, before: nil, after: .text("Resolved"))] : [],
                issue: code.map { RowIssue(code: $0, message: "why") },
                cells: columns.map { cells[Self.plain.firstIndex(of: $0)!] })
            try writer.write(entry)
            header.counts.add(disposition)
            if disposition == .update { header.requests += 1 }
        }
        header.follows =
            follows.isEmpty
            ? nil
            : PlanHeader.Lineage(
                .retry, try follows.map { try #require(history.run($0).reference) })
        header = try writer.finish(header)
        let journal = try JournalWriter.create(
            directory.journal, JournalHeader(planID: header.id, tool: "test", startedAt: 0))
        for (index, outcome) in outcomes.enumerated()
        where [.updated, .failed, .unknown].contains(outcome) {
            journal.append(.start(row: index + 1, request: 1, at: 1))
            journal.append(
                .done(
                    RowOutcome(
                        row: index + 1, outcome: outcome, attempts: 1,
                        failure: outcome == .failed
                            ? .categoryNotFound : outcome == .unknown ? .timedOut : nil)))
        }
        journal.append(.ended(reason: "finished", at: 2))
        try await journal.synced()
        var settings = RunSettings(
            tool: "test", plan: header.id, quota: "90/30s", timeout: "30s", concurrency: 1,
            giveUpAfter: "300s", onConflict: "skip", unattended: true)
        settings.startedAt = "2026-11-27T10:00:0\(second ?? follows.count)Z"
        settings.follows = header.follows
        try settings.write(to: directory.settings)
        try temporary.write(
            #"{"plan":"\#(header.id)","reason":"finished","rows":\#(outcomes.count)}"#,
            to: "\(name)/summary.json")
    }
}

@Suite("A chain of retries has one outcome for each row of the first input")
struct ChainTests {
    private static let notes = [
        "", "plain", "=1+1", "a\nb", "a\r\nb", "\"q\"", " x ", "é;ü", "-", "'", ",",
    ]

    @Test(
        "the newest run that did not exclude a row counts, and only rows with the chosen outcomes are planned again",
        arguments: 0..<RandomInputs.count(60))
    func model(seed: Int) async throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let isJSON = random.chance(50)
        let shelf = try ChainShelf(isJSON: isJSON)
        let rows = 1 + random.below(80)
        let notes = (0..<rows).map { _ in random.pick(Self.notes) }
        var line = 1
        let lines = notes.map { note in
            line += 1 + (random.chance(20) ? random.below(3) : 0)
            defer { line += isJSON ? 0 : note.filter(\.isNewline).count }
            return line
        }
        var model: [Outcome] = (0..<rows).map { _ in random.pick(Outcome.allCases) }
        var names = ["r0"]
        try await shelf.add("r0", model, notes: notes, lines: lines)
        // Each run with the runs that it follows, the newest first.
        var paths = [["r0"]]
        for number in 1..<(1 + random.below(5)) {
            let outcomes: [Outcome] = (0..<rows).map { _ in
                random.chance(60) ? .excluded : random.pick(Outcome.allCases)
            }
            let columns =
                isJSON ? ChainShelf.plain.shuffled(using: &random) : ChainShelf.plain
            // Several retries can follow the same run, and a run may name the one before it alone.
            let path = random.pick(paths)
            try await shelf.add(
                "r\(number)", outcomes, notes: notes, lines: lines, columns: columns,
                follows: random.chance(30) ? [path[0]] : path, second: number)
            names.append("r\(number)")
            paths.append(["r\(number)"] + path)
            for row in 0..<rows where outcomes[row] != .excluded { model[row] = outcomes[row] }
        }

        // Every run of the chain leads to the whole chain.
        let chain = try shelf.history.chain(of: shelf.history.run(random.pick(names)))
        #expect(chain.runs.map(\.name) == names)
        var source = try ChainRows(chain)
        var found: [Outcome] = []
        while let row = try source.next() {
            found.append(row.outcome.outcome)
            #expect(row.entry.row == found.count)
            let cells = ChainShelf.cells(found.count, notes[found.count - 1])
            #expect(row.entry.cells == cells)
        }
        #expect(found == model)

        var selection = RetrySelection()
        selection.outcomes = Set(
            RetrySelection.possibleOutcomes.filter { _ in random.chance(50) } + [.failed])
        if random.chance(30) { selection.codes = ["category_not_found", "ai_handling"] }
        func isRetried(_ outcome: Outcome) -> Bool {
            selection.outcomes.contains(outcome)
                && (selection.codes == nil || outcome == .failed || outcome == .held)
        }
        guard model.contains(where: isRetried) else {
            let error = #expect(throws: PlanError.self) { try RetryInput(chain, selection) }
            #expect(error?.code == .inputEmpty)
            return
        }
        let retry = try RetryInput(chain, selection)
        #expect(retry.rows == model.filter(isRetried).count)
        #expect(retry.lineage.runs.map(\.name) == names.reversed())
        var options = PlanOptions()
        retry.shape(&options)
        options.output = shelf.temporary.file("plan.jsonl")
        let plan = try await Planner(options: options, listing: nil).plan(retry.input, now: 0)
        #expect(plan.header.counts.rows == rows)
        #expect(plan.header.follows == retry.lineage)
        var reader = try PlanReader(path: shelf.temporary.file("plan.jsonl"))
        let place = try #require(reader.header.input.columns.firstIndex(of: "Note"))
        for row in 0..<rows {
            let entry = try #require(try reader.next())
            #expect(entry.disposition == (isRetried(model[row]) ? .update : .excluded))
            #expect(entry.ticketID == ChainShelf.ticket(row + 1))
            #expect(entry.line == lines[row])
            // Unknown columns go on to the report.
            #expect(entry.cells?[place] == notes[row])
        }
    }

    @Test("a run that is not at its end is refused, and one whose neighbours are missing")
    func refusals() async throws {
        let shelf = try ChainShelf(isJSON: false)
        try await shelf.add("r0", [.failed, .unsent], notes: ["", ""], lines: [2, 3])
        try await shelf.add(
            "r1", [.updated, .excluded], notes: ["", ""], lines: [2, 3], follows: ["r0"])
        let chain = try shelf.history.chain(of: shelf.history.run("r0"))
        #expect(chain.newest.name == "r1")
        try shelf.temporary.write(#"{"reason":"interrupted"}"#, to: "r1/summary.json")
        let stopped = try shelf.history.chain(of: shelf.history.run("r0"))
        let error = #expect(throws: RunDirectoryError.self) {
            try RetryInput(stopped, RetrySelection())
        }
        #expect(error?.message.contains("BulkRun.resume(") == true)
        var selection = RetrySelection()
        selection.outcomes = [.unsent]
        #expect(try RetryInput(stopped, selection).rows == 1)
        let held = try RunDirectory.open(shelf.temporary.file("r1"))
        let running = try shelf.history.chain(of: shelf.history.run("r0"))
        let locked = #expect(throws: RunDirectoryError.self) {
            try RetryInput(running, selection)
        }
        #expect(locked?.code == .locked)
        withExtendedLifetime(held) {}
        try POSIXFileSystem().rename(
            shelf.temporary.file("r0"), to: shelf.temporary.file(".gone"))
        #expect(throws: RunReferenceError.self) {
            try shelf.history.chain(of: shelf.history.run("r1"))
        }
    }

    @Test("a run of the chain that was moved away is named, whichever of the others is asked for")
    func moved() async throws {
        let gone = "r1"
        let shelf = try ChainShelf(isJSON: false)
        try await shelf.add("r0", [.failed], notes: [""], lines: [2])
        try await shelf.add("r1", [.failed], notes: [""], lines: [2], follows: ["r0"])
        try await shelf.add("r2", [.updated], notes: [""], lines: [2], follows: ["r1", "r0"])
        try await shelf.add("r3", [.excluded], notes: [""], lines: [2], follows: ["r0"], second: 3)
        try POSIXFileSystem().rename(
            shelf.temporary.file(gone), to: shelf.temporary.file(".gone"))
        for name in ["r0", "r2", "r3"] {
            let error = #expect(throws: RunReferenceError.self, "\(name)") {
                try shelf.history.chain(of: shelf.history.run(name))
            }
            #expect(error?.reference == gone)
            #expect(error?.description.contains("the run `r1` is not in") == true)
        }
    }

    @Test("runs that claim to follow each other, or themselves, are sorted once each")
    func circle() {
        let references = (0..<3).map { PlanHeader.Lineage.Run(name: "r\($0)", plan: "plan\($0)") }
        for circle in [[1, 2, 0], [0, 0, 0], [0, 2, 1]] {
            let runs = circle.enumerated().map { index, follows in
                var run = PastRun(path: "runs/r\(index)", state: .finished)
                run.plan = "plan\(index)"
                run.startedAt = "2026-11-0\(index + 1)T00:00:00Z"
                run.follows = PlanHeader.Lineage(.retry, [references[follows]])
                #expect(run.reference == references[index])
                return run
            }
            let chain = RunChain(runs: runs)
            #expect(Set(chain.runs.map(\.name)) == ["r0", "r1", "r2"] && chain.runs.count == 3)
            #expect(chain.resumable == nil)
        }
    }

    @Test("a chain is at its end when each of its last runs is, and no process works on any")
    func ends() async throws {
        let shelf = try ChainShelf(isJSON: false)
        try await shelf.add("r0", [.failed, .unsent], notes: ["", ""], lines: [2, 3])
        try await shelf.add(
            "r1", [.unsent, .excluded], notes: ["", ""], lines: [2, 3], follows: ["r0"])
        try await shelf.add(
            "r2", [.excluded, .failed], notes: ["", ""], lines: [2, 3], follows: ["r0"], second: 2)
        func chain() throws -> RunChain { try shelf.history.chain(of: shelf.history.run("r0")) }
        // A run that was retried all the same need not be resumed.
        try shelf.temporary.write(#"{"reason":"interrupted"}"#, to: "r0/summary.json")
        #expect(try RetryInput(chain(), RetrySelection()).rows == 1)
        try shelf.temporary.write(#"{"reason":"interrupted"}"#, to: "r1/summary.json")
        let error = #expect(throws: RunDirectoryError.self) {
            try RetryInput(chain(), RetrySelection())
        }
        #expect(
            error?.message.hasSuffix("BulkRun.resume(\"\(shelf.temporary.file("r1"))\")") == true)
        let held = try RunDirectory.open(shelf.temporary.file("r1"))
        var selection = RetrySelection()
        selection.outcomes = [.unsent, .failed]
        let locked = #expect(throws: RunDirectoryError.self) {
            try RetryInput(chain(), selection)
        }
        #expect(locked?.code == .locked)
        withExtendedLifetime(held) {}
    }

    @Test("a note says which rows keep their outcomes only where there are any")
    func note() async throws {
        let shelf = try ChainShelf(isJSON: false)
        try await shelf.add("r0", [.failed], notes: [""], lines: [2])
        var options = PlanOptions()
        try RetryInput(RunChain(shelf.history.run("r0")), RetrySelection()).shape(&options)
        #expect(options.notes == ["tries 1 row of r0 again"])
        try await shelf.add(
            "r1", [.failed, .updated], notes: ["", ""], lines: [2, 3], second: 1)
        options = PlanOptions()
        try RetryInput(RunChain(shelf.history.run("r1")), RetrySelection()).shape(&options)
        #expect(options.notes == ["tries 1 row of r1 again; the other 1 row keeps its outcome"])
    }

    @Test("runs of different inputs are no chain")
    func differentRows() async throws {
        let shelf = try ChainShelf(isJSON: false)
        try await shelf.add("r0", [.failed, .failed], notes: ["", ""], lines: [2, 3])
        try await shelf.add("r1", [.updated], notes: [""], lines: [2], follows: ["r0"])
        let chain = try shelf.history.chain(of: shelf.history.run("r0"))
        #expect(throws: ReportError.self) { try ChainRows(chain) }
    }

    @Test("every form of a report counts the same rows, and Markdown stays within its limit")
    func forms() async throws {
        let shelf = try ChainShelf(isJSON: false)
        let outcomes = (0..<3000).map { Outcome.allCases[$0 % Outcome.allCases.count] }
        let long = String(repeating: "|<b>@x", count: 40)
        try await shelf.add(
            "r0", outcomes, notes: outcomes.map { _ in long }, lines: Array(2...3001))
        let chain = RunChain(try shelf.history.run("r0"))
        func text(_ format: ReportFormat) throws -> String {
            var text = ""
            let report = ChainReport(chain, as: format, spillingTo: shelf.temporary.path)
            let end = try report.render(nextCommands: { _ in ["mava-bulk x"] }) { buffer in
                buffer.drain { text += String(decoding: $0, as: UTF8.self) }
                return true
            }
            #expect(end.counts.rows == 3000)
            #expect(end.missing.isEmpty)
            return text
        }
        let lines = try text(.jsonl).split(separator: "\n")
        #expect(lines.count == 3000)
        #expect(lines[6].contains(#""outcome":"failed""#), "\(lines[6])")
        #expect(lines[6].contains(#""after":{"status":"Resolved"}"#))
        #expect(try text(.csv).split(separator: "\n").count == 3001)
        let troubled = outcomes.filter { ![.updated, .unchanged, .excluded].contains($0) }.count
        #expect(try text(.failed).split(separator: "\n").count == troubled + 1)
        let summary = try text(.summary)
        #expect(summary.contains("\"rows\" : 3000"))
        #expect(summary.contains("\"errorCode\" : \"category_not_found\""))
        let markdown = try text(.markdown)
        #expect(markdown.utf8.count <= 60_000)
        #expect(markdown.contains("and 1,949 more rows"), "\(markdown)")
        #expect(markdown.hasSuffix("```sh\nmava-bulk x\n```\n"))
    }

    @Test("a report names what is missing in a run's directory")
    func missing() async throws {
        let shelf = try ChainShelf(isJSON: false)
        try await shelf.add("r0", [.updated, .failed], notes: ["", ""], lines: [2, 3])
        try POSIXFileSystem().remove(shelf.temporary.file("r0/journal.jsonl"))
        let chain = RunChain(try shelf.history.run("r0"))
        let end = try ChainReport(chain, as: .summary, spillingTo: shelf.temporary.path)
            .render(nextCommands: { _ in [] }) { _ in true }
        #expect(end.counts[.unsent] == 2)
        #expect(end.missing.count == 1)
        #expect(end.missing.first?.contains("no journal") == true)
    }
}
