/// The state that requests read and change; only one thread accesses it at a time.
struct SandboxState: Sendable {
    /// One API key: its organisation and its used quota.
    struct Key {
        var token: [UInt8]
        var organisation: Int
        var quota: QuotaMeter
        var peak: PeakMeter
    }

    let rule: QuotaRule
    private let host: String
    private var dice: FaultDice
    private(set) var faults: [Fault: Int] = [:]
    private let original: Workspace
    let adminToken: [UInt8]
    private(set) var workspace: Workspace
    private(set) var keys: [Key] = []
    private(set) var counts = RequestCounts()
    private(set) var auditMessages = 0
    /// How often requests have changed something; the state is saved when this number differs.
    private(set) var revision = 0
    var connections = 0
    var refusedConnections = 0

    init(configuration: SandboxConfiguration, host: String, adminToken: String, now: UInt64) {
        workspace = configuration.workspace
        rule = configuration.quota
        dice = FaultDice(plan: configuration.faults)
        self.host = host
        self.adminToken = Array(adminToken.utf8)
        original = configuration.workspace
        resetKeys(now: now)
    }

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - request: The whole request.
    ///   - route: Its route.
    ///   - fate: Its planned delay and fault.
    ///   - now: The clock's nanoseconds.
    ///   - wall: Milliseconds since 1970.
    /// - Returns: The answer.
    mutating func answer(
        _ request: Request, route: Route, fate: Fate, now: UInt64, wall: Int64
    ) -> Reply {
        let reply = decide(request, route, fate, now: now, wall: wall)
        auditMessages += reply.changes
        if reply.changes > 0 { revision += 1 }
        return reply
    }

    /// Numbers a request when its head has arrived, and decides its delay and fault.
    mutating func roll(_ route: Route, _ method: HTTPMethod) -> Fate {
        let fate = dice.roll(route, method)
        if let fault = fate.fault { faults[fault, default: 0] += 1 }
        return fate
    }

    /// Counts a request with the status that its client received; 0 for none.
    mutating func count(_ route: Route, _ method: HTTPMethod, status: Int) {
        counts.note(route, method, status)
    }

    /// Counts a request that was refused as malformed.
    mutating func countMalformed() {
        counts.malformed += 1
    }

    /// Resets everything to its initial state.
    mutating func reset(now: UInt64) {
        workspace = original
        counts = RequestCounts()
        dice = FaultDice(plan: dice.plan)
        faults = [:]
        auditMessages = 0
        revision += 1
        resetKeys(now: now)
    }

    private mutating func resetKeys(now: UInt64) {
        keys = []
        for (index, organisation) in original.organisations.enumerated() {
            keys += organisation.apiKeys.map { key in
                Key(
                    token: Array(key.utf8), organisation: index,
                    quota: QuotaMeter(rule: rule, start: now),
                    peak: PeakMeter(window: rule.windowNanoseconds))
            }
        }
    }

    /// The order of the checks is: path, method, key, quota, and then the request's contents.
    private mutating func decide(
        _ request: Request, _ route: Route, _ fate: Fate, now: UInt64, wall: Int64
    ) -> Reply {
        let method = request.head.method
        if method == .options { return options(request, route) }
        guard route != .unknown else { return Reply(404, error: "Not found") }
        guard route.serves(method) else {
            var reply = Reply(405, error: "Method not allowed")
            reply.fields = allowField(route)
            return reply
        }
        guard route.isAPI else { return administer(request, route, now: now) }
        guard let key = key(of: request) else { return .unauthorized }
        keys[key].peak.note(now)
        let decision = keys[key].quota.decide(now: now)
        let organisation = keys[key].organisation
        var reply =
            decision.isAllowed
            ? fail(request, fate, wall: wall)
                ?? serve(request, route, fate, organisation: organisation, wall: wall)
            : .tooManyRequests
        reply.organisation = organisation
        QuotaFields.append(decision, rule: rule, wall: wall, to: &reply.fields)
        return reply
    }

    /// The answer of a fault that prevents execution of the request.
    private func fail(_ request: Request, _ fate: Fate, wall: Int64) -> Reply? {
        guard let fault = fate.fault else { return nil }
        let head = request.head
        let end = head.query?.upperBound ?? head.path.upperBound
        return FaultReply.before(
            fault, target: request.text(head.path.lowerBound..<end), host: host, plan: dice.plan,
            wall: wall)
    }

    private mutating func serve(
        _ request: Request, _ route: Route, _ fate: Fate, organisation: Int, wall: Int64
    ) -> Reply {
        switch route {
        case .ticket:
            guard isJSON(request) else {
                return .internalError("Content-Type is not application/json")
            }
            let result = workspace.organisations[organisation].update(request.body, now: wall)
            var reply = result.reply
            reply.ticketID = result.ticketID
            reply.changes = result.changes
            return reply
        case .agents: return workspace.organisations[organisation].listAgents()
        case .categories: return workspace.organisations[organisation].listCategories()
        default:
            guard let parameters = request.parameters else {
                return Reply(400, error: "The query holds a broken percent escape")
            }
            let reply = workspace.organisations[organisation].listTickets(parameters)
            if dice.plan.moving > 0, reply.status == 200 {
                var chance = Chance(seed: dice.plan.seed, stream: UInt64(fate.number))
                workspace.organisations[organisation].move(
                    dice.plan.moving, chance: &chance, now: wall)
                revision += 1
            }
            return reply
        }
    }

    /// Whether the request declares its body as JSON.
    private func isJSON(_ request: Request) -> Bool {
        guard let range = request.head.contentType else { return false }
        let type = request.text(range).prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 }
        return type.map { CharacterTable.lower($0) }.elementsEqual("application/json".utf8)
    }

    private func key(of request: Request) -> Int? {
        guard let range = request.head.token, !request.head.hasSeveralTokens else { return nil }
        let token = request.text(range)
        return keys.firstIndex { $0.token.elementsEqual(token) }
    }

    private func options(_ request: Request, _ route: Route) -> Reply {
        let isServerWide = request.text(request.head.path).elementsEqual("*".utf8)
        guard route != .unknown || isServerWide else { return Reply(404, error: "Not found") }
        var reply = Reply(204, body: [])
        reply.fields =
            isServerWide
            ? Array("Allow: GET, HEAD, PUT, POST, OPTIONS\r\n".utf8) : allowField(route)
        return reply
    }

    private func allowField(_ route: Route) -> [UInt8] {
        Array("Allow: \(route.allow)\r\n".utf8)
    }
}
