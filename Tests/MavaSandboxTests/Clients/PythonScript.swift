import Foundation

/// An independent client library: Python's `http.client`.
enum PythonScript {
    /// Runs a script, with the port as its first argument.
    ///
    /// The script has `http.client`, `json`, `socket` and `sys` imported.
    ///
    /// - Returns: The lines that it printed.
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
