import BulkSystem
import MavaAPI
import Synchronization

/// A transport that keeps why the last request failed, and says on standard error what became of each request where
/// `--verbose` asks for that.
///
/// Headers and bodies are not shown: they hold the key and the texts of customers.
struct ReportingTransport: HTTPTransport {
    private let inner: any HTTPTransport
    private let console: Console

    init(_ inner: any HTTPTransport, _ console: Console) {
        self.inner = inner
        self.console = console
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let start = SystemTime.monotonic()
        do throws(TransportError) {
            let response = try await inner.send(request)
            note(HTTPTrouble.text(of: response.status))
            report(request, "\(response.status)", since: start)
            return response
        } catch {
            note(HTTPTrouble.text(of: error.code))
            report(request, "\(error)", since: start)
            throw error
        }
    }

    func send(
        _ request: HTTPRequest, until isUsable: (HTTPResponse) -> Bool
    ) async throws(TransportError) -> HTTPResponse {
        let start = SystemTime.monotonic()
        do throws(TransportError) {
            let response = try await inner.send(request, until: isUsable)
            note(HTTPTrouble.text(of: response.status))
            report(request, "\(response.status)", since: start)
            return response
        } catch {
            note(HTTPTrouble.text(of: error.code))
            report(request, "\(error)", since: start)
            throw error
        }
    }

    private func note(_ trouble: String?) {
        // Nearly all requests succeed, one after the other.
        console.lastTrouble.withLock { if $0 != trouble { $0 = trouble } }
    }

    /// For example `PUT /api/ticket: 200 in 12 ms`.
    private func report(_ request: HTTPRequest, _ result: String, since start: Nanoseconds) {
        guard console.isVerbose else { return }
        let milliseconds = (SystemTime.monotonic() - start).quotient(by: .millisecond)
        console.detail("\(request.method.rawValue) \(request.url): \(result) in \(milliseconds) ms")
    }
}

/// Why a request is tried again, in a few words for a progress line.
enum HTTPTrouble {
    /// The trouble that an answer's status tells; `nil` for a success.
    static func text(of status: Int) -> String? {
        (200...299).contains(status) ? nil : "HTTP \(status)"
    }

    /// The trouble of a request without an answer.
    static func text(of code: TransportError.Code) -> String? {
        switch code {
        case .resolve: "name not found"
        case .connect, .unavailable, .localShortage: "no connection"
        case .tls: "TLS failed"
        case .untrusted: "certificate not trusted"
        case .timeout: "no answer in time"
        case .connectionLost: "connection lost"
        case .malformedResponse, .tooLarge: "unusable answer"
        case .cancelled: nil
        }
    }
}
