@testable import MavaAPI

extension CurlTransport {
    /// A transport that uses an idle connection again however long other tests keep this one waiting.
    static func patient(maxConnections: Int = 64) -> CurlTransport {
        var configuration = Configuration(maxConnections: maxConnections)
        configuration.maxIdleSeconds = 24 * 60 * 60
        return CurlTransport(configuration: configuration)
    }
}
