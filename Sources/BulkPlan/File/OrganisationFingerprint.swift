internal import BulkSystem
public import MavaAPI

/// A mark of the organisation that a plan was made for, made from its agents.
///
/// An organisation has no id that a key can ask for, but agents' ids are unique. Agents come and go, so two marks are
/// of one organisation when they share at least one agent. The ids are hashed, because a plan that mentions three
/// agents need not list all of them.
public struct OrganisationFingerprint: Hashable, Sendable {
    /// The most agents that a mark has: those with the smallest hashes.
    package static let limit = 64
    /// The digits of a hash: enough that two agents never share one by chance.
    package static let digits = 16

    /// The hashes of agents' ids, 16 hexadecimal digits each, sorted.
    public let agents: [String]

    /// Makes the mark of an organisation with some agents; `nil` without any, which would be no mark.
    public init?(_ agents: [Agent]) {
        guard !agents.isEmpty else { return nil }
        self.agents = Array(Set(agents.map(Self.hash)).sorted().prefix(Self.limit))
    }

    /// Parses the hashes of a plan's header; `nil` when they are none.
    package init?(hashes: [String]) {
        guard (1...Self.limit).contains(hashes.count),
            hashes.allSatisfy({ hash in
                hash.utf8.count == Self.digits && hash.allSatisfy { $0.isASCII && $0.isHexDigit }
            })
        else { return nil }
        agents = hashes
    }

    /// Whether the mark is that of an organisation with some agents.
    ///
    /// - Parameter present: All agents that the organisation has now.
    /// - Returns: Whether one of them is among the mark's.
    public func matches(_ present: [Agent]) -> Bool {
        let known = Set(agents)
        return present.contains { known.contains(Self.hash($0)) }
    }

    /// Whether another mark can be of the same organisation, because it shares an agent.
    package func sharesAgent(with other: OrganisationFingerprint) -> Bool {
        !Set(agents).isDisjoint(with: other.agents)
    }

    private static func hash(_ agent: Agent) -> String {
        String(SHA256.hexDigest(of: Array("mava-agent:\(agent.id)".utf8)).prefix(digits))
    }
}
