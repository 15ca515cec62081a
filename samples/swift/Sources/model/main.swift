// What a window of an app would do: a model on the main actor plans, asks, sends, and takes back.
// usage: model     (everything happens in a sandbox)

import Foundation
import MavaBulk
import MavaSandbox

/// The state that a window shows.
@MainActor final class HandoverModel {
    private(set) var proposals: [Plan] = []
    private(set) var agents: [String: String] = [:]
    private(set) var openTickets = 0
    private(set) var pages = 0
    private let folder: String

    init(folder: String) { self.folder = folder }

    /// Shows a plan; a window would ask here.
    private func ask(_ plan: Plan) async -> Bool {
        proposals.append(plan)
        return plan.header.requests <= 10
    }

    private func run(_ connection: MavaConnection) -> BulkRun {
        var run = BulkRun(connection)
        run.runsDirectory = folder + "/runs"
        return run
    }

    /// Raises the priority of ten tickets, and takes it back.
    func rehearse() async throws {
        let workspace = try Workspace.generate(tickets: 50, seed: 7)
        try await withSandbox(SandboxConfiguration(workspace: workspace)) { sandbox in
            guard let key = APIKey(sandbox.apiKeys[0]) else { return }
            let connection = try MavaConnection(
                baseURL: sandbox.address, key: key,
                quota: Quota(requests: 1000, window: .seconds(1)))
            try await look(at: connection)
            let lowest = sandbox.workspace.ticketIDs.filter { sandbox.ticket($0)?.priority == 1 }
            try await change(Array(lowest.prefix(10)), connection)
        }
    }

    /// Reads what a window shows before anything is planned.
    private func look(at connection: MavaConnection) async throws {
        for agent in try await connection.lookups().agents {
            agents[agent.id] = agent.username ?? agent.email
        }
        _ = try await connection.readTickets(progress: { self.pages = $0.pages }) { ticket in
            if ticket.status == TicketStatus.open.rawValue { openTickets += 1 }
            return true
        }
        let result = try await connection.export(
            ExportOptions(), to: folder + "/tickets.csv", progress: { self.pages = $0.pages })
        print("\(agents.count) agents, \(openTickets) open, \(result.written) exported")
    }

    private func change(_ ids: [String], _ connection: MavaConnection) async throws {
        let run = run(connection)
        let rows = AsyncStream { rows in
            for id in ids { rows.yield(TicketChange(ticketID: id, priority: .high)) }
            rows.finish()
        }
        let end = try await run.apply(try await PlanInput(rows: rows)) { plan in
            await self.ask(plan)
        }
        guard let result = end.result else { return }
        print("updated \(result.counts[.updated])")

        let history = RunHistory(run.runsDirectory)
        let past = try history.run("last")
        print("holds: \(try await connection.verify(past).holds)")
        let resumed = try await run.resume(past.path) { preview in preview.toSend == 0 }
        print("nothing left: \(resumed.result?.isSuccess == true)")
        try await undo(past, history, run)
    }

    /// Saves the plan that undoes a run, applies it, and undoes that as well.
    private func undo(_ past: PastRun, _ history: RunHistory, _ run: BulkRun) async throws {
        var saving = run
        saving.planning.output = folder + "/undo.jsonl"
        let saved = try await saving.planUndo([past])
        let undone = try await run.apply(
            savedPlan: folder + "/undo.jsonl", expecting: saved.header.id
        ) { plan, revalidation in
            guard revalidation?.requests == plan.header.requests else { return false }
            return await self.ask(plan)
        }
        print("taken back \(undone.result?.counts[.updated] ?? 0)")
        let again = try await run.undo([try history.run("last")]) { plan in await self.ask(plan) }
        print("and again \(again.result?.counts[.updated] ?? 0)")
        // Every row succeeded, so there is nothing to try again.
        do {
            _ = try await run.retry(history.chain(of: history.run("last"))) { plan in
                await self.ask(plan)
            }
        } catch let error as PlanError where error.code == .inputEmpty {
            print("nothing to retry; \(proposals.count) plans were shown")
        }
    }
}

let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
    "mava-bulk-model-\(ProcessInfo.processInfo.processIdentifier)")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
try await HandoverModel(folder: folder.path).rehearse()
try FileManager.default.removeItem(at: folder)
