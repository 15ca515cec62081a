import MavaSandbox
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Unusable workspaces: code, path and position of the mistake.
@Suite struct WorkspaceErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var json: String
        var code: WorkspaceError.Code
        var path: String
        var line = 1
        var testDescription: String { json }
    }

    /// A workspace with one organisation that has these members.
    static func organisation(_ members: String) -> String {
        "{\"organisations\":[{\"apiKeys\":[\"k\"],\n\(members)}]}"
    }

    static func ticket(_ members: String) -> String {
        organisation("\"tickets\":[{\"_id\":\"665f1c0ac2b9e4a1d8f10001\"},\n{\(members)}]")
    }

    static let id = #""_id":"665f1c0ac2b9e4a1d8f10002""#

    @Test(
        "every mistake is named with its place",
        arguments: [
            Case(json: "", code: .malformed, path: ""),
            Case(json: "[]", code: .wrongType, path: ""),
            Case(json: "{}", code: .missingKey, path: ""),
            Case(json: "{\"organisations\":[]}", code: .missingKey, path: ""),
            Case(json: "{\"organisations\":{}}", code: .wrongType, path: "organisations"),
            Case(json: "{\"organisation\":[]}", code: .unknownKey, path: "organisation"),
            Case(
                json: "{\n\n\"organisations\":[{}]}", code: .missingKey, path: "organisations[0]",
                line: 3),
            Case(
                json: "{\"organisations\":[{\"apiKeys\":[]}]}", code: .missingKey,
                path: "organisations[0]"),
            Case(
                json: "{\"organisations\":[{\"apiKeys\":[\"a b\"]}]}", code: .wrongValue,
                path: "organisations[0].apiKeys[0]"),
            Case(
                json: "{\"organisations\":[{\"apiKeys\":[\"k\"]},{\"apiKeys\":[\"k\"]}]}",
                code: .duplicate, path: ""),
            Case(
                json: organisation("\"x\":1"), code: .unknownKey, path: "organisations[0].x",
                line: 2),
            Case(
                json: organisation("\"name\":1"), code: .wrongType, path: "organisations[0].name",
                line: 2),
            Case(
                json: organisation("\"name\":\"a\",\"name\":\"b\""), code: .duplicate,
                path: "organisations[0].name", line: 2),
            Case(
                json: organisation("\"agents\":[{\"id\":\"a\"},{\"id\":\"a\"}]"), code: .duplicate,
                path: "organisations[0]"),
            Case(
                json: organisation("\"agents\":[{\"email\":\"a\"}]"), code: .missingKey,
                path: "organisations[0].agents[0]", line: 2),
            Case(
                json: organisation("\"categories\":[{\"id\":\"a\"}]"), code: .missingKey,
                path: "organisations[0].categories[0]", line: 2),
            Case(
                json: organisation("\"categories\":[{\"id\":\"a\",\"name\":null}]"),
                code: .wrongType, path: "organisations[0].categories[0].name", line: 2),
            Case(
                json: ticket("\"status\":\"Open\""), code: .missingKey,
                path: "organisations[0].tickets[1]", line: 3),
            Case(
                json: ticket("\"_id\":\"665f1c0ac2b9e4a1d8f10001\""), code: .duplicate,
                path: "organisations[0].tickets[1]", line: 3),
            Case(
                json: ticket("\"_id\":\"plain\""), code: .missingKey,
                path: "organisations[0].tickets[1]", line: 3),
            Case(
                json: ticket("\"_id\":\"a b\""), code: .wrongValue,
                path: "organisations[0].tickets[1]._id", line: 3),
            Case(
                json: ticket("\(id),\"priority\":4"), code: .wrongValue,
                path: "organisations[0].tickets[1].priority", line: 3),
            Case(
                json: ticket("\(id),\"priority\":\"2\""), code: .wrongType,
                path: "organisations[0].tickets[1].priority", line: 3),
            Case(
                json: ticket("\(id),\"createdAt\":\"soon\""), code: .wrongValue,
                path: "organisations[0].tickets[1].createdAt", line: 3),
            Case(
                json: ticket("\(id),\"assignee\":null"), code: .unknownKey,
                path: "organisations[0].tickets[1].assignee", line: 3),
            Case(
                json: ticket("\(id),\"assignedTo\":\"nobody\""), code: .unknownReference,
                path: "organisations[0].tickets[1].assignedTo", line: 3),
            Case(
                json: ticket("\(id),\"category\":\"nothing\""), code: .unknownReference,
                path: "organisations[0].tickets[1].category", line: 3),
            Case(
                json: ticket("\(id),\"messages\":[1]"), code: .wrongType,
                path: "organisations[0].tickets[1].messages[0]", line: 3),
            Case(
                json: ticket("\(id),"), code: .malformed, path: "organisations[0].tickets[1]",
                line: 3),
            Case(json: organisation("") + "x", code: .malformed, path: "organisations[0]", line: 2),
        ])
    func mistakes(_ row: Case) {
        let error = #expect(throws: WorkspaceError.self) {
            try Workspace(json: row.json, name: "w.json")
        }
        #expect(error?.code == row.code)
        #expect(error?.path == row.path)
        #expect(error?.line == row.line)
        #expect(error?.description.hasPrefix("w.json:\(row.line):") == true)
    }

    @Test("the position is the value's, and the text says how to fix it")
    func wording() {
        let error = #expect(throws: WorkspaceError.self) {
            try Workspace(
                json: Self.ticket("\(Self.id),\"assignedTo\":\"nobody\""), name: "w.json")
        }
        #expect(
            error?.description
                == "w.json:3:1: organisations[0].tickets[1].assignedTo: \"nobody\" is not among this "
                + "organisation's agents; add it there (with \"archived\": true if it has gone), or "
                + "write null")
    }

    @Test("a file that is not there is an error that says so")
    func unreadable() {
        let error = #expect(throws: WorkspaceError.self) {
            try Workspace.load(path: "/nowhere/workspace.json")
        }
        #expect(error?.code == .unreadable)
        #expect(error?.description.contains("No such file") == true)
    }

    @Test("comments are passed over, and a byte order mark too")
    func comments() throws {
        let json =
            "\u{FEFF}{\"$schema\":1,\"_a\":{},\"organisations\":[{\"_x\":[1],\"apiKeys\":[\"k\"],"
            + "\"tickets\":[{\"_comment\":\"\",\(Self.id)}]}]}"
        let workspace = try Workspace(json: json)
        let ticket = workspace.ticket("665f1c0ac2b9e4a1d8f10002")
        #expect(ticket?.status == "Open")
        #expect(ticket?.priority == 1)
        #expect(ticket?.updatedAt == Date(timeIntervalSince1970: 0x665f_1c0a))
    }
}
