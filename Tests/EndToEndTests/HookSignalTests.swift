import BulkSystem
import BulkTestSupport
import Foundation
import MavaSandbox
import Synchronization
import Testing

@testable import mava_bulk

/// Signals while hooks run; the hooks themselves send them, to their parent.
@Suite("Hooks and signals", .timeLimit(.minutes(20)))
struct HookSignalTests {
    private static let apply = [
        "apply", Rehearsal.sample("reassign/handover.csv"), "--yes", "--run-dir", "run",
    ]

    /// Runs a body beside a server that keeps the first lines of what it is sent.
    ///
    /// After the fourth one it makes the file `sent` in a directory of its own, for which a hook can wait.
    private func withServer(
        faults: String = "",
        _ body: (RawServer, Rehearsal, _ sent: String, @escaping () -> [String]) async throws ->
            Void
    ) async throws {
        let lines = Mutex<[String]>([])
        let directory = try TemporaryDirectory()
        try await RawServer.with { connection in
            while let request = connection.readRequest() {
                let count = lines.withLock { lines in
                    lines.append(request.line)
                    return lines.count
                }
                connection.respond()
                if count == 4 { _ = try? directory.write("", to: "sent") }
            }
        } _: { server in
            try await Rehearsal.run(faults: faults) { rehearsal in
                try await body(server, rehearsal, directory.path + "/sent") {
                    lines.withLock { $0 }
                }
            }
        }
    }

    /// Whether a program whose number a hook wrote to a file has ended.
    private func hasEnded(_ file: String, _ rehearsal: Rehearsal) throws -> Bool {
        let number = try rehearsal.directory.readText(file).filter(\.isNumber)
        let state = (try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)) ?? ""
        return state.isEmpty || state.contains(") Z ")
    }

    @Test("A signal during the last hooks of a whole run lets them, the message and the ping end")
    func last() async throws {
        try await withServer { server, rehearsal, _, lines in
            let result = try await rehearsal.program(
                Self.apply + [
                    "--on", "finished=kill -TERM $PPID; sleep 0.2; echo first", "--on",
                    "finished=echo second",
                    "--notify", server.baseURL + "/n", "--ping", server.baseURL + "/p",
                ] + Rehearsal.wideQuota)
            #expect(result.status == 0, "\(result.errors)")
            let said = result.errors
            #expect(said.contains("first\n") && said.contains("second\n"))
            #expect(
                lines().sorted() == [
                    "GET /p HTTP/1.1", "GET /p/start HTTP/1.1", "POST /n HTTP/1.1",
                    "POST /n HTTP/1.1",
                ])
        }
    }

    @Test("A second signal ends the program with its hooks, after the message and the ping")
    func second() async throws {
        try await withServer { server, rehearsal, sent, lines in
            // A signal within a second of another is the same request.
            let hook = """
                finished=sleep 600 & echo $! > child; kill -TERM $PPID
                while [ ! -e \(sent) ]; do sleep 0.05; done
                sleep 1.1; kill -TERM $PPID; wait
                """
            let result = try await rehearsal.program(
                Self.apply + [
                    "--on", hook, "--on", "finished=touch late", "--notify", server.baseURL + "/n",
                    "--ping", server.baseURL + "/p",
                ] + Rehearsal.wideQuota)
            #expect(result.status == 143, "\(result.errors)")
            #expect(try hasEnded("child", rehearsal))
            #expect(try !rehearsal.leftovers().contains("late"))
            #expect(lines().count == 4 && lines().contains("GET /p HTTP/1.1"), "\(lines())")
        }
    }

    // It takes the two seconds that a hook gets which runs beside the updates.
    @Test("A hook that runs beside the updates takes nothing from the last one after a signal")
    func waiting() async throws {
        try await withServer(faults: "only=put,503-date@1..1000,retry-after=60s") {
            server, rehearsal, _, lines in
            let hook = "waiting=sleep 600 & echo $! > child; kill -TERM $PPID; wait"
            let result = try await rehearsal.program(
                Self.apply + [
                    "--on", hook, "--on", "stopped=cat > stopped.json", "--ping",
                    server.baseURL + "/p",
                ] + Rehearsal.wideQuota)
            #expect(result.status == 143, "\(result.errors)")
            #expect(try hasEnded("child", rehearsal))
            #expect(result.errors.contains("the hook for waiting was ended, because a signal"))
            let stopped = try rehearsal.directory.readText("stopped.json")
            #expect(stopped.contains(#""event":"stopped""#), "\(stopped)")
            #expect(lines().last == "GET /p/143 HTTP/1.1")
        }
    }

    // MARK: How the time is divided

    private func seconds(_ time: Nanoseconds) -> Int64 { time.quotient(by: .second) }

    @Test("Without a signal, a hook has its own limit")
    func unbounded() {
        var bounds = HookBounds()
        #expect(bounds.endOfEarlier == .max && bounds.end(ofLastFrom: .zero, of: 1) == .max)
        bounds.finish(at: .second)
        #expect(bounds.endOfEarlier == .max && bounds.end(ofLastFrom: .zero, of: 3) == .max)
    }

    @Test("After a signal, earlier hooks, last hooks and messages each have a part of the time")
    func bounded() {
        for signal in [5, 12, 20] {
            for finish in [8, 12, 18] {
                var bounds = HookBounds()
                let end = Nanoseconds.seconds(max(signal, finish) + 10)
                bounds.signal(at: .seconds(signal), leavingAt: end)
                // A second signal makes the end no later.
                bounds.signal(at: .seconds(signal + 2), leavingAt: end + .second)
                #expect(bounds.endOfEarlier == .max, "the run is not over yet")
                bounds.finish(at: .seconds(finish))
                #expect(bounds.endOfEarlier == .seconds(max(signal, finish) + 2))
                // Three hooks that all take what they are given, the first of which began before the signal.
                var now = Nanoseconds.seconds(finish)
                for left in [3, 2, 1] {
                    let bound = bounds.end(ofLastFrom: now, of: left)
                    #expect(bound > max(now, .seconds(signal)))
                    now = bound
                }
                #expect(seconds(end - now) == 3)
            }
        }
    }

    @Test("A hook that is left no time ends at once")
    func late() {
        var bounds = HookBounds()
        bounds.signal(at: .zero, leavingAt: 10 * .second)
        bounds.finish(at: 9 * .second)
        #expect(bounds.end(ofLastFrom: 9 * .second, of: 2) == 9 * .second)
        #expect(bounds.endOfEarlier == 7 * .second)
    }
}
