/// The methods that the sandbox distinguishes.
enum HTTPMethod: UInt8, Sendable {
    case get
    case head
    case put
    case post
    case options
    case other

    init(_ name: UnsafeBufferPointer<UInt8>) {
        // Methods are case-sensitive (RFC 9110, section 9.1).
        if name.elementsEqual("PUT".utf8) {
            self = .put
        } else if name.elementsEqual("GET".utf8) {
            self = .get
        } else if name.elementsEqual("HEAD".utf8) {
            self = .head
        } else if name.elementsEqual("POST".utf8) {
            self = .post
        } else if name.elementsEqual("OPTIONS".utf8) {
            self = .options
        } else {
            self = .other
        }
    }
}

extension HTTPMethod {
    /// The method's name, as statistics and logs write it.
    var name: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .put: "PUT"
        case .post: "POST"
        case .options: "OPTIONS"
        case .other: "OTHER"
        }
    }
}
