/// How a condition's comparisons are combined, each by its index.
///
/// The parser limits the depth, so that recursion is safe.
indirect enum ConditionTree: Hashable, Sendable {
    case comparison(Int)
    case not(ConditionTree)
    case all([ConditionTree])
    case any([ConditionTree])

    func holds(_ result: (Int) -> Bool) -> Bool {
        switch self {
        case .comparison(let index): result(index)
        case .not(let tree): !tree.holds(result)
        case .all(let trees): trees.allSatisfy { $0.holds(result) }
        case .any(let trees): trees.contains { $0.holds(result) }
        }
    }

    func decided(_ result: (Int) -> Bool?) -> Bool? {
        switch self {
        case .comparison(let index): result(index)
        case .not(let tree): tree.decided(result).map { !$0 }
        case .all(let trees): Self.decided(trees, by: false, result)
        case .any(let trees): Self.decided(trees, by: true, result)
        }
    }

    /// The outcome of several parts, where one part with the decisive outcome is enough.
    private static func decided(
        _ trees: [ConditionTree], by decisive: Bool, _ result: (Int) -> Bool?
    ) -> Bool? {
        var isKnown = true
        for tree in trees {
            let outcome = tree.decided(result)
            if outcome == decisive { return decisive }
            if outcome == nil { isKnown = false }
        }
        return isKnown ? !decisive : nil
    }
}
