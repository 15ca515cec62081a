/// The planned delay and fault of a request.
struct Fate: Equatable {
    /// The number of the request, from 1; 0 for a request without a number.
    var number = 0
    /// How long the answer is delayed, in nanoseconds.
    var delay: UInt64 = 0
    /// The fault.
    var fault: Fault?
}

/// Decides the delay and fault of each request according to the plan.
struct FaultDice: Sendable {
    let plan: FaultPlan
    private let rules: [FaultPlan.Rule]
    private var number = 0

    init(plan: FaultPlan) {
        self.plan = plan
        // The rules are sorted by precedence once. The sort is not stable, but equal faults do the
        // same.
        let order = Fault.allCases
        rules = plan.rules.sorted {
            (order.firstIndex(of: $0.fault) ?? 0) < (order.firstIndex(of: $1.fault) ?? 0)
        }
    }

    /// Numbers a request and decides its delay and fault.
    mutating func roll(_ route: Route, _ method: HTTPMethod) -> Fate {
        guard route.isAPI, isMeant(method) else { return Fate() }
        number += 1
        guard !rules.isEmpty || !plan.latencies.isEmpty else { return Fate(number: number) }
        var chance = Chance(seed: plan.seed, stream: UInt64(number))
        var fate = Fate(number: number)
        for rule in rules {
            // A number is drawn for every rule, so that a hit of one rule does not change the
            // chances of another.
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
