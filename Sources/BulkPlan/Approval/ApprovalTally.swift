import BulkSystem

/// What is known of the person behind a decision.
package enum ApprovalIdentity: Hashable, Sendable {
    /// The file says who it was, and nothing proves it.
    case claimed
    /// A signature proves that it was the holder of a key with these principals.
    case verified([String])
    /// Signatures count only, and the decision has none.
    case unsigned
    /// Signatures count only, and this one was not accepted; the value says why.
    case rejected(String)
}

/// Counts the people who approve a plan; pure, so that every rule is in a table of tests.
///
/// The newest decision of a person counts. A person is a set of names: decisions that share a name are of one
/// person. Two decisions of one person at the same time count as a decline.
package struct ApprovalTally: Hashable, Sendable {
    /// A decision with what is known of its author.
    package struct Claim: Hashable, Sendable {
        package var approval: PlanApproval
        package var identity: ApprovalIdentity

        package init(_ approval: PlanApproval, _ identity: ApprovalIdentity) {
            self.approval = approval
            self.identity = identity
        }

        /// The names of the person, the one to show first.
        var names: [String] {
            if case .verified(let principals) = identity, !principals.isEmpty { return principals }
            return [approval.who]
        }

        var name: String { ApprovalWords.name(names[0]) }
    }

    /// The approvals that count, one for each person, in the file's order.
    package private(set) var approvals: [ApprovalRecord] = []
    /// The declines that their authors have not replaced, in words.
    package private(set) var declines: [String] = []
    /// The decisions that do not count, and why, in words.
    package private(set) var remarks: [String] = []

    /// How far ahead the clock of the person who approves may be, in milliseconds.
    static let clockTolerance: Int64 = 5 * 60 * 1000

    /// Counts decisions.
    ///
    /// - Parameters:
    ///   - claims: All decisions of the file, in its order.
    ///   - plan: The id of the plan to be applied.
    ///   - parent: The id of the plan from which it was edited.
    ///   - appliers: The names of the person who applies the plan.
    ///   - now: The current time, in milliseconds since 1970.
    package init(
        _ claims: [Claim], plan: String, parent: String? = nil, appliers: [String], now: Int64
    ) {
        var valid: [Claim] = []
        var objections = ApprovalObjections()
        for claim in claims {
            if let cause = Self.cause(against: claim, plan, parent, now) {
                objections.add(cause, against: claim.approval)
            } else {
                valid.append(claim)
            }
        }
        let own = Set(appliers.map { $0.lowercased() })
        for person in Self.people(valid) {
            let newest = Self.newest(person)
            let decision = newest.approval
            guard let expires = decision.expires else {
                declines.append(
                    "\(newest.name) declined the plan "
                        + ApprovalWords.at(decision.at)
                        + (decision.note.isEmpty ? "" : ": \(quoted(decision.note, limit: 200))"))
                continue
            }
            if expires <= now {
                remarks.append(
                    "the approval by \(newest.name) expired " + ApprovalWords.at(expires))
            } else if person.contains(where: { $0.names.contains { own.contains($0.lowercased()) } }
            ) {
                remarks.append("\(newest.name) applies the plan, so their approval does not count")
            } else {
                approvals.append(newest.record)
            }
        }
        // What nearly counted comes first, because messages name only a few.
        remarks += objections.words
    }

    /// Adds something that is worth to be known beside the decisions, in words.
    package mutating func add(remark: String) { remarks.append(remark) }

    /// Why a decision is not looked at; `nil` when it is.
    private static func cause(
        against claim: Claim, _ plan: String, _ parent: String?, _ now: Int64
    ) -> ApprovalObjections.Cause? {
        let decision = claim.approval
        if decision.plan != plan { return decision.plan == parent ? .parent : .otherPlan }
        switch claim.identity {
        case .unsigned: return .unsigned
        case .rejected(let why): return .rejected(why)
        case .claimed, .verified: break
        }
        // A decline that seems to come from the future is the safe side.
        guard decision.decision == .approve, decision.at > now + clockTolerance else { return nil }
        return .future
    }

    /// The decisions by person: those that share a name, also by way of others, are of one.
    private static func people(_ claims: [Claim]) -> [[Claim]] {
        var people: [(names: Set<String>, claims: [Claim])] = []
        for claim in claims {
            var names = Set(claim.names.map { $0.lowercased() })
            var place = people.count
            var known: [Claim] = []
            // Persons who turn out to be one take the place of the first of them.
            for index in people.indices.reversed()
            where !people[index].names.isDisjoint(with: names) {
                names.formUnion(people[index].names)
                known = people[index].claims + known
                people.remove(at: index)
                place = index
            }
            people.insert((names, known + [claim]), at: place)
        }
        return people.map(\.claims)
    }

    private static func newest(_ person: [Claim]) -> Claim {
        person.dropFirst().reduce(person[0]) { newest, claim in
            let (one, other) = (newest.approval, claim.approval)
            if other.at != one.at { return other.at > one.at ? claim : newest }
            return one.decision == .decline ? newest : claim
        }
    }

    /// Refuses a plan that was declined, or that too few people approved.
    ///
    /// - Parameters:
    ///   - count: How many people must have approved it.
    ///   - path: The file of approvals, for the message.
    /// - Throws: An ``ApprovalError`` that names everything that does not count.
    package func require(_ count: Int, path: String) throws(ApprovalError) {
        if !declines.isEmpty {
            throw ApprovalError(
                code: .declined,
                message: Self.listed(declines)
                    + "; only an approval by the same person replaces that: nothing was sent",
                path: path)
        }
        guard approvals.count < count else { return }
        let have =
            approvals.isEmpty
            ? "there is none"
            : "there \(approvals.count == 1 ? "is" : "are") \(approvals.count) "
                + "(\(Self.listed(approvals.map(\.name), by: ", ")))"
        throw ApprovalError(
            code: .missing,
            message:
                "\(count == 1 ? "an approval is" : "\(count) approvals are") needed, and \(have)"
                + (remarks.isEmpty ? "" : ": \(Self.listed(remarks))") + "; nothing was sent",
            path: path)
    }

    /// The first few texts, and how many more there are.
    private static func listed(_ texts: [String], by separator: String = "; ") -> String {
        let shown = texts.prefix(5)
        let more = texts.count - shown.count
        return shown.joined(separator: separator)
            + (more > 0 ? "\(separator)and \(Words.number(more)) more" : "")
    }
}

extension ApprovalTally.Claim {
    fileprivate var record: ApprovalRecord {
        func text(_ time: Int64) -> String { CivilTime.iso8601(millisecondsSince1970: time) }
        var isVerified = false
        if case .verified = identity { isVerified = true }
        return ApprovalRecord(
            who: names[0], at: text(approval.at), expires: text(approval.expires ?? approval.at),
            note: approval.note, verified: isVerified)
    }
}
