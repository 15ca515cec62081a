import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("Questions on the terminal", .timeLimit(.minutes(20)))
struct PruneQuestionTests {
    private func apply(_ rehearsal: Rehearsal, priority: Int) async throws {
        try rehearsal.directory.write(
            "ticketId,priority\n\(rehearsal.sandbox.workspace.ticketIDs[0]),\(priority)\n",
            to: "rows.csv")
        let result = try await rehearsal.program(
            ["apply", "rows.csv", "--yes"] + Rehearsal.wideQuota)
        #expect(result.status == 0, "\(result.errors)")
    }

    /// How many runs are listed.
    private func runs(_ rehearsal: Rehearsal) async throws -> Int {
        let list = try await rehearsal.program(["runs", "--json"])
        let object = try JSONSerialization.jsonObject(with: Data(list.output.utf8))
        return ((object as? [String: Any])?["runs"] as? [Any])?.count ?? -1
    }

    @Test("what was typed before a question was shown does not answer it")
    func typedAhead() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(
                "ticketId,priority\n\(rehearsal.sandbox.workspace.ticketIDs[0]),2\n",
                to: "rows.csv")
            let result = try await PseudoTerminal.run(
                ["apply", "rows.csv"], [.keys("y\n"), .wait("[y/N] "), .keys("n\n")],
                in: rehearsal)
            #expect(result.status == 7, "\(result.output)")
            #expect(rehearsal.puts == 0)
            // An end of input is none of an answer: `script … </dev/null` would wait for ever.
            let ended = try await PseudoTerminal.run(
                ["apply", "rows.csv"], [.keys("y\n\u{4}")], in: rehearsal)
            #expect(ended.status == 7, "\(ended.output)")
            #expect(ended.output.contains("[y/N]") && rehearsal.puts == 0)
        }
    }

    @Test("runs prune asks on a terminal, and a no removes nothing")
    func pruneQuestion() async throws {
        try await Rehearsal.run { rehearsal in
            for priority in [1, 2] { try await apply(rehearsal, priority: priority) }
            let prune = ["runs", "prune", "--keep-last", "1"]
            let no = try await PseudoTerminal.run(
                prune,
                [
                    .wait("Remove the files of 1 run? They cannot be brought back. [y/N] "),
                    .keys("n\n"),
                ],
                in: rehearsal)
            #expect(no.status == 7)
            #expect(no.output.contains("nothing was removed"))
            #expect(try await runs(rehearsal) == 2)
            let interrupted = try await PseudoTerminal.run(
                prune, [.wait("[y/N] "), .keys("\u{3}")], in: rehearsal)
            #expect(interrupted.status == 130, "\(interrupted.output)")
            #expect(
                interrupted.output.contains("\nmava-bulk: interrupted: nothing was removed"),
                "\(interrupted.output)")
            let unclear = try await PseudoTerminal.run(
                prune,
                [
                    .wait("[y/N] "), .keys("ja\n"), .wait("Please answer y or n."),
                    .wait("[y/N] "), .keys("?\n"), .wait("[y/N] "), .keys("oui\n"),
                    .wait("nothing was removed"),
                ], in: rehearsal)
            #expect(unclear.status == 7, "\(unclear.output)")
            #expect(try await runs(rehearsal) == 2)
            let yes = try await PseudoTerminal.run(
                prune,
                [.wait("[y/N] "), .keys("jes\n"), .wait("[y/N] "), .keys("y\n")], in: rehearsal)
            #expect(yes.status == 0, "\(yes.output)")
            #expect(yes.output.contains("1 run pruned, "))
            #expect(try await runs(rehearsal) == 1)
        }
    }
}
