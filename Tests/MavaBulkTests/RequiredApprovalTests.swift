import BulkExecution
import BulkPlan
import BulkSystem
import BulkTestSupport
import Foundation
import MavaBulk
import MavaSandbox
import Synchronization
import Testing

@Suite("A saved plan that needs approvals is applied only with them")
struct RequiredApprovalTests {
    /// A sandbox, a saved plan for it, and a run that needs one approval.
    private struct Setting {
        var sandbox: Sandbox
        var run: BulkRun
        var plan: String
        var id: String
        var directory: TemporaryDirectory
        var file: String { ApprovalFile.path(ofPlan: plan) }
        var puts: Int { sandbox.stats.count(method: "PUT") }

        func decide(
            _ decision: PlanApproval.Decision, by who: String = "ada@desk", at: Int64,
            expires: Int64 = 10_000_000
        ) throws {
            try ApprovalFile.append(
                PlanApproval(
                    plan: id, decision: decision, who: who, at: at,
                    expires: decision == .approve ? expires : nil, note: "looked at it"),
                to: file)
        }
    }

    private func withPlan(_ body: (Setting) async throws -> Void) async throws {
        var configuration = SandboxConfiguration(
            workspace: try Workspace.generate(tickets: 5, seed: 1))
        configuration.quota = .unlimited
        let directory = try TemporaryDirectory()
        try await withSandbox(configuration) { sandbox in
            let key = try #require(APIKey(sandbox.apiKeys[0]))
            let connection = try MavaConnection(baseURL: sandbox.address, key: key)
            let rows = sandbox.workspace.ticketIDs.map { "\($0),3\n" }.joined()
            let input = PlanInput(
                path: try directory.write("ticketId,priority\n" + rows, to: "rows.csv"))
            var planner = Planner(client: connection.reader)
            planner.options.output = directory.file("plan.jsonl")
            let plan = try await planner.plan(input, now: 0)
            var run = BulkRun(connection, in: directory)
            run.approvals = ApprovalRequirement(count: 1)
            run.timeOfDay = { 1_000_000 }
            try await body(
                Setting(
                    sandbox: sandbox, run: run, plan: directory.file("plan.jsonl"),
                    id: plan.header.id, directory: directory))
        }
    }

