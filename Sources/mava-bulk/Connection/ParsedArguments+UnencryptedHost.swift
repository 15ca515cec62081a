import MavaAPI

extension ParsedArguments {
    /// The host to which `--allow-http` lets the key go unencrypted.
    ///
    /// Only the command line names it: no variable, no configuration file, and no earlier run.
    ///
    /// - Parameter baseURL: The API's address.
    /// - Returns: The host; `nil` without the option, or where the address is none, which is refused later.
    /// - Throws: A ``CommandFailure`` of wrong usage when the option does not fit the address.
    func unencryptedHost(of baseURL: String) throws -> String? {
        guard let text = self[.allowHTTP] else { return nil }
        guard let named = HTTPEndpoint(url: "http://\(text)"), named.host == text.lowercased()
        else {
            throw CommandFailure.usage(
                "--allow-http takes one host without a port, such as sandbox or 10.0.0.7")
        }
        guard !named.isMava else {
            throw CommandFailure.usage(
                "--allow-http is not for Mava itself, which is asked over https")
        }
        guard let address = HTTPEndpoint(url: baseURL) else { return nil }
        guard address.scheme == .http, !address.isLoopback else {
            throw CommandFailure.usage(
                "--allow-http \(text) has no effect: the key does not go unencrypted over a network to "
                    + "\(address.scheme.rawValue)://\(address); leave it out")
        }
        guard address.host == named.host else {
            throw CommandFailure.usage(
                "--allow-http names \(text), and the base URL has the host \(address.host): name the same one"
            )
        }
        return named.host
    }
}
