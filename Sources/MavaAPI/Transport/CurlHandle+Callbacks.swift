import CCurl

// The callbacks of a handle. All of them run on the transport's thread, inside `curl_multi_socket_action`;
// the context is the handle, which the loop keeps alive for as long as libcurl has its address. Any result
// other than the number of bytes ends the transfer.

/// The most bytes of header lines that are taken for one answer, interim answers included.
let curlHeaderLimit = 256 << 10

/// Receives one header line.
func curlReceivedHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes, let context else { return 0 }
    let handle = Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue()
    let length = size * count
    let line = UnsafeRawBufferPointer(start: bytes, count: length)
    guard handle.head.parse(line) else {
        handle.stop = .headersTooLarge
        return 0
    }
    return length
}

/// Receives a piece of the body.
func curlReceivedBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes, let context else { return 0 }
    let handle = Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue()
    let length = size * count
    guard length <= handle.bodyLimit - handle.body.count else {
        if handle.dropsRest { return length }
        handle.stop = .bodyTooLarge
        return 0
    }
    handle.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: length))
    return length
}

/// Lets the request be written once.
///
/// When a reused connection turns out to be closed, libcurl writes the request again on a new one,
/// although the server may have taken the first; there is no option against it. Each writing counts
/// against the quota and needs a permit, so the second is refused and the caller decides.
func curlWillWrite(
    _ context: UnsafeMutableRawPointer?, _ remote: UnsafeMutablePointer<CChar>?,
    _ local: UnsafeMutablePointer<CChar>?, _ remotePort: Int32, _ localPort: Int32
) -> Int32 {
    guard let context else { return Int32(CCURL_PREREQ_ABORT) }
    let handle = Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue()
    guard handle.writeAttempts == 0 else {
        handle.stop = .wouldRepeat
        return Int32(CCURL_PREREQ_ABORT)
    }
    handle.writeAttempts = 1
    return Int32(CCURL_PREREQ_OK)
}
