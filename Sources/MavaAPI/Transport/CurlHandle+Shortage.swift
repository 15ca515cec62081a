import BulkSystem
import CCurl

import CLibrary

extension CurlHandle {
    /// What this machine was short of when a transfer failed before anything was written.
    ///
    /// libcurl gives the same results for a server that cannot be reached, and often does not keep the
    /// system's error number: a look-up that cannot open a socket is "could not resolve" to it, a file of
    /// authorities that cannot be opened is a bad file. So when the error may be of that kind, this tests
    /// whether a descriptor is left.
    ///
    /// - Parameter result: What libcurl says.
    /// - Returns: What is short, in words; `nil` where it is something else.
    func shortage(result: Int) -> String? {
        if result == CCURL_OUT_OF_MEMORY { return "there is no memory left" }
        if let text = Self.shortage(systemError) { return text }
        switch result {
        case CCURL_COULDNT_RESOLVE_HOST, CCURL_COULDNT_RESOLVE_PROXY, CCURL_COULDNT_CONNECT,
            CCURL_FAILED_INIT, CCURL_SSL_CONNECT_ERROR, CCURL_SSL_CERTPROBLEM,
            CCURL_SSL_CACERT_BADFILE, CCURL_SSL_CRL_BADFILE, CCURL_SSL_ENGINE_INITFAILED:
            return DescriptorLimit.isReached ? Self.shortage(EMFILE) : nil
        default: return nil
        }
    }

    /// The shortage that a system's error number names; `nil` for any other number.
    static func shortage(_ errorNumber: Int32) -> String? {
        switch errorNumber {
        case EMFILE: "this process may open no more files (ulimit -n)"
        case ENFILE: "the system may open no more files"
        case ENOMEM, ENOBUFS: "the system has no memory left for it"
        case EADDRNOTAVAIL: "no local port or address is free"
        default: nil
        }
    }
}
