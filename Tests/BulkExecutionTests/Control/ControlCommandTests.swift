import Testing

@testable import BulkExecution

@Suite("Commands of a control file")
struct ControlCommandTests {
    private static let slow = Quota(requests: 30, window: .seconds(30))

    /// Reads a file within Mava's quota, and returns the command and the reason why a line is ignored.
    private func last(
        _ text: String, within quota: Quota? = .mava
    ) -> (command: ControlCommand?, reason: String?) {
        let (command, refusal) = ControlCommand.last(in: Array(text.utf8), within: quota)
        return (command, refusal?.message)
    }

    @Test(
        "the last line counts, with or without a line end, blanks and capital letters",
        arguments: [
            ("pause\n", .pause), ("pause", .pause), ("  Pause\t\r\n\n  \n", .pause),
            ("pause\nresume\n", .resume), ("resume\rstop\r", .stop), ("stop\npause\n", .pause),
            ("quota 30/30s\n", .quota(slow)), ("QUOTA   30/30S", .quota(slow)),
            ("pause\nquota 30/30s", .quota(slow)), ("", nil), ("\n \r\n", nil),
            ("\u{FEFF}stop\r\n", .stop),
        ] as [(String, ControlCommand?)])
    func understood(text: String, command: ControlCommand?) {
        #expect(last(text).command == command)
        #expect(last(text).reason == nil)
    }

    @Test(
        "a line that is no command is named, and the line before it counts",
        arguments: [
            "paus", "pause now", "quota", "quota 30", "quota 30/30", "quota 0/30s",
            "quota 30/30s x",
            "quota 30/30s;", "stop!", "30/30s",
        ])
    func unknown(line: String) throws {
        let (command, reason) = last("pause\n\(line)\n")
        #expect(command == .pause)
        #expect(try #require(reason).contains("the line \"\(line)\" is none of pause, resume"))
        #expect(last(line).command == nil)
        // A line that cannot be carried out does not matter once another one follows it.
        #expect(last("\(line)\nresume").reason == nil)
    }

    @Test("a long line is cut in the message, and bytes that are no text are no command")
    func strange() throws {
        let long = String(repeating: "x", count: 3000)
        #expect(try #require(last(long).reason).count < 200)
        let (command, refusal) = ControlCommand.last(in: [0xFF, 0x00, 0x0A], within: .mava)
        #expect(command == nil && refusal != nil)
    }

    @Test(
        "a quota can be lower than the configured one, and no higher",
        arguments: [
            ("30/30s", true), ("90/30s", true), ("180/60s", true), ("1/1s", true), ("3/1s", true),
            ("1000/10m", true), ("91/30s", false), ("4/1s", false), ("90/29s", false),
            ("181/60s", false),
        ])
    func bound(quota: String, isAccepted: Bool) throws {
        let (command, reason) = last("quota \(quota)")
        #expect(command == (isAccepted ? .quota(try #require(Quota(quota))) : nil))
        #expect(reason?.contains("\(quota) is above the run's quota") == (isAccepted ? nil : true))
        #expect(last("quota \(quota)", within: nil).command != nil, "nothing bounds such a run")
    }

    @Test("of a part of a quota, the part is the bound, and the whole quota means the part")
    func share() throws {
        let third = try #require(Quota.mava.sharing("1/3"))
        #expect(last("quota 90/30s", within: third).command == .quota(third))
        #expect(last("quota 30/30s", within: third).command == .quota(third))
        #expect(last("quota 29/30s", within: third).command != nil)
        #expect(last("quota 31/30s", within: third).command == nil)
    }
}
