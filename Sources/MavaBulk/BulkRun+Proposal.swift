internal import BulkSystem

extension BulkRun {
    /// A plan that waits for its approval.
    struct Proposal {
        /// What the approval looks at.
        let plan: Plan
        /// The part of the plan that is still valid; `nil` when its tickets were not read again.
        let revalidation: PlanRevalidation?
        /// The plan's file, which stays open: what was approved is what is sent.
        fileprivate let file: PlanFile
        fileprivate let draft: DraftPlan
        fileprivate let waivers: [PlanHeader.Waiver]
        /// The file that the plan was copied from, if it was saved before.
        fileprivate var source: String?

        /// The plan when it was declined: its file is not kept.
        var declinedPlan: Plan { Plan(summary: plan.summary, path: nil) }
    }

    /// Makes a plan of an input.
    @concurrent
    func propose(_ input: PlanInput) async throws -> Proposal {
        guard approvals == nil else {
            throw ApprovalError(
                code: .missing,
                message:
                    "only a saved plan can have approvals: save it, have it approved, then apply it"
            )
        }
        let draft = try draft()
        var plan = try await planner(savingTo: draft.path).plan(
            input, now: Self.secondsSince1970)
        let file = try PlanFile(
            path: draft.path, expecting: plan.header.id, isOurs: true, reads: planReads)
        var revalidation: PlanRevalidation?
        var waivers: [PlanHeader.Waiver] = []
        if plan.header.source == .snapshot {
            // A ticket that differs from the snapshot may be one that guards keep.
            let revalidator = revalidator(guards: try guards())
            revalidation = try await self.revalidation(of: file, journal: nil, revalidator)
            waivers = revalidation?.waivers ?? []
            plan.summary.add(waivers: waivers, notes: [])
        }
        addRecentRuns(to: &plan.summary, file)
        return Proposal(
            plan: plan, revalidation: revalidation, file: file, draft: draft, waivers: waivers)
    }

    /// Plans an input, and saves the plan where ``planning`` says.
    func proposed(_ input: PlanInput) async throws -> Plan {
        try await planner(savingTo: planning.output).plan(input, now: Self.secondsSince1970)
    }

    /// A planner with the run's options, which plans for its connection.
    private func planner(savingTo output: String?) throws -> Planner {
        var options = planning
        options.configure(for: connection)
        options.guards = try guards()
        options.output = output
        let observer = observer
        return Planner(options: options, client: connection.reader) { observer.planning($0) }
    }

    /// Copies a saved plan, and reads its tickets again.
    @concurrent
    func propose(savedPlan path: String, expecting expectedID: String?) async throws -> Proposal {
        let guards = try guards()
        let draft = try draft()
        let file = try PlanFile(
            copying: path, to: draft.path, expecting: expectedID, reads: planReads)
        var summary: PlanSummary
        let revalidation: PlanRevalidation?
        var waivers: [PlanHeader.Waiver]
        do {
            try SavedPlan.check(file.header, path: path, for: connection)
            // A plan without its approvals costs no request.
            let proof = try approvals?.check(file.header, path: path, now: timeOfDay())
            waivers = try guards.check(
                counts: file.header.counts, requests: file.header.requests,
                ticketsRead: file.header.ticketsRead, source: file.header.source)
            var agents: [Agent]?
            try await SavedPlan.requireOrganisation(
                file.header, path: path, for: connection, &agents)
            var revalidator = revalidator(guards: guards)
            if revalidator.agents == nil { revalidator.agents = agents }
            if isToBeRevalidated(file.header) {
                let compared: PlanRevalidation
                (summary, compared) = try await revalidator.summarizeAndRevalidate(file)
                waivers += compared.waivers
                revalidation = compared
            } else {
                (summary, revalidation) = (try PlanSummary(reading: PlanReader(file)), nil)
                waivers += try await revalidator.checkUnread(file)
            }
            summary.add(
                waivers: waivers,
                notes: guards.lastRunsNotes(requests: file.header.requests)
                    + guards.unusedWaivers(waivers))
            if let proof { summary.add(proof.tally) }
        } catch var error as PlanError where error.path == draft.path {
            // An error is about the named file, not about our copy of it.
            error.path = path
            throw error
        }
        // The plan may have been made for another quota than it is sent in.
        let quota = connection.quota
        summary.header.price.setQuota(limit: quota.share, window: quota.window)
        addRecentRuns(to: &summary, file)
        return Proposal(
            plan: Plan(summary: summary, path: draft.path), revalidation: revalidation, file: file,
            draft: draft, waivers: waivers, source: path)
    }

    /// Carries out a plan that was approved.
    @concurrent
    func carryOut(_ proposal: Proposal) async throws -> RunResult {
        var grants = RunGrants(waivers: proposal.waivers)
        var proof: ApprovalRequirement.Proof?
        if let source = proposal.source {
            // While the person was asked, approvals may have expired, and somebody may have declined the plan.
            proof = try approvals?.check(proposal.file.header, path: source, now: timeOfDay())
            let key = connection.reader.key
            grants.approvals = (proof?.tally.approvals ?? []).map { approval in
                var approval = approval
                approval.note = SecretText.removed(from: approval.note, key: key)
                return approval
            }
        }
        let directory = try begin(proposal.file, proposal.draft, grants, approvals: proof?.bytes)
        return try await carryOut(
            proposal.file, in: directory, revalidation: proposal.revalidation, grants: grants)
    }

    /// A place for the plan until it is approved; a directory that cannot be the run's is refused before
    /// anything is read for it.
    private func draft() throws -> DraftPlan {
        if let directory { try RunDirectory.requireUnused(directory) }
        if let draftsDirectory { return try DraftPlan(in: draftsDirectory) }
        return try DraftPlan(for: directory, below: runsDirectory)
    }

    /// Makes the run's directory and puts the plan into it.
    private func begin(
        _ plan: PlanFile, _ draft: DraftPlan, _ grants: RunGrants, approvals: [UInt8]? = nil
    ) throws -> RunDirectory {
        let id = plan.header.id
        guard try plan.isUnchanged() else {
            throw PlanError(
                code: .rowsChanged,
                message:
                    "somebody changed the plan after it was approved: nothing was sent; look at who may "
                    + "write to this folder, then plan again",
                path: FilePath.directory(of: draft.path))
        }
        let directory = try RunDirectory.create(
            at: directory, in: runsDirectory, planID: id,
            startedAt: SystemTime.millisecondsSince1970())
        var settings = RunSettings(self, plan.header)
        if !grants.waivers.isEmpty { settings.waivers = grants.waivers }
        if !grants.approvals.isEmpty { settings.approvals = grants.approvals }
        try settings.write(to: directory.settings)
        if let approvals {
            var buffer = OutputBuffer(capacity: approvals.count)
            approvals.withUnsafeBytes { buffer.append($0) }
            var copy = try AtomicFile(directory.approvals, followsLink: false)
            try copy.write(&buffer)
            try copy.commit()
        }
        try draft.move(to: directory.plan)
        // A resume reads the plan by its path, so the file there has to be the one that was approved.
        guard plan.isAt(directory.plan) else {
            try POSIXFileSystem().remove(directory.plan)
            throw PlanError(
                code: .otherPlan,
                message:
                    "somebody replaced the plan after it was approved: nothing was sent; look at who "
                    + "may write to this folder, then plan again", path: directory.path)
        }
        plan.moved(to: directory.plan)
        return directory
    }

    private static var secondsSince1970: Int {
        Int(SystemTime.millisecondsSince1970() / 1000)
    }
}
