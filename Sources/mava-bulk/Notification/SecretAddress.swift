import BulkSystem
import MavaAPI

/// The address of a webhook or a monitor, whose path is a password: it is in no message, log or file.
struct SecretAddress: Sendable, CustomStringConvertible, CustomReflectable {
    /// Far more than any such address has.
    private static let longest = 8 << 10

    private let address: String
    /// Whether the connection stays on this machine.
    let isLoopback: Bool
    /// The form of the messages that its host takes.
    let form: RunMessage.Form

    /// Never the address itself.
    var description: String { "<redacted>" }
    var customMirror: Mirror { Mirror(self, children: []) }

    /// Checks an address.
    ///
    /// - Parameters:
    ///   - text: The address, with white space around it as a file has it.
    ///   - source: Where it comes from, for a message.
    /// - Throws: A ``CommandFailure`` of wrong usage, which does not repeat the address.
    init(_ text: String, from source: String) throws(CommandFailure) {
        let start = text.drop(while: \.isWhitespace)
        let text = String(start.reversed().drop(while: \.isWhitespace).reversed())
        guard text.utf8.count <= Self.longest, let endpoint = HTTPEndpoint(url: text),
            !text.contains("#")
        else {
            throw .usage(
                "\(source) holds no https address: write one line such as https://host/path, without a user "
                    + "name and without a #; it is not shown, because it can be a secret")
        }
        guard endpoint.scheme == .https || endpoint.isLoopback else {
            throw .usage(
                "\(source) holds an http address, over which its path is sent unencrypted; use https (http is "
                    + "for loopback only)")
        }
        address = text
        isLoopback = endpoint.isLoopback
        form = RunMessage.Form(of: endpoint.host)
    }

    /// Reads the address that options, the environment or the user's configuration give; `nil` for none.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - option: The option that takes the address.
    ///   - fileOption: The option that takes a file with the address.
    /// - Throws: A ``CommandFailure`` of wrong usage, which does not repeat the address.
    init?(
        _ arguments: ParsedArguments, _ option: OptionID, _ fileOption: OptionID
    ) throws(CommandFailure) {
        if let text = arguments[option] {
            guard !arguments.isGiven(fileOption) else {
                throw .usage(
                    "--\(option.rawValue) and --\(fileOption.rawValue) say the same: leave one out")
            }
            try self.init(text, from: "--\(option.rawValue)")
            return
        }
        if let variable = Self.variable(insteadOf: fileOption, arguments) {
            try self.init(CurrentProcess.environment[variable] ?? "", from: variable)
            return
        }
        guard let path = arguments[fileOption] else { return nil }
        let origin = arguments.configured.origins[fileOption]?.text ?? "--\(fileOption.rawValue)"
        if Self.isLikeAddress(path) {
            throw .usage(
                "\(origin) takes a file that holds the address, and this seems to be the address itself, which is "
                    + "not shown: write it to a file with the mode 0600")
        }
        let bytes: [UInt8]?
        do throws(FileError) {
            bytes = try FileReader.bytes(of: path, atMost: Self.longest)
        } catch {
            throw .usage("\(origin) cannot be used: \(error)")
        }
        try self.init(String(decoding: bytes ?? [], as: UTF8.self), from: "\(origin) \(path)")
    }

    /// The variable that holds the address itself, if it counts and not a file.
    ///
    /// - Parameters:
    ///   - option: The option that takes a file with the address.
    ///   - arguments: The command line.
    /// - Returns: The variable's name; `nil` where none counts.
    static func variable(insteadOf option: OptionID, _ arguments: ParsedArguments) -> String? {
        let name: String
        switch option {
        case .notifyFile: name = "MAVA_BULK_NOTIFY_URL"
        case .pingFile: name = "MAVA_BULK_PING_URL"
        default: return nil
        }
        // A rehearsal bothers people only where its command line says so.
        guard !arguments.isGiven(option), !arguments.has(.sandbox),
            CurrentProcess.environment[name]?.isEmpty == false
        else { return nil }
        return name
    }

    /// Whether the name of a file is an address by mistake, with or without its scheme.
    ///
    /// - Parameter path: The name of the file.
    /// - Returns: Whether it is.
    static func isLikeAddress(_ path: String) -> Bool {
        if path.wholeMatch(of: /(?i)https?:.*/) != nil || path.contains("://") { return true }
        guard !FilePath.isTaken(path), let end = path.firstIndex(of: "/") else { return false }
        // Such as hooks.example.com/services/…
        return path[..<end].wholeMatch(of: /[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]+)?/) != nil
    }

    /// The address for a request, with more at the end of its path.
    ///
    /// - Parameter segment: What follows the path, such as `start`; `nil` for nothing.
    /// - Returns: The address.
    func url(adding segment: String? = nil) -> String {
        guard let segment else { return address }
        let end = address.firstIndex(of: "?") ?? address.endIndex
        let path = address[..<end]
        return path + (path.hasSuffix("/") ? "" : "/") + segment + address[end...]
    }
}
