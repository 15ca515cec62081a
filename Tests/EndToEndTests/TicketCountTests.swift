import Foundation
import Testing

@Suite("Agents and categories with the counts of their tickets", .timeLimit(.minutes(20)))
struct TicketCountTests {
    @Test("Counts are those of the tickets, and agents who have left are named")
    func counts() async throws {
        try await ExportRehearsal.run { rehearsal in
            let counted = try await rehearsal.program(["agents", "--count", "--csv"])
            #expect(counted.status == 0)
            #expect(counted.errors.contains("counting reads the tickets"))
            for row in counted.rows {
                let id = try #require(row["id"])
                let all = rehearsal.ids { $0["assignedTo"] as? String == id }
                let open = rehearsal.ids {
                    $0["assignedTo"] as? String == id && $0["status"] as? String != "Resolved"
                }
                #expect(row["tickets"] == "\(all.count)")
                #expect(row["unresolved"] == "\(open.count)")
            }
            let holders = Set(rehearsal.tickets.compactMap { $0["assignedTo"] as? String })
            #expect(Set(counted.rows.compactMap { $0["id"] }).isSuperset(of: holders))
            #expect(counted.rows.contains { $0["username"] == "not listed" })
            let none = rehearsal.ids { $0["assignedTo"] is NSNull }
            #expect(counted.errors.contains("\(none.count) tickets have no agent"))
            let json = try await rehearsal.program(["categories", "--count", "--json"])
            #expect(json.output.contains("\"listed\":false"))
            let total = rehearsal.ids { $0["category"] is String }.count
            let sum = json.output.split(separator: "\n").reduce(0) { sum, line in
                let object = try? JSONSerialization.jsonObject(with: Data(line.utf8))
                return sum + ((object as? [String: Any])?["tickets"] as? Int ?? 0)
            }
            #expect(sum == total)
            let open = try await rehearsal.program([
                "agents", "--count", "--csv", "--status", "Open",
            ])
            let openSum = open.rows.reduce(0) { $0 + (Int($1["tickets"] ?? "") ?? 0) }
            let assigned = rehearsal.ids {
                $0["status"] as? String == "Open" && $0["assignedTo"] is String
            }
            #expect(openSum == assigned.count)
        }
    }

    @Test("A map template has every agent and an empty column to fill in")
    func map() async throws {
        try await ExportRehearsal.run { rehearsal in
            let map = try await rehearsal.program(["agents", "--map"])
            #expect(map.output.hasPrefix("from,to,name,email,tickets,unresolved\n"))
            #expect(map.rows.allSatisfy { $0["to"] == "" })
            let ids = Set(map.rows.compactMap { $0["from"] })
            #expect(ids.isSuperset(of: rehearsal.agents.values))
            #expect(map.rows.contains { $0["name"] == "not listed" })
            let tickets = map.rows.compactMap { Int($0["tickets"] ?? "") }
            #expect(tickets == tickets.sorted(by: >) && tickets.reduce(0, +) > 1000)
            for (options, said) in [
                (["--map", "--json"], "contradict"), (["--status", "Open"], "give --count"),
            ] {
                let result = try await rehearsal.program(["agents"] + options)
                #expect(result.status == 2)
                #expect(result.errors.contains(said))
            }
        }
    }
}
