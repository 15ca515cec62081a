import BulkTestSupport
import Foundation
import Synchronization
import Testing

/// A server whose answers are not always the API's, with one agent and one ticket that is really changed.
private final class OddServer: Sendable {
    static let ticket = "695c76afd0e42018b77a9c2d"
    private struct State {
        var status = "Open"
        var puts = 0
        var reads = 0
    }
    private let state = Mutex(State())
    var puts: Int { state.withLock { $0.puts } }
    var reads: Int { state.withLock { $0.reads } }

    /// Handles one connection: the update is done, and the first answers to it are the odd one.
    func serve(
        _ connection: RawConnection, oddPuts: Int, oddReads: Int = 0, status: String, body: String,
        commits: Bool = true
    ) {
        while let request = connection.readRequest() {
            let isPut = request.line.hasPrefix("PUT")
            let (isOdd, current) = state.withLock { state in
                if isPut {
                    state.puts += 1
                    let isOdd = state.puts <= oddPuts
                    if commits || !isOdd { state.status = "Resolved" }
                    return (isOdd, state.status)
                }
                state.reads += 1
                return (state.reads <= oddReads, state.status)
            }
            if isOdd {
                connection.respond(status, headers: ["content-type: text/html"], body: body)
            } else if isPut {
                connection.respond(body: #"{"message":"Ticket updated"}"#)
            } else {
                let ticket =
                    #"{"_id":"\#(Self.ticket)","status":"\#(current)","priority":1,"#
                    + #""createdAt":"2026-01-06T02:39:43.000Z"}"#
                connection.respond(body: #"{"tickets":[\#(ticket)]}"#)
            }
        }
    }
}

@Suite("Answers that are not the API's")
struct ForeignAnswerTests {
    private func apply(
        _ server: RawServer, _ directory: TemporaryDirectory, rows: [String] = [OddServer.ticket],
        _ options: [String] = []
    ) async throws -> BuiltProgram.Result {
        try directory.write(
            "ticketId,status\n" + rows.map { "\($0),Resolved\n" }.joined(), to: "rows.csv")
        return try await BuiltProgram.run(
            ["apply", "rows.csv", "--yes", "--run-dir", "run", "--quota", "1000/1s"] + options,
            in: URL(filePath: directory.path),
            environment: ["MAVA_API_KEY": "a-key-of-the-tests", "MAVA_BASE_URL": server.baseURL])
    }

    @Test(
        "an update that was done ends as updated, whatever the answer looks like",
        arguments: [
            ("408 Request Timeout", "<html>", 2), ("425 Too Early", "", 2),
            ("204 No Content", "", 1),
            ("200 OK", "{}", 1), ("202 Accepted", "", 1), ("200 OK", #"{"message":"Queued"}"#, 1),
            ("403 Forbidden", "<html><title>Firewall</title>", 2), ("302 Found", "", 2),
            ("400 Bad Request", "<h1>Bad Request</h1>", 2), ("200 OK", "<html>Maintenance", 2),
        ])
    func done(status: String, body: String, puts: Int) async throws {
        let odd = OddServer()
        let directory = try TemporaryDirectory()
        try await RawServer.with {
            odd.serve($0, oddPuts: 1, status: status, body: body)
        } _: {
            let result = try await apply($0, directory)
            #expect(result.status == 0, "\(result.errors)")
            #expect(odd.puts == puts)
            #expect(try directory.readText("run/report.csv").contains(",updated,status,"))
        }
    }

    @Test(
        "an update that was not done, and is never confirmed, ends as failed after its ticket was read"
    )
    func notDone() async throws {
        let odd = OddServer()
        let directory = try TemporaryDirectory()
        try await RawServer.with {
            odd.serve($0, oddPuts: 9, status: "202 Accepted", body: "{}", commits: false)
        } _: {
            let result = try await apply($0, directory)
            #expect(result.status == 3)
            #expect(odd.puts == 1)
            let report = try directory.readText("run/report.csv")
            #expect(report.contains(",failed,status,"), "\(report)")
            #expect(report.contains("does not hold what was asked"))
        }
    }

    @Test("a read that a page answers is asked again before anything depends on it")
    func readAgain() async throws {
        let odd = OddServer()
        let directory = try TemporaryDirectory()
        try await RawServer.with {
            odd.serve($0, oddPuts: 0, oddReads: 1, status: "200 OK", body: "<html>Please wait")
        } _: {
            let result = try await apply($0, directory)
            #expect(result.status == 0, "\(result.errors)")
            #expect(odd.reads >= 2)
        }
    }

    @Test("a firewall's page on every update ends the run resumable, and is named by its title")
    func firewall() async throws {
        let odd = OddServer()
        let directory = try TemporaryDirectory()
        let rows = (10...40).map { "695c76afd0e42018b77a9c\($0)" }
        try await RawServer.with {
            odd.serve(
                $0, oddPuts: .max, status: "403 Forbidden", body: "<html><title>Web Guard</title>",
                commits: false)
        } _: {
            let result = try await apply(
                $0, directory, rows: rows, ["--no-read", "--give-up-after", "1s"])
            #expect(result.status == 5, "\(result.errors)")
            #expect(result.errors.contains("\"Web Guard\""), "\(result.errors)")
            #expect(result.errors.contains("mava-bulk resume run --yes"))
            #expect(!result.errors.contains("rejected the key"))
        }
    }
}
