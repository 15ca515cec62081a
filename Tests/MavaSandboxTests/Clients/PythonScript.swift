import Foundation

/// A client that is not ours and reads as programs read: Python's `http.client`.
enum PythonScript {
    /// Runs a script, with the port as its first argument and `http.client`, `json`, `socket`, `sys`
    /// imported.
    ///
    /// - Returns: What it printed, a line each.
    static func run(_ script: String, port: UInt16, arguments: [String] = []) async throws
        -> [String]
    {
        let outcome = try await Program.run(
            "python3",
            ["-c", "import http.client, json, socket, sys, zlib\n" + script, String(port)]
                + arguments)
        return outcome.text.split(separator: "\n").map(String.init)
    }
}
