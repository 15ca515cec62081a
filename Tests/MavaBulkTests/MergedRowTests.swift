import BulkExecution
import BulkTestSupport
import MavaBulk
import MavaSandbox
import Testing

@Suite("A row that another one carries ends as its carrier, however the run is resumed")
struct MergedRowTests {
    /// The ticket's state between the run's two parts.
    enum Meanwhile: CaseIterable, CustomTestStringConvertible {
        /// The request was sent and its update done.
        case done
        /// The request was sent, and the ticket holds something else now.
        case sentAndMoved
        /// The request was not sent, and the ticket holds something else now.
        case moved
        /// The request was not sent, and the ticket holds one of the two fields that were asked.
        case halfDone

        var testDescription: String { "\(self)" }

        var wasSent: Bool { self == .done || self == .sentAndMoved }
        /// The status and the priority that the ticket gets.
        var values: String {
            switch self {
            case .done: "Resolved,3"
            case .sentAndMoved, .moved: "Pending,2"
            case .halfDone: "Resolved,"
            }
        }
        /// How both rows end, after how many requests.
        var outcome: (String, attempts: Int) {
            switch self {
            case .done: ("updated", 1)
            case .sentAndMoved: ("unknown", 1)
            case .moved: ("conflict", 0)
            case .halfDone: ("updated", 1)
            }
        }
    }

    private static func apply(
        _ rows: String, in directory: TemporaryDirectory, as name: String, on sandbox: Sandbox,
        canary: Int? = nil
    ) async throws {
        let key = try #require(APIKey(sandbox.apiKeys[0]))
        var run = BulkRun(
            try MavaConnection(
                baseURL: sandbox.address, key: key,
                quota: Quota(requests: 100_000, window: .seconds(1))),
            in: directory, as: name)
        run.execution.canary = canary
        run.goesOnAfterCanary = { _ in false }
        let path = try directory.write("ticketId,status,priority\n" + rows, to: name + ".csv")
        _ = try await run.apply(PlanInput(path: path)) { _ in true }
    }

    @Test("They end alike", arguments: Meanwhile.allCases)
    func endAlike(meanwhile: Meanwhile) async throws {
        let workspace = try Workspace.generate(tickets: 40, seed: 1)
        var configuration = SandboxConfiguration(workspace: workspace)
        configuration.quota = .unlimited
        let directory = try TemporaryDirectory()
        try await withSandbox(configuration) { sandbox in
            let ids = sandbox.workspace.ticketIDs
            try await Self.apply(
                "\(ids[0]),Open,1\n\(ids[1]),Open,1\n", in: directory, as: "first", on: sandbox)
            // The first row is done, and the two rows of the second ticket are not.
            try await Self.apply(
                "\(ids[0]),Resolved,3\n\(ids[1]),Resolved,\n\(ids[1]),,3\n", in: directory,
                as: "run", on: sandbox, canary: 1)
            let path = directory.file("run/journal.jsonl")
            let journal = try JournalWriter.open(
                path, keeping: JournalIndex.read(path))
            if meanwhile.wasSent { journal.append(.start(row: 2, request: 1, at: 0)) }
            try await journal.written()
            try await Self.apply(
                "\(ids[1]),\(meanwhile.values)\n", in: directory, as: "other", on: sandbox)

            let key = try #require(APIKey(sandbox.apiKeys[0]))
            let run = BulkRun(
                try MavaConnection(baseURL: sandbox.address, key: key), in: directory)
            var preview: ResumePreview?
            for _ in 1...2 {
                _ = try await run.resume(directory.file("run")) {
                    preview = preview ?? $0
                    return true
                }
                let rows = try directory.readText("run/report.csv").split(separator: "\n")
                    .dropFirst(2)
                #expect(rows.count == 2)
                for row in rows {
                    #expect(row.contains(",\(meanwhile.outcome.0),"), "\(row)")
                    let attempts = CSVText.cells(String(row))[7]
                    #expect(attempts == "\(meanwhile.outcome.attempts)", "\(row)")
                }
            }
            #expect(preview?.done == (meanwhile == .done ? 2 : 1))
            #expect(preview?.changed == (meanwhile.values.hasPrefix("Pending") ? 1 : 0))
            #expect(preview?.toSend == (meanwhile == .halfDone ? 1 : 0))
        }
    }
}

/// The cells of one CSV line; cells contain no line breaks.
private enum CSVText {
    static func cells(_ line: String) -> [String] {
        var cells = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: cells.append("")
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells
    }
}
