import BulkSystem
import BulkTestSupport
import Testing

@testable import BulkExecution

import CLibrary

@Suite("Run directory")
struct RunDirectoryTests {
    func mode(_ path: String) -> mode_t {
        var information = stat()
        return stat(path, &information) == 0 ? information.st_mode & 0o777 : 0
    }

    @Test("it is the owner's alone, and so is what lies in it")
    func modes() throws {
        let temporary = try TemporaryDirectory()
        let directory = try RunDirectory.create(
            at: temporary.file("a/b/run"), planID: RunHarness.planID, startedAt: 0)
        _ = try JournalWriter.create(directory.journal, JournalTests.header)
        #expect(mode(directory.path) == 0o700)
        #expect(mode(directory.journal) == 0o600)
        #expect(mode(FilePath.joining(directory.path, "lock")) == 0o600)
    }

    @Test("one process at a time works in it")
    func locked() throws {
        let temporary = try TemporaryDirectory()
        let path = temporary.file("run")
        let directory = try RunDirectory.create(
            at: path, planID: RunHarness.planID, startedAt: 0)
        try temporary.write("{}", to: "run/plan.jsonl")
        let error = #expect(throws: RunDirectoryError.self) { try RunDirectory.open(path) }
        #expect(error?.code == .locked)
        // A new run gets the error about the lock, not one about the run that exists there by then.
        #expect(throws: try #require(error)) { try RunDirectory.requireUnused(path) }
        #expect(directory.path == path)
    }

    @Test("where the file of the lock was removed, the journal keeps another process away")
    func removedLock() throws {
        let temporary = try TemporaryDirectory()
        let path = temporary.file("run")
        let directory = try RunDirectory.create(
            at: path, planID: RunHarness.planID, startedAt: 0)
        try temporary.write("{}", to: "run/plan.jsonl")
        _ = try JournalWriter.create(directory.journal, JournalTests.header)
        try directory.lockJournal()
        // A run goes on with its journal after a part of it.
        try directory.lockJournal()
        unlink(FilePath.joining(path, "lock"))
        let second = try RunDirectory.open(path)
        let error = #expect(throws: RunDirectoryError.self) { try second.lockJournal() }
        #expect(error?.code == .locked)
        #expect(directory.path == path)
    }

    @Test("the lock goes with the value, and the run can be opened again")
    func unlocked() throws {
        let temporary = try TemporaryDirectory()
        let path = temporary.file("run")
        _ = try RunDirectory.create(at: path, planID: RunHarness.planID, startedAt: 0)
        try temporary.write("{}", to: "run/plan.jsonl")
        #expect(try RunDirectory.open(path).plan == path + "/plan.jsonl")
    }

    @Test("what killed processes left is removed when the run is opened, and nothing else")
    func leftOvers() throws {
        let temporary = try TemporaryDirectory()
        try temporary.write("{}", to: "plan.jsonl")
        for name in [
            ".report.csv.1xk3.tmp", ".summary.json.0.tmp", ".notes.txt.1xk3.tmp", ".report.csv.tmp",
            "report.csv.1xk3.tmp", ".report.csv",
        ] {
            try temporary.write("x", to: name)
        }
        _ = try RunDirectory.open(temporary.path)
        #expect(
            try temporary.names().sorted() == [
                ".notes.txt.1xk3.tmp", ".report.csv", ".report.csv.tmp", "lock", "plan.jsonl",
                "report.csv.1xk3.tmp",
            ])
    }

    @Test("a directory that holds a run is not used for another", arguments: ["plan", "journal"])
    func occupied(name: String) throws {
        let temporary = try TemporaryDirectory()
        try temporary.write("{}", to: "\(name).jsonl")
        let error = #expect(throws: RunDirectoryError.self) {
            try RunDirectory.create(
                at: temporary.path, planID: RunHarness.planID, startedAt: 0)
        }
        #expect(error?.code == .occupied)
        #expect(throws: try #require(error)) {
            try RunDirectory.requireUnused(temporary.path)
        }
    }

    @Test("whether a directory can be a new run's is told without making anything")
    func unused() throws {
        let temporary = try TemporaryDirectory()
        try RunDirectory.requireUnused(temporary.path)
        try RunDirectory.requireUnused(temporary.file("not/there"))
        #expect(try temporary.names() == [])
        let file = try temporary.write("mine", to: "file")
        let link = temporary.file("link")
        #expect(symlink(temporary.file("nowhere"), link) == 0)
        for path in [file, file + "/", link] {
            let error = #expect(throws: RunDirectoryError.self) {
                try RunDirectory.requireUnused(path)
            }
            #expect(error?.code == .occupied)
        }
    }

    @Test(
        "a directory with a file that a run would replace is not used",
        arguments: ["report.csv", "report.html", "failed.csv", "summary.json"])
    func filesOfOthers(name: String) throws {
        let temporary = try TemporaryDirectory()
        try temporary.write("mine", to: name)
        let error = #expect(throws: RunDirectoryError.self) {
            try RunDirectory.create(
                at: temporary.path, planID: RunHarness.planID, startedAt: 0)
        }
        #expect(error?.code == .occupied)
        #expect(error?.description.contains(name) == true)
    }

    @Test("a directory without a plan is no run")
    func noRun() throws {
        let temporary = try TemporaryDirectory()
        let error = #expect(throws: RunDirectoryError.self) {
            try RunDirectory.open(temporary.path)
        }
        #expect(error?.code == .noRun)
    }

    @Test("a directory that cannot be made is an error that names it")
    func refused() throws {
        let temporary = try TemporaryDirectory()
        try temporary.write("x", to: "file")
        let error = #expect(throws: RunDirectoryError.self) {
            try RunDirectory.create(
                at: temporary.file("file/run"), planID: RunHarness.planID, startedAt: 0)
        }
        #expect(error?.code == .file)
        #expect(error?.description.contains("file/run") == true)
    }

    @Test(
        "the name's time is UTC",
        arguments: [(0, "19700101T000000Z"), (1_764_000_003_999, "20251124T160003Z")])
    func timestamps(milliseconds: Int64, text: String) {
        #expect(RunDirectory.timestamp(milliseconds) == text)
    }
}
