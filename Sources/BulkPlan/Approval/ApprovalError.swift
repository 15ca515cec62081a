/// Why approvals cannot be given, read or accepted.
public struct ApprovalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of causes.
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// The plan has fewer approvals than it needs.
        case missing = "approvals_missing"
        /// Somebody declined the plan.
        case declined = "plan_declined"
        /// The file of approvals cannot be used.
        case fileUnusable = "approvals_unusable"
        /// The file of allowed signers cannot be used.
        case signersUnusable = "signers_unusable"
        /// `ssh-keygen` is not installed.
        case programMissing = "ssh_keygen_missing"
        /// `ssh-keygen` did not do what it was asked for.
        case programFailed = "ssh_keygen_failed"
    }

    /// The cause.
    public var code: Code
    /// What is wrong and how to fix it, in words.
    public var message: String
    /// The file concerned; `nil` if there is none.
    public var path: String?
    /// The line concerned, 1 being the first; `nil` for the whole file.
    public var line: Int?

    /// Makes an error from its parts.
    package init(code: Code, message: String, path: String? = nil, line: Int? = nil) {
        self.code = code
        self.message = message
        self.path = path
        self.line = line
    }

    /// The position and the message in readable form.
    public var description: String {
        guard let path else { return message }
        return line.map { "\(path):\($0): \(message)" } ?? "\(path): \(message)"
    }
}
