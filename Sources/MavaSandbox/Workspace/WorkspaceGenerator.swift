// A generated organisation that looks as if it had worked for two years. It has more tickets by day
// and in recent months, and most old tickets are resolved. A few agents have most of the work, and
// some have left but still hold tickets. The AI has a share of the new tickets. Everything depends
// on the seed.

extension Workspace {
    /// The end of a generated workspace's two years: 2026-07-01T00:00:00Z.
    ///
    /// It is fixed, so that the same seed gives the same workspace on any day.
    package static let generatedEnd: Int64 = 1_782_864_000_000

    /// Generates a workspace.
    ///
    /// - Parameters:
    ///   - tickets: How many tickets, from 1 to 1,000,000.
    ///   - seed: The seed that determines everything.
    /// - Returns: A workspace with one organisation, whose key is `generated-SEED`.
    /// - Throws: `SandboxError` with `syntax` when the number of tickets is out of range.
    public static func generate(tickets: Int, seed: UInt64) throws(SandboxError) -> Workspace {
        guard (1...1_000_000).contains(tickets) else {
            throw SandboxError(.syntax, "a workspace can be made up with 1 to 1,000,000 tickets")
        }
        var generator = WorkspaceGenerator(tickets: tickets, seed: seed)
        return Workspace(organisations: [generator.generate()])
    }
}

/// Generates one organisation.
struct WorkspaceGenerator {
    static let span: Int64 = 730 * 86_400_000
    private let count: Int
    private let seed: UInt64
    var chance: Chance
    var organisation: Organisation
    /// References of agents and categories, busiest first.
    var agents: [StringPool.Reference] = []
    var categories: [StringPool.Reference] = []
    var tags: [StringPool.Reference] = []
    var sources: [(reference: StringPool.Reference, share: Double)] = []
    private var identity: UInt64

    init(tickets: Int, seed: UInt64) {
        count = tickets
        self.seed = seed
        chance = Chance(seed: seed)
        organisation = Organisation(name: "Generated", apiKeys: ["generated-\(seed)"])
        identity = chance.next()
    }

    mutating func generate() -> Organisation {
        addAgents()
        addCategories()
        sources = [("discord", 0.38), ("web", 0.27), ("telegram", 0.2), ("email", 0.15)].map {
            (organisation.pool.intern($0.0), $0.1)
        }
        organisation.tickets.reserve(count)
        for number in 0..<count { addTicket(number) }
        organisation.finish()
        return organisation
    }

    // MARK: People and categories

    private mutating func addAgents() {
        let names = [
            "Ada", "Grace", "Linus", "Margaret", "Dennis", "Barbara", "Ken", "Radia", "Edsger",
            "Frances", "Donald", "Katherine", "Tony", "Jean", "Alan", "Mary", "John", "Hedy",
            "Niklaus",
            "Adele",
        ]
        let total = min(60, max(6, count / 4000 + 6))
        for number in 0..<total {
            let round = number / names.count
            let name = names[number % names.count] + (round == 0 ? "" : String(round + 1))
            let id = objectID(at: Workspace.generatedEnd - Self.span, number: number)
            var agent = Agent(id: id, archived: number % 5 == 3)
            agent.username = number % 11 == 7 ? nil : name
            if number % 7 == 5 {
                agent.walletAddress =
                    "0x" + hexadecimal(chance.next()) + hexadecimal(chance.next())
                    + String(hexadecimal(chance.next()).prefix(8))
            } else {
                agent.email = "\(name.lowercased())@generated.example"
            }
            organisation.agents.append(agent)
            agents.append(organisation.pool.intern(id))
        }
    }

    private mutating func addCategories() {
        let names = [
            "General", "Billing", "Login", "Bug report", "Feature request", "Withdrawals",
            "Verification", "Partnership", "Refunds", "Spring campaign", "Beta programme", "Other",
        ]
        for (number, name) in names.enumerated() {
            let id = objectID(at: Workspace.generatedEnd - Self.span, number: 1000 + number)
            organisation.categories.append(
                Category(id: id, name: name, archived: number == 9 || number == 10))
            categories.append(organisation.pool.intern(id))
        }
        tags = [
            "urgent", "vip", "refund", "escalated", "waiting-dev", "duplicate", "onboarding",
            "mobile",
            "desktop", "kyc", "payment", "crash", "translation", "feedback", "follow-up",
            "scam-report",
        ].map { organisation.pool.intern($0) }
    }

    /// A new ObjectId for a time; the number makes it unique.
    func key(at milliseconds: Int64, number: Int) -> TicketKey {
        let seconds = UInt64(milliseconds / 1000)
        let high = seconds << 32 | identity >> 32
        let low = UInt32(truncatingIfNeeded: identity) & 0xFF00_0000
        return TicketKey(high: high, low: low | UInt32(number & 0xFF_FFFF))
    }

    private func objectID(at milliseconds: Int64, number: Int) -> String {
        organisation.text(of: key(at: milliseconds, number: 0xF0_0000 + number))
    }

