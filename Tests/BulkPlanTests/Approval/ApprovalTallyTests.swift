import BulkPlan
import Testing

@Suite("Who counts as a person that approves a plan")
struct ApprovalTallyTests {
    private static let now: Int64 = 100_000_000
    private static let minute: Int64 = 60_000
    private static let plan = PlanApprovalTests.plan
    private static let parent = String(repeating: "a", count: 64)

    /// A decision some minutes ago; an approval ends in an hour unless that is said.
    private static func claim(
        _ who: String, _ decision: PlanApproval.Decision = .approve, ago: Int64 = 10,
        endsIn: Int64 = 60, plan: String = plan, note: String = "",
        is identity: ApprovalIdentity = .claimed
    ) -> ApprovalTally.Claim {
        .init(
            PlanApprovalTests.decision(
                decision, by: who, at: now - ago * minute, expires: now + endsIn * minute,
                note: note, plan: plan), identity)
    }

    private static func tally(
        _ claims: [ApprovalTally.Claim], appliers: [String] = ["root@ci"]
    ) -> ApprovalTally {
        ApprovalTally(claims, plan: plan, parent: parent, appliers: appliers, now: now)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var claims: [ApprovalTally.Claim]
        var approvals: [String] = []
        var declines: [String] = []
        var remarks: [String] = []
        var testDescription: String { name }

        init(
            _ name: String, _ claims: [ApprovalTally.Claim], approvals: [String] = [],
            declines: [String] = [], remarks: [String] = []
        ) {
            self.name = name
            self.claims = claims
            self.approvals = approvals
            self.declines = declines
            self.remarks = remarks
        }
    }