    @Test("without one no ticket is read and nothing is asked")
    func missing() async throws {
        try await withPlan { setting in
            let before = setting.sandbox.stats.count(method: "GET")
            let error = await #expect(throws: ApprovalError.self) {
                _ = try await setting.run.apply(savedPlan: setting.plan) { _, _ in
                    Issue.record("asked")
                    return true
                }
            }
            #expect(error?.code == .missing)
            #expect(setting.sandbox.stats.count(method: "GET") == before)
            #expect(!FilePath.isTaken(setting.directory.file("run")))
        }
    }

    @Test("with one it is applied, and the run's files name it; a resume does not ask for it again")
    func approved() async throws {
        try await withPlan { setting in
            try setting.decide(.approve, at: 900_000)
            let stopped = setting.run
            stopped.control.stop(.deadline)
            let first = try #require(
                try await stopped.apply(savedPlan: setting.plan) { plan, _ in
                    #expect(plan.summary.approvals.map(\.who) == ["ada@desk"])
                    return true
                }.result)
            #expect(first.approvals.map(\.who) == ["ada@desk"])
            #expect(first.summary.reason == .deadline)
            let copy = try setting.directory.read("run/approvals.jsonl")
            #expect(copy == (try setting.directory.read("plan.jsonl.approval.jsonl")))

            try FileManager.default.removeItem(atPath: setting.file)
            var other = setting.run
            other.control = RunControl()
            other.timeOfDay = { 20_000_000 }
            let result = try await other.resume(setting.directory.file("run"))
            #expect(result.isSuccess)
            #expect(setting.puts == result.header.requests)
            #expect(result.approvals == first.approvals)
            for name in ["summary.json", "run.json"] {
                let text = try setting.directory.readText("run/\(name)")
                let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
                let approvals = try #require((object as? [String: Any])?["approvals"] as? [Any])
                let approval = try #require(approvals.first as? [String: Any])
                #expect(approval["who"] as? String == "ada@desk")
                #expect(approval["at"] as? String == "1970-01-01T00:15:00.000Z")
                #expect(approval["note"] as? String == "looked at it")
                #expect(approval["verified"] as? Bool == false)
            }
        }
    }

    @Test("an approval that expires during the question does not count any more")
    func expires() async throws {
        try await withPlan { setting in
            try setting.decide(.approve, at: 900_000, expires: 1_000_001)
            var run = setting.run
            let clock = Moment()
            run.timeOfDay = { clock.now }
            let error = await #expect(throws: ApprovalError.self) {
                _ = try await run.apply(savedPlan: setting.plan) { _, _ in
                    clock.now = 1_000_001
                    return true
                }
            }
            #expect(error?.code == .missing)
            #expect(setting.puts == 0)
            #expect(!FilePath.isTaken(setting.directory.file("run")))
        }
    }

    @Test(
        "a decline, or the loss of the file, during the question refuses the plan",
        arguments: [true, false])
    func declined(isDecline: Bool) async throws {
        try await withPlan { setting in
            try setting.decide(.approve, at: 900_000)
            let error = await #expect(throws: ApprovalError.self) {
                _ = try await setting.run.apply(savedPlan: setting.plan) { _, _ in
                    if isDecline {
                        try setting.decide(.decline, by: "ben@desk", at: 1_000_000)
                    } else {
                        try FileManager.default.removeItem(atPath: setting.file)
                    }
                    return true
                }
            }
            #expect(error?.code == (isDecline ? .declined : .missing))
            #expect(setting.puts == 0)
        }
    }

    @Test("the one who applies does not count, by login and by the name that is given")
    func own() async throws {
        try await withPlan { setting in
            try setting.decide(.approve, by: ProcessOwner.loginAtHost, at: 900_000)
            try setting.decide(.approve, by: "Deployer", at: 900_000)
            var run = setting.run
            run.approvals?.appliedBy = ["somebody", "deployer"]
            let error = await #expect(throws: ApprovalError.self) {
                _ = try await run.apply(savedPlan: setting.plan) { _, _ in true }
            }
            #expect(error?.code == .missing)
            #expect(error?.message.contains("Deployer applies the plan") == true)
            #expect(error?.message.contains("\(ProcessOwner.loginAtHost) applies") == true)
            run.approvals?.appliedBy = []
            #expect(
                try await run.apply(savedPlan: setting.plan) { _, _ in true }.result?.approvals.map(
                    \.who)
                    == ["Deployer"])
        }
    }

    @Test("a plan that is not saved cannot have any")
    func unsaved() async throws {
        try await withPlan { setting in
            let input = PlanInput(path: setting.directory.file("rows.csv"))
            let error = await #expect(throws: ApprovalError.self) {
                _ = try await setting.run.apply(input) { _ in true }
            }
            #expect(error?.code == .missing)
            #expect(setting.puts == 0)
        }
    }

    @Test("what a crash left of a run that began is replaced, and a foreign file is not")
    func leftovers() async throws {
        try await withPlan { setting in
            try setting.decide(.approve, at: 900_000)
            try FileManager.default.createDirectory(
                atPath: setting.directory.file("run"), withIntermediateDirectories: false)
            try setting.directory.write("mine", to: "run/approvals.jsonl")
            await #expect(throws: RunDirectoryError.self) {
                _ = try await setting.run.apply(savedPlan: setting.plan) { _, _ in true }
            }
            try setting.directory.write(#"{"format":"mava-bulk-run"}"#, to: "run/run.json")
            let result = try await setting.run.apply(savedPlan: setting.plan) { _, _ in true }
            #expect(result.result?.isSuccess == true)
        }
    }

    @Test("a decision is written for the plan that was seen, and no other")
    func written() async throws {
        try await withPlan { setting in
            let written = try PlanDecision.write(
                .approve, on: setting.plan, expecting: setting.id, lifetime: .seconds(60),
                note: "ok", now: 1000)
            #expect(written.plan == setting.id && written.path == setting.file)
            #expect(written.approval.expires == 61_000)
            #expect(written.approval.who == ProcessOwner.loginAtHost)
            #expect(try ApprovalFile.read(setting.file)?.approvals == [written.approval])
            #expect(throws: PlanError.self) {
                _ = try PlanDecision.write(
                    .approve, on: setting.plan, expecting: "00000000", lifetime: .seconds(60),
                    note: "")
            }
            // A decline that a wrong clock dated in the future cannot be replaced.
            _ = try PlanDecision.write(
                .decline, on: setting.plan, lifetime: .zero, note: "", now: 9_000_000)
            let error = #expect(throws: ApprovalError.self) {
                _ = try PlanDecision.write(
                    .approve, on: setting.plan, lifetime: .seconds(60), note: "", now: 5000)
            }
            #expect(error?.message.contains("remove that line") == true)
            #expect(throws: ApprovalError.self) {
                _ = try PlanDecision.write(
                    .decline, on: setting.plan, lifetime: .zero,
                    note: String(repeating: "x", count: 2001))
            }
            for (lifetime, now) in [
                (Duration.zero, Int64(1000)), (.seconds(-5), 1000), (.seconds(60), .max),
                (.seconds(60), -1), (.seconds(Int64.max), 1000), (.seconds(300_000_000_000), 0),
            ] {
                #expect(throws: ApprovalError.self, "\(lifetime) \(now)") {
                    _ = try PlanDecision.write(
                        .approve, on: setting.plan, lifetime: lifetime, note: "", now: now)
                }
            }
            #expect(try ApprovalFile.read(setting.file)?.approvals.count == 2)
        }
    }
}

/// A time of day that a test moves.
private final class Moment: Sendable {
    private let time = Mutex<Int64>(1_000_000)
    var now: Int64 {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }
}
