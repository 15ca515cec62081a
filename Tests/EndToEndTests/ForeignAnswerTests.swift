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

    /// Handles one connection: the update is done, and its first answers are the foreign one.
    func serve(
        _ connection: RawConnection, oddPuts: Int, oddReads: Int = 0, status: String, body: String,
        commits: Bool = true, readsAreOddAfterPut: Bool = false
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
                let isOdd = state.reads <= oddReads || readsAreOddAfterPut && state.puts > 0
                return (isOdd, state.status)
            }
            if isOdd {
                connection.respond(
                    status,
                    headers: [
                        "content-type: text/html", "location: https://sso.example/login?token=x",
                    ], body: body)
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
        options: [String] = []
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
        "an update that was not done, and is never confirmed, ends as failed after its ticket was read, unless it was accepted for later",
        arguments: [("200 OK", "failed"), ("201 Created", "failed"), ("202 Accepted", "unknown")])
    func notDone(status: String, outcome: String) async throws {
        let odd = OddServer()
        let directory = try TemporaryDirectory()
        try await RawServer.with {
            odd.serve($0, oddPuts: 9, status: status, body: "{}", commits: false)
        } _: {
            let result = try await apply($0, directory)
            #expect(result.status == 3)
            #expect(odd.puts == 1)
            let report = try directory.readText("run/report.csv")
            #expect(report.contains(",\(outcome),status,"), "\(report)")
            #expect(report.contains("does not hold what was asked"))
        }
    }

    @Test(
        "an update that a canary's reading does not find is not called updated, also after resume")
    func ignoredCanary() async throws {
        let odd = OddServer()
        let directory = try TemporaryDirectory()
        try await RawServer.with {
            odd.serve(
                $0, oddPuts: 9, status: "200 OK", body: #"{"message":"Ticket updated"}"#,
                commits: false)
        } _: {
            let result = try await apply(
                $0, directory, rows: [OddServer.ticket, "695c76afd0e42018b77a9c2e"],
                options: ["--canary", "1", "--unread", "send"])
            #expect(result.status != 0)
            #expect(odd.puts == 1)
            let report = try directory.readText("run/report.csv")
            #expect(report.contains(",failed,status,"), "\(report)")
            #expect(
                report.contains(
                    "when the canary was checked, the ticket did not hold what was asked"),
                "\(report)")
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

    /// Successes in place of a page of tickets.
    private static let noListings = [
        "{}", #"{"tickets":[1,2]}"#, "[null]", #"{"tickets":[{"status":"Open"}]}"#,
        #"{"success":false,"tickets":[]}"#, #"{"error":"db down","tickets":[]}"#,
        #"{"tickets":[],"total":3}"#, #"{"message":"try later"}"#,
        #"{"tickets":[{"_id":"\#(OddServer.ticket)","status":5}]}"#,
    ]

    @Test(
        "a success that is not a listing is asked for again, and nothing is planned on it",
        arguments: noListings)
    func noListing(body: String) async throws {
        for oddReads in [1, Int.max] {
            let odd = OddServer()
            let directory = try TemporaryDirectory()
            try await RawServer.with {
                odd.serve($0, oddPuts: 0, oddReads: oddReads, status: "200 OK", body: body)
            } _: {
                let result = try await apply($0, directory, options: ["--give-up-after", "1s"])
                #expect(result.status == (oddReads == 1 ? 0 : 5), "\(result.errors)")
                #expect(odd.puts == (oddReads == 1 ? 1 : 0))
                #expect(odd.reads >= 2)
                if oddReads > 1 { #expect(result.errors.contains("usable list of tickets")) }
            }
        }
    }

    @Test("a wanted ticket that cannot be read is named, others do not matter")
    func unreadableTicket() async throws {
        for wanted in [false, true] {
            let id = wanted ? OddServer.ticket : "695c76afd0e42018b77a9c2e"
            let body =
                #"{"tickets":[{"_id":"\#(id)","status":5},{"_id":"695c76afd0e42018b77a9c2f"}]}"#
            let odd = OddServer()
            let directory = try TemporaryDirectory()
            try await RawServer.with {
                odd.serve($0, oddPuts: 0, oddReads: 1, status: "200 OK", body: body)
            } _: {
                let result = try await apply($0, directory)
                #expect(result.status == (wanted ? 5 : 0), "\(result.errors)")
                #expect(result.errors.contains("ticket \(id) cannot be read") == wanted)
            }
        }
    }

    @Test(
        "a foreign answer to every read ends the command for now, and says who may be answering",
        arguments: [
            ("302 Found", "", "a redirect to sso.example, not followed"), ("307 Moved", "", "sso"),
            ("403 Forbidden", "no", "HTTP 403"), ("403 Forbidden", "", "HTTP 403"),
            ("403 Forbidden", "[]", "HTTP 403"), ("407 Proxy", "", "HTTP 407"),
            ("451 No", #"{"error":"Not here"}"#, "Not here"),
            ("403 Forbidden", "<html><title>Web Guard</title>", #""Web Guard""#),
        ])
    func foreignReads(status: String, body: String, said: String) async throws {
        let odd = OddServer()
        let directory = try TemporaryDirectory()
        try await RawServer.with {
            odd.serve($0, oddPuts: 0, oddReads: .max, status: status, body: body)
        } _: {
            let result = try await apply($0, directory, options: ["--give-up-after", "1s"])
            #expect(result.status == 5, "\(result.errors)")
            #expect(result.errors.contains(said), "\(result.errors)")
            #expect(result.errors.contains("a firewall or a proxy may be answering"))
            #expect(result.errors.contains("the base URL may be wrong"))
            #expect(!result.errors.contains("token"), "a redirect's address can hold secrets")
        }
    }

    @Test("a 408 to every read ends the command for now")
    func lostReads() async throws {
        let odd = OddServer()
        let directory = try TemporaryDirectory()
        try await RawServer.with {
            odd.serve($0, oddPuts: 0, oddReads: .max, status: "408 Request Timeout", body: "")
        } _: {
            let result = try await apply($0, directory, options: ["--give-up-after", "1s"])
            #expect(result.status == 5, "\(result.errors)")
        }
    }

    @Test("where the reading for a resumed run fails, the way to resume it is named")
    func resumedReads() async throws {
        let directory = try TemporaryDirectory()
        let rows = [OddServer.ticket, "695c76afd0e42018b77a9c2e"]
        let firewall = OddServer()
        let closesForReads = Atomic(false)
        try await RawServer.with {
            firewall.serve(
                $0, oddPuts: .max, oddReads: closesForReads.load(ordering: .relaxed) ? .max : 0,
                status: "403 Forbidden", body: "no", commits: false)
        } _: { server in
            let first = try await apply(
                server, directory, rows: rows, options: ["--give-up-after", "1s"])
            #expect(first.status == 5, "\(first.errors)")
            closesForReads.store(true, ordering: .relaxed)
            let resumed = try await BuiltProgram.run(
                ["resume", "run", "--yes"], in: URL(filePath: directory.path),
                environment: [
                    "MAVA_API_KEY": "a-key-of-the-tests", "MAVA_BASE_URL": server.baseURL,
                ])
            #expect(resumed.status == 5)
            #expect(
                resumed.errors.contains(
                    "can be resumed when this is fixed: mava-bulk resume run --yes"),
                "\(resumed.errors)")
        }
    }

    @Test(
        "where a canary's rows cannot be read again, the run ends with its report",
        arguments: [
            ("401 Unauthorized", #"{"error":"Unauthorized"}"#, Int32(4), "rejected the key"),
            ("403 Forbidden", "no", 5, "they could not be read again"),
        ])
    func unreadableCanary(status: String, body: String, code: Int32, said: String) async throws {
        let odd = OddServer()
        let directory = try TemporaryDirectory()
        try await RawServer.with {
            odd.serve($0, oddPuts: 0, status: status, body: body, readsAreOddAfterPut: true)
        } _: {
            let result = try await apply(
                $0, directory, rows: [OddServer.ticket, "695c76afd0e42018b77a9c2e"],
                options: ["--no-read", "--canary", "1", "--give-up-after", "1s"])
            #expect(result.status == code, "\(result.errors)")
            #expect(result.errors.contains(said), "\(result.errors)")
            #expect(result.errors.contains("mava-bulk resume run"))
            let report = try directory.readText("run/report.csv")
            #expect(report.contains(",updated,") && report.contains(",unsent,"), "\(report)")
            #expect(odd.puts == 1)
        }
    }

    @Test(
        "an outage during a run of two rows ends it resumable, and no row as failed",
        arguments: [
            ("503 Service Unavailable", "<html><title>Maintenance</title>"),
            ("200 OK", "<html><title>Log in</title>"),
        ])
    func smallOutage(status: String, body: String) async throws {
        let odd = OddServer()
        let directory = try TemporaryDirectory()
        try await RawServer.with {
            odd.serve($0, oddPuts: .max, status: status, body: body, commits: false)
        } _: {
            let rows = [OddServer.ticket, "695c76afd0e42018b77a9c2e"]
            let result = try await apply(
                $0, directory, rows: rows, options: ["--no-read", "--give-up-after", "1s"])
            #expect(result.status == 5, "\(result.errors)")
            #expect(result.errors.contains("mava-bulk resume run --yes"))
            #expect(result.errors.contains("\"Maintenance\"") || body.contains("Log in"))
            #expect(try !directory.readText("run/report.csv").contains(",failed,"))
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
                $0, directory, rows: rows, options: ["--no-read", "--give-up-after", "1s"])
            #expect(result.status == 5, "\(result.errors)")
            #expect(result.errors.contains("\"Web Guard\""), "\(result.errors)")
            #expect(result.errors.contains("mava-bulk resume run --yes"))
            #expect(!result.errors.contains("rejected the key"))
        }
    }
}
