internal import BulkSystem

/// How many people must have approved a saved plan before it is applied.
public struct ApprovalRequirement: Hashable, Sendable {
    /// How many people, beside the one who applies the plan.
    public var count: Int
    /// A file of allowed signers (ssh-keygen(1)): then only decisions with a signature of one of them count.
    ///
    /// The value is `nil` where the names in the file of approvals are believed.
    public var allowedSigners: String?
    /// More names of the person who applies the plan, such as their principals.
    ///
    /// This process's `login@host` is always one.
    public var appliedBy: [String]

    /// Makes a requirement.
    ///
    /// - Parameters:
    ///   - count: How many people.
    ///   - allowedSigners: A file of allowed signers; `nil` to believe names.
    ///   - appliedBy: More names of the person who applies the plan.
    public init(count: Int, allowedSigners: String? = nil, appliedBy: [String] = []) {
        self.count = count
        self.allowedSigners = allowedSigners
        self.appliedBy = appliedBy
    }

    /// The approvals that a plan has, where they are enough.
    struct Proof {
        /// The bytes of the file of approvals.
        var bytes: [UInt8]
        /// What counts and what does not.
        var tally: ApprovalTally
    }

    /// Checks a plan's approvals.
    ///
    /// - Parameters:
    ///   - header: The header of the plan whose rows were checked against its id.
    ///   - path: The plan's file, beside which the approvals are.
    ///   - now: The current time, in milliseconds since 1970.
    /// - Returns: The approvals.
    /// - Throws: An ``ApprovalError`` when they are too few, or the plan was declined, or when they cannot be
    ///   read or verified; a `FileError` when a file cannot be read.
    func check(_ header: PlanHeader, path: String, now: Int64) throws -> Proof {
        let file = ApprovalFile.path(ofPlan: path)
        let (bytes, decisions) = try ApprovalFile.read(file) ?? ([], [])
        let claims = try Self.claims(
            decisions, plan: header.id, allowedSigners: allowedSigners)
        var appliers = [ProcessOwner.loginAtHost]
        // A principal is often a bare login.
        if allowedSigners != nil { appliers.append(ProcessOwner.login) }
        appliers += appliedBy
        let tally = ApprovalTally(
            claims, plan: header.id, parent: header.parent, appliers: appliers, now: now)
        try tally.require(count, path: file)
        return Proof(bytes: bytes, tally: tally)
    }

    /// Finds out who is behind each decision; those for other plans are only named.
    ///
    /// - Parameters:
    ///   - decisions: The decisions of a file.
    ///   - plan: The plan's id.
    ///   - allowedSigners: The file of allowed signers; `nil` to believe names.
    /// - Returns: The decisions with what is known of their authors.
    /// - Throws: An ``ApprovalError`` or a `FileError` when signatures cannot be verified.
    static func claims(
        _ decisions: [PlanApproval], plan: String, allowedSigners: String?
    ) throws -> [ApprovalTally.Claim] {
        guard let allowedSigners else { return decisions.map { .init($0, .claimed) } }
        let check = try SignatureCheck(signers: allowedSigners, SSHSignatures())
        return try decisions.enumerated().map { number, decision in
            guard decision.plan == plan else { return .init(decision, .unsigned) }
            return .init(decision, try check.identity(of: decision, number: number))
        }
    }
}
