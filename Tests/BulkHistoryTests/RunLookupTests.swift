import BulkExecution
import BulkPlan
import BulkSystem
import BulkTestSupport
import Testing

@testable import BulkHistory

@Suite("Runs are looked up for one command")
struct RunLookupTests {
    /// Runs of which each of the second half tries the rows of one of the first half again.
    private static func shelf(_ count: Int) throws -> RunShelf {
        let shelf = try RunShelf()
        let signs = Array("0123456789abcdef")
        for number in 0..<count {
            let earlier = number - count / 2
            let follows = PlanHeader.Lineage(
                .retry,
                [
                    .init(
                        name: "run\(earlier)",
                        plan: String(repeating: signs[max(0, earlier) % 16], count: 64))
                ])
            try shelf.add(
                "run\(number)", plan: signs[number % 16],
                startedAt: "2026-11-\(10 + number)T10:00:00Z",
                follows: earlier >= 0 ? follows : nil)
        }
        return shelf
    }

    @Test("A lookup finds what a history finds, for names, paths, labels and what fits none")
    func same() throws {
        let shelf = try Self.shelf(16)
        let other = try RunShelf()
        try other.add("run3", plan: "3", startedAt: "2026-11-30T10:00:00Z")
        try other.add("elsewhere", plan: "e", label: "far", startedAt: "2026-11-30T11:00:00Z")
        let lookup = RunLookup(shelf.history)
        let paths = try shelf.history.names() + ["none"]
        let references =
            paths + paths.map(shelf.temporary.file)
            + ["run3", "elsewhere"].map(other.temporary.file)
            + ["last", "run1", "333333", "run", "x/y", ""]
        for reference in references + references {
            let expected = Result { try shelf.history.run(reference) }
            let found = Result { try lookup.run(reference) }
            switch (expected, found) {
            case (.success(let expected), .success(let found)):
                #expect(found == expected)
                #expect(try lookup.chain(of: found) == shelf.history.chain(of: expected))
            case (.failure(let expected), .failure(let found)):
                #expect("\(found)" == "\(expected)")
            default: Issue.record("\(reference)")
            }
        }
    }

    #if DEBUG
        @Test("Any number of runs is found by one reading of the directory")
        func once() async throws {
            let shelf = try Self.shelf(16)
            let names = try shelf.history.names()
            for references in [names, names.map(shelf.temporary.file)] {
                let steps = try await StepCount.during {
                    let lookup = RunLookup(shelf.history)
                    for reference in references {
                        _ = try lookup.chain(of: try lookup.run(reference))
                    }
                }
                // What a path names is read by itself, too.
                #expect(steps <= 2 * names.count)
            }
        }

        @Test("The earlier undos of any number of runs are found by one reading of the directory")
        func undos() async throws {
            let shelf = try RunShelf()
            let plan = String(repeating: "a", count: 64)
            for number in 0..<8 {
                try shelf.add("run\(number)", plan: "a", startedAt: "2026-11-27T10:00:0\(number)Z")
                try shelf.add(
                    "undo\(number)", plan: "b", startedAt: "2026-11-27T11:00:0\(number)Z",
                    follows: .init(.undo, [.init(name: "run\(number)", plan: plan)]))
            }
            let runs = try shelf.history.runs().filter { $0.name.hasPrefix("run") }
            let steps = try await StepCount.during {
                let undos = try EarlierUndos(of: runs)
                #expect(undos.runs.count == 8)
            }
            #expect(steps == 16)
        }
    #endif
}
