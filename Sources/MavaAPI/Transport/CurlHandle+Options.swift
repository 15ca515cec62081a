import CCurl

extension CurlHandle {
    /// Sets a number or a switch.
    func set(_ option: Int, _ value: Int) throws(TransportError) {
        try check(ccurl_easy_set_long(library.functions, easy, Int32(option), value), option)
    }

    /// Sets a text, which libcurl copies; `nil` puts its default back.
    func set(_ option: Int, _ value: String?) throws(TransportError) {
        try check(ccurl_easy_set_string(library.functions, easy, Int32(option), value), option)
    }

    /// Sets an address that libcurl keeps as it is.
    func set(_ option: Int, pointer: UnsafeMutableRawPointer) throws(TransportError) {
        try check(ccurl_easy_set_pointer(library.functions, easy, Int32(option), pointer), option)
    }

    /// Sets who is called with what arrives.
    func set(
        _ option: Int, _ function: @escaping CCurlDataFunction
    ) throws(TransportError) {
        try check(
            ccurl_easy_set_data_function(library.functions, easy, Int32(option), function), option)
    }

    /// Sets a number that this libcurl may not know or may have been built without.
    ///
    /// - Returns: Whether it was taken.
    func isSet(_ option: Int, _ value: Int) -> Bool {
        ccurl_easy_set_long(library.functions, easy, Int32(option), value) == CCURL_OK
    }

    /// Sets a text for an option that this libcurl may not know.
    ///
    /// - Returns: Whether it was taken.
    func isSet(_ option: Int, _ value: String) -> Bool {
        ccurl_easy_set_string(library.functions, easy, Int32(option), value) == CCURL_OK
    }

    /// Turns a refused setting into an error; a transport with wrong settings must not send.
    func check(_ result: Int32, _ option: Int) throws(TransportError) {
        guard result != CCURL_OK else { return }
        throw Self.refusal("it refuses option \(option) (\(library.text(of: result)))")
    }

    /// The error for a temporary shortage on this machine.
    static func shortage(_ reason: String) -> TransportError {
        TransportError(
            code: .localShortage, message: "This machine cannot send for the moment: \(reason).",
            mayHaveReachedServer: false)
    }

    /// The error for a libcurl that refuses a setting.
    static func refusal(_ reason: String) -> TransportError {
        TransportError(
            code: .unavailable, message: "libcurl cannot carry the request: \(reason).",
            mayHaveReachedServer: false)
    }
}

extension Duration {
    /// The whole milliseconds that cover it, from 1 to about 24 days: libcurl's range, where 0 would
    /// mean "no limit".
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < 2_000_000 else { return 2_000_000_000 }
        let fraction = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return max(1, Int(seconds) * 1000 + Int(fraction))
    }
}
