import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("A run is verified", .timeLimit(.minutes(20)))
struct VerificationTests {
    private typealias Small = SmallWorkspace

    @Test("A verification names what moved and what is gone, for people and for programs")
    func forms() async throws {
        let tickets = (1...4).map { Small.ticket($0) }
        try await Small.run(tickets) { rehearsal in
            let rows = (1...4).map { "\(Small.id($0)),Resolved,Grace\n" }
            try await rehearsal.apply("ticketId,status,assignee\n" + rows.joined(), as: "first")
            try await rehearsal.apply(
                "ticketId,status,assignee\n\(Small.id(1)),Open,\n\(Small.id(2)),Open,Ada\n"
                    + "\(Small.id(3)),Open,\n", as: "others")
            // The same run against a workspace without the fourth ticket.
            try await Small.run((1...3).map { Small.ticket($0) }) { other in
                let result = try await rehearsal.program([
                    "verify", "first", "--runs-dir", "runs", "--base-url", other.sandbox.address,
                ])
                #expect(result.status == 3, "\(result.errors)")
                #expect(result.output.contains("4 rows checked: 3 moved, 1 gone"))
            }
            let text = try await rehearsal.verify(["first"])
            #expect(text.status == 3, "\(text.errors)")
            #expect(
                text.output == """
                    4 rows checked: 1 holds, 3 moved
                    2 moved: status Resolved → Open
                    1 moved: status Resolved → Open, assignedTo Grace → Ada
                      row 1  \(Small.id(1))  status Resolved → Open
                      row 2  \(Small.id(2))  status Resolved → Open, assignedTo Grace → Ada
                      row 3  \(Small.id(3))  status Resolved → Open

                    """)
            let json = try await rehearsal.verify(["first", "--json"])
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
            #expect(object["format"] as? String == "mava-bulk-verification")
            #expect(object["moved"] as? Int == 3)
            #expect(object["holds"] as? Int == 1)
            let listed = try #require(object["notHolding"] as? [[String: Any]])
            #expect(listed.compactMap { $0["row"] as? Int } == [1, 2, 3])
            #expect((listed[1]["is"] as? [String: String])?["assignedTo"] == Small.ada)
            try rehearsal.directory.write("keep", to: "notes.txt")
            let kept = try await rehearsal.verify(["first", "--output", "notes.txt"])
            #expect(kept.status == 2)
            #expect(try rehearsal.directory.readText("notes.txt") == "keep")
            for _ in 0..<2 {
                let written = try await rehearsal.verify(["first", "--output", "verify.csv"])
                #expect(written.status == 3, "\(written.errors)")
            }
            #expect(rehearsal.updates == 7, "a verification changes nothing")
        }
    }

    @Test("Rows that could not be checked do not hold")
    func unchecked() async throws {
        // Ids that say nothing about the tickets' age, so that no listing finds them.
        let tickets = (1...2).map {
            Small.ticket($0).replacing(Small.id($0), with: "T-\($0)")
        }
        try await Small.run(tickets) { rehearsal in
            try await rehearsal.apply(
                "ticketId,status\nT-1,Resolved\nT-2,Resolved\n", as: "first")
            let verified = try await rehearsal.verify(["first"])
            #expect(verified.status == 3, "\(verified.output)")
            #expect(
                verified.output.hasPrefix(
                    "2 rows could not be checked: their ids are not in Mava's form (24 hexadecimal digits)"
                ),
                "\(verified.output)")
        }
    }
}
