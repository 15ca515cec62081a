import Foundation

/// An independent client that sends arbitrary bytes: a Python socket.
enum RawSocket {
    /// Bytes to send on one connection, in pieces.
    struct Exchange: Codable {
        /// The pieces, sent with `TCP_NODELAY` one after the other; every character is one byte.
        var send: [String]
        /// Whether the client shuts down its sending side after the last piece.
        var ends = true

        init(_ pieces: String..., ends: Bool = true) {
            send = pieces
            self.ends = ends
        }

        init(pieces: [String], ends: Bool = true) {
            send = pieces
            self.ends = ends
        }
    }

    /// The bytes received until the server closed.
    struct Answer: Codable {
        /// Every byte as one character.
        var received: String
        /// How the server closed: `end`, `reset`, or `timeout` when it did not within 20 seconds.
        var closing: String

        /// The status codes of all responses in the answer.
        var statuses: [Int] {
            received.components(separatedBy: "HTTP/1.1 ").dropFirst().compactMap {
                Int($0.prefix(3))
            }
        }

        /// The bytes after the last response's head.
        var body: String {
            received.components(separatedBy: "\r\n\r\n").last ?? ""
        }
    }

    /// Runs exchanges one after the other, each on its own connection.
    static func play(_ exchanges: [Exchange], port: UInt16) async throws -> [Answer] {
        let input = try JSONEncoder().encode(exchanges)
        let outcome = try await Program.run("python3", ["-c", script, String(port)], input: input)
        return try JSONDecoder().decode([Answer].self, from: outcome.output)
    }

    /// Runs one exchange.
    static func play(_ exchange: Exchange, port: UInt16) async throws -> Answer {
        try await play([exchange], port: port)[0]
    }

    private static let script = """
        import json, socket, sys
        answers = []
        for exchange in json.load(sys.stdin):
            s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=20)
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            received, closing = b"", "end"
            try:
                for piece in exchange["send"]:
                    s.sendall(piece.encode("latin-1"))
                if exchange["ends"]:
                    s.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            try:
                while True:
                    block = s.recv(65536)
                    if not block:
                        break
                    received += block
            except socket.timeout:
                closing = "timeout"
            except OSError:
                closing = "reset"
            s.close()
            answers.append({"received": received.decode("latin-1"), "closing": closing})
        print(json.dumps(answers))
        """
}