    static let cases: [Case] = [
        Case("none", []),
        Case("two people", [claim("ada@x"), claim("ben@x")], approvals: ["ada@x", "ben@x"]),
        Case(
            "one person twice", [claim("ada@x", ago: 20), claim("Ada@X", ago: 10)],
            approvals: ["Ada@X"]),
        Case(
            "the one who applies", [claim("ROOT@ci"), claim("ada@x")], approvals: ["ada@x"],
            remarks: ["ROOT@ci applies the plan, so their approval does not count"]),
        Case(
            "expired, to the millisecond", [claim("ada@x", endsIn: 0)],
            remarks: ["the approval by ada@x expired at 1970-01-02T03:46:40.000Z"]),
        Case(
            "expired long ago", [claim("ada@x", ago: 9000, endsIn: -180)],
            remarks: ["the approval by ada@x expired at 1970-01-02T00:46:40.000Z"]),
        Case(
            "a newer approval that expired is not replaced by an older one",
            [claim("ada@x", ago: 20), claim("ada@x", ago: 10, endsIn: -5)],
            remarks: ["the approval by ada@x expired at 1970-01-02T03:41:40.000Z"]),
        Case(
            "another plan and the plan before the edit",
            [
                claim("ada@x", plan: String(repeating: "b", count: 64)),
                claim("ben@x", plan: parent),
                claim("cleo@x", .decline, plan: parent),
            ],
            remarks: [
                "the approval by ben@x is for plan aaaaaaaa, from which this one was edited",
                "the decline by cleo@x is for plan aaaaaaaa, from which this one was edited",
                "the approval by ada@x is for plan bbbbbbbb, which is another one",
            ]),
        Case(
            "a decline", [claim("ada@x"), claim("ben@x", .decline, note: "wrong\u{1B}agents")],
            approvals: ["ada@x"],
            declines: [#"ben@x declined the plan at 1970-01-02T03:36:40.000Z: "wrong\u{1B}agents""#]
        ),
        Case(
            "a decline that its author replaced",
            [claim("ben@x", .decline, ago: 20), claim("ben@x", ago: 10)], approvals: ["ben@x"]),
        Case(
            "a decline after an approval, in whatever order the lines are",
            [claim("ben@x", .decline, ago: 10), claim("ben@x", ago: 20)],
            declines: ["ben@x declined the plan at 1970-01-02T03:36:40.000Z"]),
        Case(
            "both at the same time", [claim("ben@x", .decline), claim("ben@x")],
            declines: ["ben@x declined the plan at 1970-01-02T03:36:40.000Z"]),
        Case(
            "both at the same time, the other way round",
            [claim("ben@x"), claim("ben@x", .decline)],
            declines: ["ben@x declined the plan at 1970-01-02T03:36:40.000Z"]),
        Case(
            "a decline replaced by an approval that expired since",
            [claim("ben@x", .decline, ago: 20), claim("ben@x", ago: 10, endsIn: -1)],
            remarks: ["the approval by ben@x expired at 1970-01-02T03:45:40.000Z"]),
        Case(
            "a clock that is a little ahead, and one that is far ahead",
            [claim("ada@x", ago: -5), claim("ben@x", ago: -6)], approvals: ["ada@x"],
            remarks: [
                "the approval by ben@x is dated 1970-01-02T03:52:40.000Z, which is in the future"
            ]),
        Case(
            "a decline from the future, which an approval from the future does not replace",
            [claim("ben@x", .decline, ago: -6), claim("ben@x", ago: -7)],
            declines: ["ben@x declined the plan at 1970-01-02T03:52:40.000Z"],
            remarks: [
                "the approval by ben@x is dated 1970-01-02T03:53:40.000Z, which is in the future"
            ]),
        Case(
            "signatures",
            [
                claim("x", is: .verified(["ada@example.com"])), claim("ben@x", is: .unsigned),
                claim("cleo@x", is: .rejected("bad")), claim("dan@x", .decline, is: .unsigned),
            ],
            approvals: ["ada@example.com"],
            remarks: [
                "the signature of the approval by cleo@x does not count: bad",
                "the approval by ben@x is not signed",
                "the decline by dan@x is not signed",
            ]),
        Case(
            "many old decisions of one person are one remark, and what nearly counted comes first",
            [
                claim("ada@x", plan: String(repeating: "b", count: 64)),
                claim("ada@x", plan: String(repeating: "c", count: 64)),
                claim("ben@x", is: .unsigned), claim("Ben@x", is: .unsigned),
                claim("ben@x", is: .unsigned), claim("ben@x", .decline, is: .unsigned),
                claim("ben@x", is: .rejected("bad")), claim("ben@x", is: .rejected("bad")),
                claim("dan@x", plan: parent), claim("dan@x", plan: parent),
            ],
            remarks: [
                "the signatures of 2 approvals by ben@x do not count: bad",
                "3 approvals by ben@x are not signed", "the decline by ben@x is not signed",
                "2 approvals by dan@x are for plan aaaaaaaa, from which this one was edited",
                "2 approvals by ada@x are for other plans",
            ]),
        Case(
            "one key with several names is one person, and links two others",
            [
                claim("1", ago: 30, is: .verified(["ada@a"])),
                claim("2", ago: 20, is: .verified(["ada@b"])),
                claim("3", ago: 10, is: .verified(["ada@c", "ada@a", "ADA@b"])),
            ], approvals: ["ada@c"]),
        Case(
            "the one who applies, by the second name of a key",
            [claim("1", is: .verified(["ada@a", "root@ci"]))],
            remarks: ["ada@a applies the plan, so their approval does not count"]),
        Case(
            "the one who applies, by a name of an older decision",
            [
                claim("1", ago: 20, is: .verified(["root@ci", "ada@a"])),
                claim("2", ago: 10, is: .verified(["ada@a"])),
            ],
            remarks: ["ada@a applies the plan, so their approval does not count"]),
    ]

    @Test("each rule", arguments: cases)
    func rules(_ item: Case) {
        let tally = Self.tally(item.claims)
        #expect(tally.approvals.map(\.who) == item.approvals)
        #expect(tally.declines == item.declines)
        #expect(tally.remarks == item.remarks)
    }

    @Test("the order of the lines changes no count")
    func order() {
        for item in Self.cases {
            let tally = Self.tally(item.claims.reversed())
            #expect(tally.approvals.count == item.approvals.count, "\(item.name)")
            #expect(tally.declines.count == item.declines.count, "\(item.name)")
        }
    }

    @Test("a record says who, when, why and until when")
    func record() throws {
        let tally = Self.tally([
            Self.claim("ada\u{202E}@x", note: "checked with Ben"),
            Self.claim("x", is: .verified(["ben@x"])),
        ])
        let first = try #require(tally.approvals.first)
        #expect(first.at == "1970-01-02T03:36:40.000Z")
        #expect(first.expires == "1970-01-02T04:46:40.000Z")
        #expect(
            first.text(now: Self.now)
                == #"approved by ada\u{202E}@x 10 minutes ago (not verified), until 1970-01-02T04:46:40.000Z: "#
                + #""checked with Ben""#)
        #expect(
            tally.approvals[1].text(now: Self.now)
                == "approved by ben@x 10 minutes ago, until 1970-01-02T04:46:40.000Z")
        #expect(
            tally.approvals[1].text(now: Int64?.none)
                == "approved by ben@x at 1970-01-02T03:36:40.000Z, until 1970-01-02T04:46:40.000Z")
    }

    @Test("too few approvals, or one decline, refuse and name everything that does not count")
    func refusals() throws {
        let claims = [
            Self.claim("ada@x"), Self.claim("root@ci"), Self.claim("ben@x", endsIn: -60),
        ]
        let tally = Self.tally(claims)
        try tally.require(1, path: "p")
        let missing = #expect(throws: ApprovalError.self) { try tally.require(2, path: "p") }
        #expect(missing?.code == .missing)
        #expect(
            missing?.description
                == "p: 2 approvals are needed, and there is 1 (ada@x (not verified)): root@ci applies "
                + "the plan, so their approval does not count; the approval by ben@x expired "
                + "at 1970-01-02T02:46:40.000Z; nothing was sent")
        let declined = Self.tally(claims + [Self.claim("cleo@x", .decline)])
        let error = #expect(throws: ApprovalError.self) { try declined.require(1, path: "p") }
        #expect(error?.code == .declined)
        #expect(
            error?.message.hasPrefix("cleo@x declined the plan at 1970-01-02T03:36:40.000Z; only ")
                == true)
        let many = Self.tally((0..<9).map { Self.claim("p\($0)@x", endsIn: -1) })
        let long = #expect(throws: ApprovalError.self) { try many.require(1, path: "p") }
        #expect(long?.message.contains("p4@x") == true)
        #expect(long?.message.contains("p5@x") == false)
        #expect(long?.message.contains("; and 4 more; nothing was sent") == true)
    }
}
