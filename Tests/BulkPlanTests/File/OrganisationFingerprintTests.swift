import MavaAPI
import Testing

@testable import BulkPlan

@Suite("The mark of an organisation")
struct OrganisationFingerprintTests {
    private func agents(_ ids: some Sequence<Int>) -> [Agent] {
        ids.map { Agent(id: "agent-\($0)", username: "Agent \($0)") }
    }

    @Test("One agent in common is enough, none is not")
    func shared() throws {
        let mark = try #require(OrganisationFingerprint(agents(1...5)))
        #expect(mark.matches(agents(5...9)))
        #expect(mark.matches(agents([3])))
        #expect(!mark.matches(agents(6...900)))
        #expect(!mark.matches([]))
        #expect(OrganisationFingerprint([]) == nil)
    }

    @Test("Of many agents 64 are kept, whatever their order, and the organisation still matches")
    func bounded() throws {
        let mark = try #require(OrganisationFingerprint(agents(1...1000)))
        #expect(mark.agents.count == OrganisationFingerprint.limit)
        #expect(mark == OrganisationFingerprint(agents((1...1000).reversed())))
        #expect(mark.matches(agents(1...1000)))
        #expect(OrganisationFingerprint(hashes: mark.agents) == mark)
    }

    @Test(
        "What is no list of hashes is no mark",
        arguments: [
            [], ["0123456789abcde"], ["0123456789abcdeg"],
            Array(repeating: "0123456789abcdef", count: 65),
        ])
    func wrong(hashes: [String]) {
        #expect(OrganisationFingerprint(hashes: hashes) == nil)
    }
}
