import Foundation

/// A private certificate authority for a test, and a TLS server with a certificate from it.
///
/// Both are made with the `openssl` command, whose server returns a page of its own for every GET.
package struct PrivateAuthority {
    package struct CommandFailure: Error {
        package var command: String
        package var output: String
    }

    private let directory: TemporaryDirectory

    /// The authority's certificate, which clients must trust.
    package var caFile: String { directory.file("ca.pem") }

    /// A directory in which OpenSSL finds the authority's certificate by its hash.
    package func caDirectory() throws -> String {
        let result = try ChildProgram(
            Self.opensslPath ?? "openssl", ["x509", "-hash", "-noout", "-in", "ca.pem"],
            in: directory.path
        ).wait()
        let hash = String(decoding: result.output, as: UTF8.self).filter { $0.isHexDigit }
        let path = directory.file("authorities")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: caFile, toPath: "\(path)/\(hash).0")
        return path
    }

    /// The path of the `openssl` command; `nil` if there is none.
    package static let opensslPath: String? = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        return path.split(separator: ":").map { "\($0)/openssl" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// Makes the authority and a certificate for a server.
    ///
    /// - Parameter names: The names in the certificate, in the form of `subjectAltName`.
    /// - Throws: A ``CommandFailure`` with the messages of `openssl`.
    package init(names: String) throws {
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

    /// Runs a TLS server on a free loopback port while `body` runs.
    ///
    /// - Parameter body: The test, which gets the port.
    /// - Throws: What `body` throws, or a ``CommandFailure`` when the server does not start.
    package func withServer(_ body: (Int) async throws -> Void) async throws {
        // The server ends at the end of its input, so the input stays open.
        let server = try ChildProgram(
            Self.opensslPath ?? "openssl",
            [
                "s_server", "-accept", "127.0.0.1:0", "-cert", "server.pem", "-key", "server.key",
                "-www",
            ], in: directory.path, input: .open)
        do {
            let line = try await server.line(containing: "ACCEPT")
            guard let port = line.split(separator: ":").last.flatMap({ Int($0) }) else {
                throw CommandFailure(command: "s_server", output: line)
            }
            try await body(port)
        } catch {
            server.signal(SIGTERM)
            _ = try await server.end()
            throw error
        }
        server.signal(SIGTERM)
        _ = try await server.end()
    }

    private func run(_ arguments: [String]) throws {
        let result = try ChildProgram(
            Self.opensslPath ?? "openssl", arguments, in: directory.path
        ).wait()
        guard result.status == 0 else {
            throw CommandFailure(
                command: arguments[0], output: String(decoding: result.errors, as: UTF8.self))
        }
    }
}
