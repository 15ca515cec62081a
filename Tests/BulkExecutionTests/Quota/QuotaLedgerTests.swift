import BulkSystem
import BulkTestSupport
import MavaAPI
import Synchronization
import Testing

@testable import BulkExecution

import CLibrary

@Suite("Quota ledger")
struct QuotaLedgerTests {
    let directory: TemporaryDirectory
    let clock = ManualClock()
    let key = APIKey("key-of-the-test")!
    let quota = Quota(requests: 10, window: .seconds(10))

    init() throws { directory = try TemporaryDirectory() }

    func ledger(
        key: APIKey? = nil, baseURL: String = "https://app.mava.app", bootID: UInt64 = 7,
        upFor: Nanoseconds = 1000 * Nanoseconds.second
    ) throws -> QuotaLedger {
        let clock = clock
        return try QuotaLedger(
            directory: directory.file("state"), key: key ?? self.key, baseURL: baseURL,
            clock: { upFor + Nanoseconds(clock.now.offset) }, bootID: bootID)
    }

    func gate(_ ledger: QuotaLedger?) -> QuotaGate<ManualClock> {
        QuotaGate(quota, ledger: ledger, longestRequest: .seconds(30), clock: clock)
    }

    func takeAll(_ gate: QuotaGate<ManualClock>) -> Int {
        var taken = 0
        while gate.tryAcquire() == .granted { taken += 1 }
        return taken
    }

    @Test("a link in the ledger's place is not followed")
    func link() throws {
        let path = try ledger().path
        #expect(unlink(path) == 0)
        let target = try directory.write("mine", to: "target")
        #expect(symlink(target, path) == 0)
        let error = #expect(throws: QuotaLedger.Unavailable.self) { _ = try ledger() }
        #expect(error?.description.contains("symbolic link") == true)
        #expect(try directory.readText("target") == "mine")
    }