    private func hexadecimal(_ word: UInt64) -> String {
        let text = String(word, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    // MARK: Tickets

    private mutating func addTicket(_ number: Int) {
        let created = creation(number)
        let key = key(at: created, number: number)
        let age = Double(Workspace.generatedEnd - created) / 86_400_000
        var ticket = PackedTicket(
            key: key, status: status(age: age), priority: priority(),
            createdAt: Timestamp(milliseconds: created),
            updatedAt: Timestamp(milliseconds: created))
        let isResolved = ticket.status == organisation.statuses[1]
        ticket.sourceType = pick(sources)
        ticket.customer = customer()
        ticket.subject = subject(number)
        if chance.unit() < 0.85 { ticket.category = skewed(categories) }
        if chance.unit() < (isResolved ? 0.93 : 0.6) { ticket.assignedTo = skewed(agents) }
        ticket.aiStatus = aiStatus(isResolved: isResolved, isAssigned: ticket.assignedTo != 0)
        ticket.tags = tagList()
        if isResolved, chance.unit() < 0.18 {
            let draw = chance.unit()
            ticket.csat =
                draw < 0.55 ? 5 : draw < 0.75 ? 4 : draw < 0.85 ? 3 : draw < 0.9 ? 2 : 1
        }
        if isResolved || chance.unit() < 0.5 {
            let later = created + Int64(chance.exponential() * 1.5 * 86_400_000)
            ticket.updatedAt = min(later, Workspace.generatedEnd)
        }
        // The number makes ids unique, so that no ticket is ever refused.
        _ = organisation.tickets.add(ticket)
    }

    /// When the ticket was created: recent times are denser, and most are by day and on workdays.
    private mutating func creation(_ number: Int) -> Int64 {
        let place = (Double(number) + chance.unit()) / Double(count)
        let day = Int64(Double(Self.span / 86_400_000) * place.squareRoot())
        let date = (Workspace.generatedEnd - Self.span) / 86_400_000 + day
        // 1970-01-01 was a Thursday. Half of the tickets on a weekend are moved to the day before
        // or after.
        let weekday = (date + 3) % 7
        let moved = weekday >= 5 && chance.unit() < 0.5 ? (weekday == 5 ? -1 : 1) : Int64(0)
        let hour = min(23.99, max(0, 14 + 4.5 * chance.normal()))
        let milliseconds = (date + moved) * 86_400_000 + Int64(hour * 3_600_000)
        return min(milliseconds, Workspace.generatedEnd - 1000)
    }

    private mutating func status(age: Double) -> StringPool.Reference {
        let resolved = min(0.94, 0.3 + age / 90)
        let draw = chance.unit()
        if draw < 0.01 { return organisation.pool.intern("Spam") }
        if draw < resolved { return organisation.statuses[1] }
        let rest = chance.unit()
        return organisation.statuses[rest < 0.45 ? 0 : rest < 0.75 ? 2 : 3]
    }

    private mutating func priority() -> UInt8 {
        let draw = chance.unit()
        return draw < 0.55 ? 1 : draw < 0.87 ? 2 : 3
    }

    private mutating func aiStatus(isResolved: Bool, isAssigned: Bool) -> StringPool.Reference {
        let draw = chance.unit()
        if !isResolved, !isAssigned, draw < 0.4 { return organisation.pool.intern("Active") }
        return isAssigned && draw < 0.2 ? organisation.handedOff : 0
    }

    private mutating func customer() -> StringPool.Reference {
        // Some customers write often: a fifth of them have about half of the tickets.
        let number = Int(Double(count) * 0.4 * chance.unit() * chance.unit())
        return organisation.pool.intern(
            "{\"name\":\"customer-\(number)\",\"email\":\"c\(number)@customer.example\"}")
    }

    /// A subject as customers write them, with what spreadsheets stumble over now and then.
    ///
    /// It is drawn from numbers of its own, so that everything else of a workspace stays as it was.
    private mutating func subject(_ number: Int) -> StringPool.Reference {
        let openings = [
            "Cannot", "How do I", "Please help me", "Urgent: I cannot", "=Again: cannot",
            "\"Why\" can I not", "Since yesterday, I cannot", "Je ne peux pas",
        ]
        let actions = [
            "log in", "withdraw", "verify my account", "change my e-mail", "see my invoice",
            "cancel", "find my order", "reach anybody", "use the app, or the site",
        ]
        var chance = Chance(seed: seed, stream: 1 << 32 + UInt64(number))
        let opening = openings[chance.below(openings.count)]
        let action = actions[chance.below(actions.count)]
        return organisation.pool.intern("\(opening) \(action) (\(chance.below(100)))")
    }

    private mutating func tagList() -> UInt32 {
        let draw = chance.unit()
        let wanted = draw < 0.5 ? 0 : draw < 0.8 ? 1 : draw < 0.95 ? 2 : 3
        var list: [StringPool.Reference] = []
        for _ in 0..<wanted {
            let tag = skewed(tags)
            if !list.contains(tag) { list.append(tag) }
        }
        return organisation.tickets.internTags(list)
    }

    /// Picks an item from a list and prefers the first ones.
    private mutating func skewed(_ list: [StringPool.Reference]) -> StringPool.Reference {
        let draw = chance.unit()
        return list[min(list.count - 1, Int(Double(list.count) * draw * draw))]
    }

    private mutating func pick(
        _ shares: [(reference: StringPool.Reference, share: Double)]
    ) -> StringPool.Reference {
        var draw = chance.unit()
        for (reference, share) in shares {
            if draw < share { return reference }
            draw -= share
        }
        return shares.last?.reference ?? 0
    }
}
