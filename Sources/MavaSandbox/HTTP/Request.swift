/// One whole request in memory; valid only while it is being answered.
struct Request {
    /// Its parsed head.
    var head: RequestHead
    /// The bytes that the head's ranges refer to.
    var bytes: UnsafeBufferPointer<UInt8>
    /// The body, unchunked.
    var body: UnsafeBufferPointer<UInt8>
    /// Whether the client runs on this machine.
    var isFromLoopback: Bool

    /// The bytes of a range of the head.
    func text(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[range])
    }

    /// The decoded parameters of the query, or nil when an escape is malformed.
    var parameters: [(name: String, value: [UInt8])]? {
        guard let query = head.query else { return [] }
        var result: [(name: String, value: [UInt8])] = []
        for part in bytes[query].split(separator: UInt8(ascii: "&")) {
            let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            guard let name = PercentEncoding.decode(part[..<equals], plusIsSpace: true),
                let value = PercentEncoding.decode(part[equals...].dropFirst(), plusIsSpace: true)
            else { return nil }
            result.append((String(decoding: name, as: UTF8.self), value))
        }
        return result
    }
}