    @Test("two processes together stay within the quota")
    func shared() throws {
        let first = gate(try ledger())
        let second = gate(try ledger())
        for _ in 0..<6 { #expect(first.tryAcquire() == .granted) }
        #expect(takeAll(second) == 4)
        #expect(first.tryAcquire() != .granted)
    }

    @Test("one process's answers make room for the other, one window later")
    func freed() throws {
        let first = gate(try ledger())
        let second = gate(try ledger())
        #expect(takeAll(first) == 10)
        for _ in 0..<10 { first.complete(nil) }
        clock.advance(by: .seconds(9))
        #expect(takeAll(second) == 0)
        clock.advance(by: .seconds(2))
        #expect(takeAll(second) == 10)
    }

    @Test("a process that was there first gives way to one that waits, until both have half")
    func fair() throws {
        let first = gate(try ledger())
        let second = gate(try ledger())
        #expect(takeAll(first) == 10)
        for _ in 0..<10 {
            first.complete(nil)
            clock.advance(by: .milliseconds(1000))
        }
        var counts = (0, 0)
        for _ in 0..<600 {
            // The first one always asks first.
            if first.tryAcquire() == .granted {
                counts.0 += 1
                first.complete(nil)
            }
            if second.tryAcquire() == .granted {
                counts.1 += 1
                second.complete(nil)
            }
            clock.advance(by: .milliseconds(100))
        }
        #expect(counts.0 + counts.1 >= 50)
        #expect(abs(counts.0 - counts.1) <= 10)
    }

    @Test("permits of a process that died become free by themselves")
    func died() throws {
        do {
            let dead = gate(try ledger())
            #expect(takeAll(dead) == 10)
        }
        let other = gate(try ledger())
        #expect(takeAll(other) == 0)
        clock.advance(by: .seconds(41))
        #expect(takeAll(other) == 10)
    }

    @Test("a pause that the server asked one process for is heeded by the other")
    func pause() throws {
        let first = gate(try ledger())
        let second = gate(try ledger())
        #expect(first.tryAcquire() == .granted)
        first.complete(QuotaReading(isBusy: true, retryAfter: 5 * .second))
        guard case .wait(_, .paused) = second.tryAcquire() else {
            Issue.record("the pause was not heeded")
            return
        }
        clock.advance(by: .seconds(5))
        #expect(second.tryAcquire() == .granted)
    }

    @Test("other keys and other addresses have ledgers of their own")
    func separate() throws {
        let first = gate(try ledger())
        #expect(takeAll(first) == 10)
        #expect(takeAll(gate(try ledger(key: APIKey("another-key")))) == 10)
        #expect(takeAll(gate(try ledger(baseURL: "https://gateway.mava.app"))) == 10)
        #expect(try directory.names() == ["state"])
    }

    @Test("the key is not in the file's name or in the file")
    func secret() throws {
        let ledger = try ledger()
        _ = takeAll(gate(ledger))
        #expect(!ledger.path.contains("key-of-the-test"))
        let name = String(ledger.path.dropFirst(directory.path.count + 1))
        let bytes = try directory.read(name)
        #expect(bytes.count > 100)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("key-of-the-test"))
        var information = stat()
        #expect(stat(ledger.path, &information) == 0)
        #expect(information.st_mode & 0o777 == 0o600)
    }

    @Test("what was entered before the machine restarted does not count")
    func rebooted() throws {
        #expect(takeAll(gate(try ledger(bootID: 1))) == 10)
        #expect(takeAll(gate(try ledger(bootID: 2))) == 10)
    }

    /// So it is after a restart where `/proc/sys` cannot be read, and in a container with a clock of its own.
    @Test("what was entered later than now, on another clock, does not count")
    func otherClock() throws {
        #expect(takeAll(gate(try ledger(bootID: 0, upFor: 5_000_000 * .second))) == 10)
        let restarted = try ledger(bootID: 0, upFor: 20 * .second)
        #expect(takeAll(gate(restarted)) == 10)
        #expect(takeAll(gate(try ledger(bootID: 0, upFor: 20 * .second))) == 0)
        #expect(restarted.consumeNotices().isEmpty)
    }

    @Test("a damaged file is replaced")
    func damaged() throws {
        let ledger = try ledger()
        #expect(takeAll(gate(ledger)) == 10)
        try directory.write("rubbish", to: String(ledger.path.dropFirst(directory.path.count + 1)))
        #expect(takeAll(gate(try self.ledger())) == 10)
    }

    @Test("a file that is deleted or replaced while in use is made again, and nothing is forgotten")
    func replaced() throws {
        let ledger = try ledger()
        let first = gate(ledger)
        let second = gate(try self.ledger())
        let told = Told()
        second.setNoticeHandler { told.add($0) }
        for _ in 0..<4 { #expect(first.tryAcquire() == .granted) }
        for _ in 0..<3 { #expect(second.tryAcquire() == .granted) }
        unlink(ledger.path)
        #expect(takeAll(second) == 3)
        #expect(told.all.count == 1)
        #expect(told.all.first?.contains("deleted or replaced") == true)
        #expect(first.tryAcquire() != .granted)
        // It has checked the file, and written its own entry to the new one.
        let name = String(ledger.path.dropFirst(directory.path.count + 1))
        try directory.write("", to: "empty")
        #expect(rename(directory.file("empty"), directory.file(name)) == 0)
        #expect(second.tryAcquire() != .granted)
        #expect(first.tryAcquire() != .granted)
        // A process that starts now sees what both hold.
        #expect(takeAll(gate(try self.ledger())) == 0)
        #expect(second.ledgerProblem == nil)
    }

    @Test(
        "a page that is damaged while in use is said once, and written again",
        arguments: ["", "rubbish", String(repeating: "x", count: 4096)])
    func damagedInUse(bytes: String) throws {
        let ledger = try ledger()
        let first = gate(ledger)
        let second = gate(try self.ledger())
        let told = Told()
        first.setNoticeHandler { told.add($0) }
        for _ in 0..<4 { #expect(second.tryAcquire() == .granted) }
        for _ in 0..<2 { #expect(first.tryAcquire() == .granted) }
        try directory.write(bytes, to: String(ledger.path.dropFirst(directory.path.count + 1)))
        #expect(takeAll(first) == 4)
        #expect(told.all.count == 1)
        #expect(told.all.first?.contains("was damaged; it was made again") == true)
        #expect(second.tryAcquire() != .granted)
    }

    @Test("a pause of at most 15 minutes binds the others; a longer one is tried with one request")
    func longPauses() throws {
        let first = gate(try ledger())
        #expect(first.tryAcquire() == .granted)
        first.complete(QuotaReading(isBusy: true, retryAfter: 900 * .second))
        let bound = gate(try ledger())
        #expect(bound.tryAcquire() == .wait(until: 900 * .second, .paused))
        clock.advance(by: .seconds(901))

        #expect(first.tryAcquire() == .granted)
        first.complete(QuotaReading(isBusy: true, retryAfter: 100_000_000 * .second))
        let second = gate(try ledger())
        let told = Told()
        second.setNoticeHandler { told.add($0) }
        #expect(second.tryAcquire() == .granted)
        #expect(told.all.count == 1)
        #expect(told.all.first?.contains("for more than a year from now") == true)
        #expect(second.tryAcquire() == .wait(until: nil, .paused))
        // No answer came: the next request is the probe again.
        second.complete(nil)
        #expect(second.tryAcquire() == .granted)
        second.complete(QuotaReading())
        #expect(second.tryAcquire() == .granted)
        #expect(second.tryAcquire() == .granted)
        let third = gate(try ledger())
        #expect(third.tryAcquire() == .granted)
        #expect(third.tryAcquire() == .granted)
    }

    @Test("a probe that is asked to wait again leaves the hint to the next command")
    func probeRefused() throws {
        let first = gate(try ledger())
        #expect(first.tryAcquire() == .granted)
        first.complete(QuotaReading(isBusy: true, retryAfter: 5000 * .second))
        for _ in 0..<3 {
            let next = gate(try ledger())
            #expect(next.tryAcquire() == .granted)
            next.complete(QuotaReading(isBusy: true, retryAfter: 5000 * .second))
            #expect(next.tryAcquire() == .wait(until: 5000 * .second, .paused))
        }
    }

    @Test("every spelling of an address has one ledger")
    func spellings() throws {
        let path = try ledger(baseURL: "http://127.0.0.1:8080").path
        for other in [
            "http://localhost:8080/", "HTTP://LocalHost:8080", "http://[::1]:8080",
            "http://127.1.2.3:8080//",
        ] {
            #expect(try ledger(baseURL: other).path == path)
        }
        #expect(try ledger(baseURL: "http://127.0.0.1:8081").path != path)
    }

    @Test("a file that another process holds is tried again, and after ten seconds done without")
    func stuck() throws {
        let ledger = try ledger()
        let gate = gate(ledger)
        let holder = try FileLock(ledger.path)
        guard case .wait(let until, _) = gate.tryAcquire() else {
            Issue.record("a permit was given without the ledger")
            return
        }
        #expect(until == 2 * .millisecond)
        clock.advance(by: .seconds(11))
        #expect(gate.tryAcquire() == .granted)
        #expect(gate.ledgerProblem?.contains("10 s") == true)
        withExtendedLifetime(holder) {}
    }

    @Test("a directory that cannot be made is said, not thrown in the way")
    func unavailable() throws {
        try directory.write("x", to: "state")
        let error = #expect(throws: QuotaLedger.Unavailable.self) { try ledger() }
        #expect(error?.description.contains("not taken into account") == true)
    }

    @Test("the directory follows the XDG rules")
    func directories() throws {
        func directory(_ environment: [String: String]) throws -> String {
            try QuotaLedger.directory { environment[$0] }
        }
        #expect(try directory(["XDG_STATE_HOME": "/s", "HOME": "/h"]) == "/s/mava-bulk")
        #expect(
            try directory(["XDG_STATE_HOME": "s", "HOME": "/h"]) == "/h/.local/state/mava-bulk")
        #expect(throws: QuotaLedger.Unavailable.self) { try directory([:]) }
    }
}

/// The messages of a gate.
private final class Told: Sendable {
    private let notices = Mutex<[String]>([])
    var all: [String] { notices.withLock { $0 } }
    func add(_ notice: String) { notices.withLock { $0.append(notice) } }
}
