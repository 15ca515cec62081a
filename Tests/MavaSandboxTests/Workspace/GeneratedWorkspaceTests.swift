import Foundation
import Testing

@testable import MavaSandbox

/// Generated workspaces.
@Suite struct GeneratedWorkspaceTests {
    @Test("the same seed makes the same workspace, another seed another")
    func seeds() throws {
        let first = try Workspace.generate(tickets: 500, seed: 7).encoded()
        #expect(try Workspace.generate(tickets: 500, seed: 7).encoded() == first)
        #expect(try Workspace.generate(tickets: 500, seed: 8).encoded() != first)
    }

    @Test("what is made up is a workspace, and saved and loaded it is the same")
    func roundTrip() throws {
        let workspace = try Workspace.generate(tickets: 2000, seed: 3)
        let bytes = workspace.encoded()
        let again = try Workspace.decode(bytes, name: "generated")
        #expect(again.encoded() == bytes)
        #expect(again.ticketCount == 2000)
        #expect(Set(again.ticketIDs).count == 2000)
    }

    @Test("the distributions are believable")
    func distributions() throws {
        let count = 20_000
        let workspace = try Workspace.generate(tickets: count, seed: 5)
        let organisation = workspace.organisations[0]
        let tickets = organisation.tickets.tickets
        func share(_ condition: (PackedTicket) -> Bool) -> Double {
            Double(tickets.count(where: condition)) / Double(count)
        }
        func text(_ reference: StringPool.Reference) -> String? {
            organisation.pool.text(reference)
        }
        #expect((0.75...0.95).contains(share { text($0.status) == "Resolved" }))
        #expect((0.02...0.12).contains(share { text($0.status) == "Open" }))
        #expect((0.005...0.02).contains(share { text($0.status) == "Spam" }))
        #expect((0.5...0.6).contains(share { $0.priority == 1 }))
        #expect((0.08...0.18).contains(share { $0.priority == 3 }))
        #expect((0.05...0.25).contains(share { $0.assignedTo == 0 }))
        #expect(share { text($0.aiStatus) == "Active" } > 0.001)
        #expect(share { $0.tags != 0 } > 0.4)
        let archived = Set(
            organisation.agents.filter(\.archived).compactMap { organisation.pool.find($0.id) })
        #expect(share { archived.contains($0.assignedTo) } > 0.02, "the departed hold tickets")
        let end = Workspace.generatedEnd
        #expect(tickets.allSatisfy { $0.createdAt <= $0.updatedAt && $0.updatedAt <= end })
        #expect(
            tickets.allSatisfy { ticket in
                ticket.key.created?.milliseconds == ticket.createdAt / 1000 * 1000
            })
        let late = share { $0.createdAt > end - WorkspaceGenerator.span / 2 }
        #expect((0.65...0.85).contains(late), "more tickets of late")
    }

    @Test("every ticket has a subject, and some are hard for spreadsheets")
    func subjects() throws {
        let organisation = try Workspace.generate(tickets: 500, seed: 3).organisations[0]
        let subjects = organisation.tickets.tickets.compactMap {
            organisation.pool.text($0.subject)
        }
        #expect(subjects.count == 500)
        for part in ["=", "\"", ","] { #expect(subjects.contains { $0.contains(part) }) }
    }

    @Test("others change, delete and create tickets, and the listing stays in order")
    func moving() throws {
        var workspace = try Workspace.generate(tickets: 500, seed: 3)
        var chance = Chance(seed: 1)
        let before = Set(workspace.ticketIDs)
        let now = Workspace.generatedEnd + 86_400_000
        workspace.organisations[0].move(200, chance: &chance, now: now)
        let after = workspace.ticketIDs
        #expect(Set(after).count == after.count)
        #expect(workspace.ticketCount == after.count)
        let deleted = before.subtracting(after)
        #expect(!deleted.isEmpty && Set(after).subtracting(before).count > 5)
        #expect(deleted.allSatisfy { workspace.ticket($0) == nil })
        let moved = Date(timeIntervalSince1970: TimeInterval(now / 1000))
        #expect(after.count { workspace.ticket($0)?.updatedAt ?? .distantPast >= moved } > 50)
        let created = workspace.organisations[0].tickets.order.map {
            workspace.organisations[0].tickets[Int($0)].createdAt
        }
        #expect(created == created.sorted())
        let saved = try Workspace.decode(workspace.encoded(), name: "moved")
        #expect(Set(saved.ticketIDs) == Set(after))
    }

    @Test("the number of tickets is bounded", arguments: [0, -1, 1_000_001])
    func bounds(_ count: Int) {
        #expect(throws: SandboxError.self) { try Workspace.generate(tickets: count, seed: 1) }
    }

    @Test("listings of a made-up workspace hold every ticket once, in order")
    func paging() throws {
        let organisation = try Workspace.generate(tickets: 1000, seed: 2).organisations[0]
        var seen: [String] = []
        for (start, end) in [
            ("2024-06-01", "2025-06-01"), ("2025-06-01", "2026-06-01"),
            ("2026-06-01", "2027-06-01"),
        ] {
            for skip in stride(from: 0, to: 1000, by: 100) {
                let reply = organisation.listTickets([
                    ("startDate", Array(start.utf8)), ("endDate", Array(end.utf8)),
                    ("limit", Array("100".utf8)), ("skip", Array("\(skip)".utf8)),
                ])
                let json = try JSONSerialization.jsonObject(with: Data(reply.body))
                let tickets = (json as? [String: Any])?["tickets"] as? [[String: Any]]
                seen += try #require(tickets).compactMap { $0["_id"] as? String }
            }
        }
        #expect(seen.count == 1000)
        #expect(Set(seen).count == 1000)
        #expect(seen.map { $0.prefix(8) } == seen.map { $0.prefix(8) }.sorted())
    }
}
