internal import BulkSystem

/// Writes decisions about saved plans down, and shows those that were.
public enum PlanDecision {
    /// What was written down.
    public struct Written: Hashable, Sendable {
        /// The plan's id.
        public var plan: String
        /// The decision.
        public var approval: PlanApproval
        /// The file of approvals.
        public var path: String
    }

    /// The end of the year 9999, in milliseconds since 1970.
    private static let lastMillisecond: Int64 = 253_402_300_799_999

    /// Adds a decision to the file beside a plan, after making sure that the plan is whole and unchanged.
    ///
    /// - Parameters:
    ///   - decision: What was decided.
    ///   - path: The plan's file.
    ///   - expectedID: The id that the plan has to have, or its first eight or more digits; `nil` for any.
    ///   - lifetime: How long an approval counts, more than zero and not beyond the year 9999; a decline has no
    ///     end.
    ///   - note: What the person adds.
    ///   - keyFile: The SSH key to sign with; `nil` for no signature.
    ///   - now: The current time, in milliseconds since 1970; `nil` for the system's.
    /// - Returns: What was written.
    /// - Throws: A ``PlanError`` when it is not the plan that was made or asked for; an ``ApprovalError`` when
    ///   the note is too long, the approval would end before it begins or too late, the decision cannot be signed
    ///   or the file is not one of approvals; a `FileError` when it cannot be written.
    public static func write(
        _ decision: PlanApproval.Decision, on path: String, expecting expectedID: String? = nil,
        lifetime: Duration, note: String, signingWith keyFile: String? = nil, now: Int64? = nil
    ) throws -> Written {
        let now = now ?? SystemTime.millisecondsSince1970()
        let span = Nanoseconds(lifetime).quotient(by: .millisecond)
        let (end, overflows) = now.addingReportingOverflow(span)
        guard decision == .decline || span > 0 && !overflows && end <= Self.lastMillisecond else {
            throw ApprovalError(
                code: .fileUnusable,
                message:
                    "an approval counts for some time, up to the year 9999 at the latest, and not for "
                    + "\(lifetime)")
        }
        let plan = try PlanFile(path: path, expecting: expectedID)
        if decision == .approve { try plan.requireCoveredPermissions() }
        let file = ApprovalFile.path(ofPlan: path)
        var approval = PlanApproval(
            plan: plan.header.id, decision: decision, who: ProcessOwner.loginAtHost, at: now,
            expires: decision == .approve ? end : nil, note: note)
        guard note.utf8.count <= PlanApproval.longestNote else {
            throw ApprovalError(
                code: .fileUnusable,
                message: "a note has at most \(PlanApproval.longestNote) bytes, and this one has "
                    + "\(note.utf8.count): shorten it")
        }
        if decision == .approve, let earlier = try ApprovalFile.read(file),
            let decline = earlier.approvals.first(where: {
                $0.plan == approval.plan && $0.decision == .decline && $0.at >= now
                    && $0.who.lowercased() == approval.who.lowercased()
            })
        {
            throw ApprovalError(
                code: .declined,
                message: "your decline of this plan is dated "
                    + "\(CivilTime.iso8601(millisecondsSince1970: decline.at)), which is in the future, so an "
                    + "approval of now does not replace it: remove that line from \(file) if a clock was "
                    + "wrong, then approve again")
        }
        if let keyFile {
            approval.signature = try SSHSignatures().sign(
                approval.signedBytes, keyFile: keyFile)
        }
        try ApprovalFile.append(approval, to: file)
        return Written(plan: plan.header.id, approval: approval, path: file)
    }

    /// Adds what the file beside a plan says to the plan's summary.
    ///
    /// - Parameters:
    ///   - summary: The plan's summary.
    ///   - path: The plan's file.
    ///   - allowedSigners: The file of allowed signers; `nil` to verify no signature and believe names.
    ///   - now: The current time, in milliseconds since 1970.
    /// - Throws: An ``ApprovalError`` or a `FileError` when a file cannot be read, or signatures cannot be verified.
    package static func add(
        to summary: inout PlanSummary, ofPlan path: String, allowedSigners: String? = nil,
        now: Int64
    ) throws {
        guard let file = try ApprovalFile.read(ApprovalFile.path(ofPlan: path)) else { return }
        let header = summary.header
        let claims = try ApprovalRequirement.claims(
            file.approvals, plan: header.id, allowedSigners: allowedSigners)
        var tally = ApprovalTally(
            claims, plan: header.id, parent: header.parent, appliers: [], now: now)
        let signed = file.approvals.filter { $0.plan == header.id && $0.signature != nil }
        let names = Set(signed.map { $0.who.lowercased() })
        if allowedSigners == nil, names.count < signed.count {
            // People who share a machine's login differ by their keys alone.
            tally.add(
                remark: "\(Words.counted(signed.count, "signed decision")) are by "
                    + "\(Words.counted(names.count, "name")): \(SettingName.allowedSigners) tells people apart "
                    + "by their keys")
        }
        summary.add(tally)
    }
}
