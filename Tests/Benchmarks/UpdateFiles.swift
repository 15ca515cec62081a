import BulkSystem
import MavaSandbox

import CLibrary

/// Writes the updates that the contenders of ``ExecuteBench`` send, each in the form that it reads:
/// `execute files COUNT DIRECTORY [ADDRESS]`, which prints the key.
///
/// It is a process of its own because the system counts the memory of a process that starts another to
/// that other one's peak.
struct UpdateFiles {
    private let directory: String

    static func run(_ arguments: ArraySlice<String>) throws {
        let words = Array(arguments)
        guard (2...3).contains(words.count), let count = Int(words[0]) else {
            throw ChildProcess.Failure(
                description: "usage: execute files COUNT DIRECTORY [ADDRESS]")
        }
        let workspace = try Workspace.generate(tickets: count, seed: 7)
        let key = workspace.apiKeys[0]
        let files = UpdateFiles(directory: words[1])
        if words.count == 3 {
            // curl reads whole URLs.
            try files.writeCurlConfiguration(workspace.ticketIDs, key, words[2])
        } else {
            try files.write(workspace.ticketIDs)
        }
        print(key)
        fflush(nil)
    }

    private func write(_ ids: [String]) throws {
        try write("input.csv") { buffer in
            buffer.append("ticketId,status,priority\n")
            for id in ids {
                buffer.append(text: id)
                buffer.append(",Resolved,3\n")
            }
        }
        try write("bodies.jsonl") { buffer in
            for id in ids {
                buffer.append("{\"ticketId\":\"")
                buffer.append(text: id)
                buffer.append("\",\"status\":\"Resolved\",\"priority\":3}\n")
            }
        }
    }

    private func writeCurlConfiguration(
        _ ids: [String], _ key: String, _ address: String
    ) throws {
        try write("curl.conf") { buffer in
            for (number, id) in ids.enumerated() {
                if number > 0 { buffer.append("next\n") }
                buffer.append(text: "url = \"\(address)/api/ticket\"\nrequest = \"PUT\"\n")
                buffer.append(text: "header = \"x-auth-token: \(key)\"\n")
                buffer.append("header = \"content-type: application/json\"\n")
                buffer.append(text: "data = \"{\\\"ticketId\\\":\\\"\(id)\\\",")
                buffer.append("\\\"status\\\":\\\"Resolved\\\",\\\"priority\\\":3}\"\n")
                buffer.append("output = \"/dev/null\"\n")
            }
        }
    }

    private func write(_ name: String, _ body: (inout OutputBuffer) -> Void) throws {
        var buffer = OutputBuffer(capacity: 1 << 20)
        body(&buffer)
        let path = "\(directory)/\(name)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ChildProcess.Failure(description: "\(path) cannot be written")
        }
        defer { _ = close(descriptor) }
        try buffer.drain { bytes throws(FileError) in
            try POSIXFileSystem().writeAll(OpenFile(descriptor: descriptor, path: path), bytes)
        }
    }
}
