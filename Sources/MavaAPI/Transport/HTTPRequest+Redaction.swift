extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The method and the URL; never a header's value.
    public var description: String { "\(method.rawValue) \(url)" }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// A mirror that shows the headers' names and the body's length, so that `dump` shows no key.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "method": method.rawValue, "url": url, "headers": headers.map(\.name),
                "bodyLength": body.count, "timeout": timeout, "bodyLimit": bodyLimit,
            ] as KeyValuePairs<String, Any>)
    }
}
