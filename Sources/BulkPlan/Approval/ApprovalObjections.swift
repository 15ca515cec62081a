import BulkSystem

/// The decisions that are not looked at, those of one person for one cause together.
struct ApprovalObjections {
    /// Why a decision is not looked at.
    enum Cause: Hashable {
        /// Its signature was not accepted; the value says why.
        case rejected(String)
        /// It seems to have been made later than now.
        case future
        /// Signatures count only, and it has none.
        case unsigned
        /// It is for the plan from which this one was edited.
        case parent
        /// It is for another plan.
        case otherPlan

        /// The place in a list: what could count most easily comes first, because messages name only a few.
        fileprivate var rank: Int {
            switch self {
            case .rejected: 0
            case .future: 1
            case .unsigned: 2
            case .parent: 3
            case .otherPlan: 4
            }
        }
    }

    private struct Key: Hashable {
        var cause: Cause
        var decision: PlanApproval.Decision
        var who: String
    }

    /// The decisions of one person for one cause, in the file's order.
    private var groups: [(key: Key, decisions: [PlanApproval])] = []
    private var places: [Key: Int] = [:]

    /// Adds a decision.
    mutating func add(_ cause: Cause, against decision: PlanApproval) {
        let key = Key(
            cause: cause, decision: decision.decision, who: decision.who.lowercased())
        if let place = places[key] {
            groups[place].decisions.append(decision)
        } else {
            places[key] = groups.count
            groups.append((key, [decision]))
        }
    }

    /// The causes in words, the most telling first.
    var words: [String] {
        groups.enumerated()
            .sorted {
                ($0.element.key.cause.rank, $0.offset) < ($1.element.key.cause.rank, $1.offset)
            }
            .map { Self.words($0.element.key.cause, $0.element.decisions) }
    }

    private static func words(_ cause: Cause, _ decisions: [PlanApproval]) -> String {
        let (first, count) = (decisions[0], decisions.count)
        let noun = first.decision == .approve ? "approval" : "decline"
        let whose =
            (count == 1 ? "the \(noun)" : Words.counted(count, noun))
            + " by \(ApprovalWords.name(first.who))"
        let verb = count == 1 ? "is" : "are"
        switch cause {
        case .rejected(let why):
            return count == 1
                ? "the signature of \(whose) does not count: \(why)"
                : "the signatures of \(whose) do not count: \(why)"
        case .unsigned: return "\(whose) \(verb) not signed"
        case .future:
            let earliest = decisions.map(\.at).min() ?? first.at
            let time = CivilTime.iso8601(millisecondsSince1970: earliest)
            return "\(whose) \(verb) dated \(time)\(count == 1 ? "" : " or later"), "
                + "which is in the future"
        case .parent, .otherPlan:
            let plans = Set(decisions.map(\.plan))
            guard plans.count == 1 else { return "\(whose) are for other plans" }
            return "\(whose) \(verb) for plan \(first.plan.prefix(8)), "
                + (cause == .parent ? "from which this one was edited" : "which is another one")
        }
    }
}
