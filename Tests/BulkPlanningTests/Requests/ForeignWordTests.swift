import Testing

@testable import BulkPlanning

@Suite("Words of other help desks")
struct ForeignWordTests {
    @Test(
        "A word is found alone, in any writing, and among others",
        arguments: [
            ("Solved", "Resolved"), ("in progress", "Open"), ("IN_PROGRESS", "Open"),
            ("wont\tfix", "Resolved"), ("won't-fix", "Resolved"),
            ("Closed (duplicate)", "Resolved"),
            ("3", "Pending"), ("On-Hold_.", "Pending or Waiting"), ("(4) Waiting\r\n", "Waiting"),
            ("été closed", "Resolved"), ("work–in–progress", "Open"),
        ])
    func statuses(text: String, meaning: String) {
        #expect(ForeignWord.status(text) == meaning)
    }

    @Test(
        "Texts with no meaning or with several have none",
        arguments: ["", "xyz", "closed or open", "new2", "fermé", "é closed open", "ok 3"])
    func unknown(text: String) {
        #expect(ForeignWord.status(text) == nil)
    }

    @Test("Text longer than 200 bytes is not examined")
    func long() {
        #expect(ForeignWord.status("closed " + String(repeating: "x", count: 194)) == nil)
        #expect(ForeignWord.status("closed " + String(repeating: "x", count: 193)) == "Resolved")
    }

    @Test("Priorities are found in the same way")
    func priorities() {
        #expect(ForeignWord.priority("3 - High") == "3 (high)")
        #expect(ForeignWord.priority("P2") == "2 (medium) or 3 (high)")
    }
}
