import BulkTestSupport
import Foundation
import Testing

@testable import MavaAPI

@Suite("Loading libcurl")
struct CurlLibraryTests {
    @Test("a missing library is one clear error that names the package to install")
    func missing() async throws {
        let transport = CurlTransport(configuration: CurlTransport.Configuration()) {
            () throws(TransportError) in
            try CurlLibrary(names: ["libcurl-of-nowhere.so.4"])
        }
        for _ in 1...2 {
            let error = await #expect(throws: TransportError.self) {
                try await transport.send(HTTPRequest(method: .get, url: "http://127.0.0.1:1/"))
            }
            #expect(error?.code == .unavailable)
            #expect(error?.mayHaveReachedServer == false)
            #expect(error?.message.contains("apt install libcurl4") == true)
            #expect(error?.message.contains("libcurl-of-nowhere.so.4") == true)
        }
    }

    @Test("a library that is too old, or is not libcurl, is refused with the reason")
    func unsuitable() throws {
        let old = #expect(throws: TransportError.self) {
            try CurlLibrary(names: CurlLibrary.systemNames, minimumVersion: 0xFF_00_00)
        }
        #expect(old?.message.contains("too old") == true)
        #if os(Linux)
            let other = #expect(throws: TransportError.self) {
                try CurlLibrary(names: ["libc.so.6"])
            }
            #expect(other?.message.contains("has no curl_") == true)
        #endif
    }

    @Test(
        "what the loader says where memory is short is told from a missing library",
        arguments: [
            ("libcurl.so.4: failed to map segment from shared object", true),
            ("libcurl.so.4: cannot create shared object descriptor: Cannot allocate memory", true),
            ("Error loading shared library libcurl.so.4: Out of memory", true),
            ("libcurl.so.4: cannot open shared object file: No such file or directory", false),
            ("libcurl.so.4: cannot open shared object file: Too many open files", false),
        ])
    func memory(reason: String, isShort: Bool) {
        #expect(CurlLibrary.tellsOfMemory(reason) == isShort)
    }

    /// A library is never unloaded, so this one is kept, as the program keeps its own.
    private static let second = Result {
        try CurlLibrary(names: ["libcurl-of-nowhere.so"] + CurlLibrary.systemNames)
    }

    @Test("the first library that can be loaded is taken")
    func order() throws {
        let library = try Self.second.get()
        #expect(library.version >= CurlLibrary.minimumVersion)
    }

    #if os(Linux) || os(macOS)
        @Test("loopback and plain http are never proxied, whatever the environment says; https is")
        func proxies() async throws {
            await #expect(processExitsWith: .success) {
                let seen = Received<String>()
                let isRight: Bool = try await RawServer.with { connection in
                    guard let request = connection.readRequest() else { return }
                    seen.add(request.line)
                    connection.respond()
                } _: { server in
                    // A separate process, so that no other test reads its environment.
                    for name in ["http_proxy", "https_proxy", "all_proxy"] {
                        setenv(name, server.baseURL, 1)
                    }
                    setenv("no_proxy", "", 1)
                    let dead = try RawServer.unusedPort()
                    let transport = CurlTransport()
                    // The proxy does not answer as one, so the last request fails, too.
                    for (url, codes) in [
                        ("http://127.0.0.1:\(dead)/", [.connect]),
                        ("http://localhost:\(dead)/", [.connect]),
                        ("http://mava.invalid/api", [.resolve]),
                        ("https://mava.invalid/api", TransportError.Code.allCases),
                    ] as [(String, [TransportError.Code])] {
                        do {
                            _ = try await transport.send(HTTPRequest(method: .get, url: url))
                            return false
                        } catch let error as TransportError {
                            guard codes.contains(error.code) else { return false }
                        }
                    }
                    return seen.all == ["CONNECT mava.invalid:443 HTTP/1.1"]
                }
                precondition(isRight, "proxied: \(seen.all)")
            }
        }
    #endif
}
