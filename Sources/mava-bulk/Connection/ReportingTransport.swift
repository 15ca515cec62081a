import BulkSystem
import MavaAPI

/// A transport that says on standard error what became of each request, for `--verbose`.
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
            report(request, "\(response.status)", since: start)
            return response
        } catch {
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
            report(request, "\(response.status)", since: start)
            return response
        } catch {
            report(request, "\(error)", since: start)
            throw error
        }
    }

    /// For example `PUT /api/ticket: 200 in 12 ms`.
    private func report(_ request: HTTPRequest, _ result: String, since start: Nanoseconds) {
        let milliseconds = (SystemTime.monotonic() - start).quotient(by: .millisecond)
        console.detail("\(request.method.rawValue) \(request.url): \(result) in \(milliseconds) ms")
    }
}
