import BulkSystem
import BulkTestSupport
import Testing

@testable import BulkExecution

import CLibrary

@Suite("Control file", .timeLimit(.minutes(20)))
struct ControlFileTests {
    let directory: TemporaryDirectory
    private var path: String { directory.file("control") }

    init() throws { directory = try TemporaryDirectory() }

    private func machine() -> ControlMachine {
        ControlMachine(path: path, quota: .mava, earlier: ControlFile(path).earlier)
    }

    private func write(_ text: String) throws { try directory.write(text, to: "control") }

    private func isIgnored(_ events: [ControlEvent], _ part: String) -> Bool {
        guard events.count == 1, case .ignored(let reason) = events[0] else { return false }
        return reason.contains(part) && reason.contains(path)
    }

    @Test("what is no small file of this user is not read, and is reported once")
    func unusable() throws {
        var machine = machine()
        let file = ControlFile(path)
        #expect(machine.handle(file.read()).isEmpty)

        try directory.write("pause\n", to: "target")
        #expect(symlink(directory.file("target"), path) == 0)
        #expect(isIgnored(machine.handle(file.read()), "symbolic link"))
        #expect(machine.handle(file.read()).isEmpty)

        #expect(unlink(path) == 0 && mkfifo(path, 0o600) == 0)
        #expect(isIgnored(machine.handle(file.read()), "pipe"))
        #expect(unlink(path) == 0 && mkdir(path, 0o700) == 0)
        #expect(isIgnored(machine.handle(file.read()), "directory"))
        #expect(rmdir(path) == 0)

        let lines = String(repeating: "resume\n", count: 600)
        try write(String(lines.suffix(4091)) + "pause\n")
        #expect(isIgnored(machine.handle(file.read()), "more than 4 KB"))
        try write(String(lines.suffix(4090)) + "pause\n")
        #expect(machine.handle(file.read()) == [.obeyed(.pause)])
    }

    @Test("a command is obeyed once, and a missing or empty file changes nothing")
    func once() throws {
        var machine = machine()
        let file = ControlFile(path)
        try write("pause\n")
        #expect(machine.handle(file.read()) == [.obeyed(.pause)])
        #expect(machine.handle(file.read()).isEmpty)
        // A shell empties a file before it writes to it.
        try write("")
        #expect(machine.handle(file.read()).isEmpty)
        #expect(unlink(path) == 0)
        #expect(machine.handle(file.read()).isEmpty)
        try write("resume\n")
        #expect(machine.handle(file.read()) == [.obeyed(.resume)])
        try write("quota 90/30s\n")
        #expect(machine.handle(file.read()).isEmpty, "that is the quota already")
        try write("quota 3/1s\n")
        let slow = ControlCommand.quota(Quota(requests: 3, window: .seconds(1)))
        #expect(machine.handle(file.read()) == [.obeyed(slow)])
        try write("quota 90/30s\n")
        #expect(machine.handle(file.read()) == [.obeyed(.quota(.mava))])
    }

    @Test("nothing follows a stop")
    func stop() throws {
        var machine = machine()
        let file = ControlFile(path)
        try write("stop\n")
        #expect(machine.handle(file.read()) == [.obeyed(.stop)])
        try write("pause\n")
        #expect(machine.handle(file.read()).isEmpty)
    }

    @Test("a stop from before is ignored until it is written again, a pause from before is obeyed")
    func earlier() throws {
        try write("stop\n")
        let file = ControlFile(path)
        var machine = machine()
        #expect(isIgnored(machine.handle(file.read()), "before this command began"))
        #expect(machine.handle(file.read()).isEmpty)
        // A new file in its place is a new command, whatever the clock's resolution.
        try directory.write("stop\n", to: "new")
        #expect(rename(directory.file("new"), path) == 0)
        #expect(machine.handle(file.read()) == [.obeyed(.stop)])

        try write("pause\n")
        var next = self.machine()
        #expect(next.handle(ControlFile(path).read()) == [.obeyed(.pause)])
    }

    @Test("each mistake is reported once, and no more than twenty of them")
    func mistakes() throws {
        var machine = machine()
        let file = ControlFile(path)
        try write("pause\nresum\n")
        let events = machine.handle(file.read())
        #expect(events.count == 2 && events.last == .obeyed(.pause))
        #expect(isIgnored([events[0]], "resum"))
        #expect(machine.handle(file.read()).isEmpty)
        var reported = 1
        for number in 1...50 {
            try write("nonsense \(number)\n")
            reported += machine.handle(file.read()).count
        }
        #expect(reported == 20)
        try write("stop\n")
        #expect(machine.handle(file.read()) == [.obeyed(.stop)])
    }

    @Test("a run's directory with a control file that is a link is refused")
    func runDirectory() throws {
        #expect(symlink("target", directory.file("control")) == 0)
        let error = #expect(throws: RunDirectoryError.self) {
            try RunDirectory.create(
                at: directory.path, planID: RunHarness.planID, startedAt: 0)
        }
        #expect(error?.code == .notOurs)
        #expect(unlink(path) == 0)
        try write("quota 3/1s\n")
        _ = try RunDirectory.create(at: directory.path, planID: RunHarness.planID, startedAt: 0)
    }

    @Test("the file is read once a second, and the run's control and quota follow it")
    func watch() async throws {
        let clock = ManualClock()
        let control = RunControl()
        let gate = QuotaGate(.mava, clock: clock)
        let watch = ControlWatch(
            ControlFile(path), control: control, gate: gate, quota: .mava, clock: clock
        ) { _ in }
        let running = Task {
            var watch = watch
            await watch.run()
        }
        func second() async throws {
            try await clock.waitForSleepers()
            clock.advance(by: .seconds(1))
            try await clock.waitForSleepers()
        }
        try await clock.waitForSleepers()
        try write("pause\n")
        clock.advance(by: .milliseconds(999))
        #expect(!control.isPaused)
        clock.advance(by: .milliseconds(1))
        try await clock.waitForSleepers()
        #expect(control.isPaused)
        try write("quota 2/1s\n")
        try await second()
        #expect(!control.isPaused)
        #expect(gate.estimate(for: 1).quota?.description == "2 requests per 1 s")
        try write("resume\n")
        try await second()
        #expect(gate.estimate(for: 1).quota == .mava)
        try write("stop\n")
        try await second()
        #expect(control.reason == .stopRequested && !control.isHard)
        running.cancel()
        await running.value
    }
}
