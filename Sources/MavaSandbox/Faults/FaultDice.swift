/// What a request will meet.
struct Fate: Equatable {
    /// The number of the request, from 1; 0 for one that is not numbered.
    var number = 0
    /// How long the answer is held back, in nanoseconds.
    var delay: UInt64 = 0
    /// What goes wrong.
    var fault: Fault?
}

/// Decides on each request by the plan.
struct FaultDice: Sendable {
    let plan: FaultPlan
    private let rules: [FaultPlan.Rule]
    private var number = 0

    init(plan: FaultPlan) {
        self.plan = plan
        // Sorted by precedence once; a sort is not stable, but equal faults do the same.
        let order = Fault.allCases
        rules = plan.rules.sorted {
            (order.firstIndex(of: $0.fault) ?? 0) < (order.firstIndex(of: $1.fault) ?? 0)
        }
    }

    /// Numbers a request and decides on it.
    mutating func roll(_ route: Route, _ method: HTTPMethod) -> Fate {
        guard route.isAPI, isMeant(method) else { return Fate() }
        number += 1
        guard !rules.isEmpty || !plan.latencies.isEmpty else { return Fate(number: number) }
        var chance = Chance(seed: plan.seed, stream: UInt64(number))
        var fate = Fate(number: number)
        for rule in rules {
            // Drawn for every rule, so that one rule's hit does not change another's chances.
            let draw = chance.unit()
            if fate.fault == nil, hits(rule.trigger, draw) { fate.fault = rule.fault }
        }
        for latency in plan.latencies { fate.delay += latency.draw(&chance) }
        return fate
    }

    private func isMeant(_ method: HTTPMethod) -> Bool {
        switch plan.scope {
        case .all: true
        case .put: method == .put
        case .get: method == .get || method == .head
        }
    }

    private func hits(_ trigger: FaultPlan.Trigger, _ draw: Double) -> Bool {
        switch trigger {
        case .probability(let probability): draw < probability
        case .requests(let range): range.contains(number)
        case .every(let step): step > 0 && number % step == 0
        }
    }
}
