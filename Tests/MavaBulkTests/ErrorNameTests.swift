import MavaBulk
import Testing

/// This file imports the library alone, as a program does.
@Suite("Errors by name")
struct ErrorNameTests {
    @Test("a missing file of guards is a FileError, which has a name after one import")
    func guards() {
        let error = #expect(throws: FileError.self) {
            try PlanGuards(reading: "/nowhere/guards.json")
        }
        #expect(error?.operation == .open)
    }

    @Test("a missing plan is a FileError")
    func plan() {
        #expect(throws: FileError.self) { try SavedPlan.open("/nowhere/plan.jsonl") }
    }

    @Test("a run that is not there is a RunReferenceError")
    func run() {
        #expect(throws: RunReferenceError.self) { try RunHistory("/nowhere").run("last") }
    }
}
