/// One complete HTTP answer, whatever its status.
public struct HTTPResponse: Sendable {
    /// The status code, 100 to 599.
    public var status: Int
    /// The header fields in the order they came; names in lower case.
    public var headers: [(name: String, value: String)]
    /// The whole body.
    public var body: [UInt8]

    /// Makes an answer from its parts; header names are lowered.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers.map { ($0.name.lowercased(), $0.value) }
        self.body = body
    }

    /// Makes an answer whose header names are lower case already.
    init(status: Int, loweredHeaders: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        headers = loweredHeaders
        self.body = body
    }

    /// Every value of a header, in the order they came.
    ///
    /// - Parameter name: The header's name, in lower case.
    /// - Returns: The values; empty when the header is absent.
    public func values(of name: String) -> [String] {
        headers.filter { $0.name == name }.map(\.value)
    }
}
