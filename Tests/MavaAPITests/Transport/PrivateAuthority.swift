import BulkTestSupport
import Foundation
import MavaAPI

/// A certificate authority of a test's own, and a TLS server with a certificate of it.
///
/// Both are made by the `openssl` command, which serves a page of its own on every GET.
struct PrivateAuthority {
    struct CommandFailure: Error {
        var command: String
        var output: String
    }

    private let directory: TemporaryDirectory

    /// The authority's certificate, to be trusted.
    var caFile: String { directory.file("ca.pem") }

    /// Where the `openssl` command is; `nil` where there is none.
    static let opensslPath: String? = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        return path.split(separator: ":").map { "\($0)/openssl" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// Makes the authority and a certificate for a server.
    ///
    /// - Parameter names: What the certificate is for, as `subjectAltName` writes it.
    /// - Throws: A ``CommandFailure`` with what `openssl` said.
    init(names: String) throws {
        directory = try TemporaryDirectory(name: "mava-bulk-ca")
        try directory.write("subjectAltName=\(names)\n", to: "names.txt")
        let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try run(
            ["req", "-x509", "-subj", "/CN=A private authority", "-days", "2"] + newKey + [
                "-keyout", "ca.key", "-out", "ca.pem",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            ])
        try run(
            ["req", "-subj", "/CN=server"] + newKey + [
                "-keyout", "server.key", "-out", "server.csr",
            ])
        try run([
            "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2",
            "-CAcreateserial", "-extfile", "names.txt", "-out", "server.pem",
        ])
    }

    /// Runs a TLS server on a free port of loopback for as long as `body` does.
    ///
    /// - Parameter body: The test, given the port.
    /// - Throws: What `body` throws, or a ``CommandFailure`` when the server does not start.
    func withServer(_ body: (Int) async throws -> Void) async throws {
        let process = command([
            "s_server", "-accept", "127.0.0.1:0", "-cert", "server.pem", "-key", "server.key",
            "-www",
        ])
        let output = Pipe()
        // Its input stays open: it ends when that ends.
        let input = Pipe()
        process.standardOutput = output
        process.standardInput = input
        try process.run()
        defer {
            // Not `terminate`: a child of the cooperative pool's threads inherits their signal mask, which
            // holds that signal back.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            withExtendedLifetime(input) {}
        }
        try await body(try await port(saidOn: output))
    }

    /// Waits for the line `ACCEPT 127.0.0.1:port`, on a thread that may block.
    private func port(saidOn pipe: Pipe) async throws -> Int {
        let handle = pipe.fileHandleForReading
        let said: String = await withCheckedContinuation { continuation in
            let thread = JoinableThread {
                var text = ""
                while !text.contains("ACCEPT") || text.last != "\n" {
                    let data = handle.availableData
                    guard !data.isEmpty else { break }
                    text += String(decoding: data, as: UTF8.self)
                }
                continuation.resume(returning: text)
            }
            if let thread { thread.detach() } else { continuation.resume(returning: "no thread") }
        }
        guard let line = said.split(separator: "\n").first(where: { $0.hasPrefix("ACCEPT") }),
            let port = line.split(separator: ":").last.flatMap({ Int($0) })
        else { throw CommandFailure(command: "s_server", output: said) }
        return port
    }

    private func run(_ arguments: [String]) throws {
        let process = command(arguments)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CommandFailure(
                command: arguments[0], output: String(decoding: said, as: UTF8.self))
        }
    }

    private func command(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: Self.opensslPath ?? "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: directory.path)
        process.standardError = FileHandle.nullDevice
        return process
    }
}
