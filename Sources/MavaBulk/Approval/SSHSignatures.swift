internal import BulkPlan
internal import BulkSystem

/// Makes SSH signatures with the `ssh-keygen` of OpenSSH, and has it check them.
struct SSHSignatures {
    fileprivate let program: ExternalProgram

    /// How long a person may take to give a passphrase or to touch a security key.
    private static let signingLimit: Nanoseconds = 120 * .second

    /// Finds the program.
    ///
    /// - Parameter searchPath: Where to look for it; `nil` for the variable `PATH`.
    /// - Throws: An ``ApprovalError`` when it is not there.
    init(searchPath: String? = nil) throws(ApprovalError) {
        guard let program = ExternalProgram(named: "ssh-keygen", in: searchPath) else {
            throw ApprovalError(
                code: .programMissing,
                message: "signatures need ssh-keygen, which is not on the PATH: install OpenSSH "
                    + "(the package openssh-client on Debian and Ubuntu)")
        }
        self.program = program
    }

    /// Signs some bytes.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - keyFile: The private key, or a public key whose private half an agent has.
    /// - Returns: The armoured signature.
    /// - Throws: An ``ApprovalError`` when the key cannot be used.
    func sign(_ bytes: [UInt8], keyFile: String) throws -> String {
        let path = FilePath.absolute(keyFile)
        guard FilePath.isRegularFile(path) else {
            throw ApprovalError(
                code: .programFailed,
                message: FilePath.exists(path)
                    ? "this is no file, and a key is one" : "there is no such key", path: keyFile)
        }
        let result = try run(
            ["-Y", "sign", "-q", "-n", PlanApproval.namespace, "-f", path], bytes,
            within: Self.signingLimit)
        let signature = String(decoding: result.output, as: UTF8.self)
        guard result.status == 0, PlanApproval.isArmoured(signature),
            signature.utf8.count <= PlanApproval.longestSignature
        else {
            throw ApprovalError(
                code: .programFailed,
                message: "ssh-keygen could not sign with this key: \(result.reason)",
                path: keyFile)
        }
        return signature
    }

    fileprivate func run(
        _ arguments: [String], _ input: [UInt8], within limit: Nanoseconds
    ) throws -> ExternalProgram.Result {
        do {
            return try program.run(arguments, input: input, within: limit)
        } catch let failure as ExternalProgram.Failure {
            let message =
                switch failure {
                case .notStarted: "ssh-keygen could not be started"
                case .wroteTooMuch: "ssh-keygen wrote too much and was stopped"
                case .tookTooLong:
                    "ssh-keygen did not end within \(limit.quotient(by: .second)) s and was stopped"
                }
            throw ApprovalError(code: .programFailed, message: message, path: program.path)
        }
    }
}

/// Finds out who signed decisions.
///
/// The allowed signers are copied once, so that all signatures are checked against the same ones. `ssh-keygen`
/// gets signatures as files in a directory of this process, and the signed bytes on standard input. So no text
/// from a file of approvals is ever an argument. Principals are, and they come from the allowed signers.
struct SignatureCheck {
    private let signatures: SSHSignatures
    private let directory: PrivateDirectory
    private let signers: String
    /// The lines of the same file.
    private let lines: [Substring]

    private static let limit: Nanoseconds = 10 * .second
    /// The most principals that one key may have; each takes a run of `ssh-keygen`.
    private static let mostPrincipals = 16

    /// Copies the allowed signers.
    ///
    /// - Parameters:
    ///   - path: The file of allowed signers.
    ///   - signatures: Runs `ssh-keygen`.
    /// - Throws: An ``ApprovalError`` when it is not a file that can hold signers; a `FileError` when it cannot
    ///   be read or copied.
    init(signers path: String, _ signatures: SSHSignatures) throws {
        func failure(_ message: String) -> ApprovalError {
            ApprovalError(code: .signersUnusable, message: message, path: path)
        }
        guard FilePath.isRegularFile(path) else {
            throw failure(
                FilePath.exists(path)
                    ? "this is no file, and allowed signers are one" : "there is no such file")
        }
        guard let bytes = try FileReader.bytes(of: path, atMost: 1 << 20) else {
            throw failure("this is larger than 1 MiB, which no file of allowed signers is")
        }
        self.signatures = signatures
        directory = try PrivateDirectory()
        signers = try directory.write(bytes, to: "signers")
        lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    }

    /// Finds out who signed a decision.
    ///
    /// - Parameters:
    ///   - approval: The decision.
    ///   - number: Its number in the file, which names the file with its signature.
    /// - Returns: The principals that the signature proves, or why there are none.
    /// - Throws: An ``ApprovalError`` when `ssh-keygen` cannot be run.
    func identity(of approval: PlanApproval, number: Int) throws -> ApprovalIdentity {
        guard let signature = approval.signature else { return .unsigned }
        let file = try directory.write(Array(signature.utf8), to: "signature-\(number)")
        var principals: [String] = []
        var left = lines
        var reasonForNone: String?
        // `ssh-keygen` names those of the first line that fits, and a key can be on several.
        while principals.count <= Self.mostPrincipals {
            let removed = lines.count - left.count
            let rest =
                removed == 0
                ? signers
                : try directory.write(
                    Array(left.joined(separator: "\n").utf8) + [UInt8(ascii: "\n")],
                    to: "signers-\(number)-\(removed)")
            let found = try run(["find-principals", "-f", rest, "-s", file])
            guard found.status == 0 else {
                reasonForNone = reasonForNone ?? found.reason
                break
            }
            let names = String(decoding: found.output, as: UTF8.self)
                .split(whereSeparator: \.isNewline).map(String.init)
            principals += names.filter { !principals.contains($0) }
            guard let place = left.firstIndex(where: { Self.names(in: $0) == names }) else { break }
            left.remove(at: place)
        }
        guard !principals.isEmpty else {
            return .rejected("its key is not an allowed signer's (\(reasonForNone ?? ""))")
        }
        // A pattern such as `*@example.com` says which names are allowed, and not who it was.
        let names = principals.filter { name in !name.contains { "*?!".contains($0) } }
        guard !names.isEmpty else {
            return .rejected("its key is allowed for a pattern of names, which names no person")
        }
        // The person who applies the plan could be any of them.
        guard names.count <= Self.mostPrincipals else {
            return .rejected("its key has more than \(Self.mostPrincipals) principals")
        }
        var proven: [String] = []
        var reason = ""
        for name in names {
            let checked = try run(
                ["verify", "-f", signers, "-I", name, "-n", PlanApproval.namespace, "-s", file],
                approval.signedBytes)
            if checked.status == 0 {
                proven.append(name)
            } else {
                reason = checked.reason
            }
        }
        if proven.isEmpty { return .rejected(reason) }
        // Those for other purposes do not approve, and are the same person all the same.
        return .verified(proven + names.filter { !proven.contains($0) })
    }

    /// The principals of a line of allowed signers; none of another line.
    private static func names(in line: Substring) -> [String] {
        let line = line.drop { $0 == " " || $0 == "\t" }
        let field =
            line.first == "\""
            ? line.dropFirst().prefix { $0 != "\"" } : line.prefix { $0 != " " && $0 != "\t" }
        return field.split(separator: ",").map(String.init)
    }

    private func run(
        _ arguments: [String], _ input: [UInt8] = []
    ) throws -> ExternalProgram.Result {
        try signatures.run(["-Y"] + arguments, input, within: Self.limit)
    }
}

extension ExternalProgram.Result {
    /// The last line that the program wrote, safe for a terminal.
    fileprivate var reason: String {
        let lines = String(decoding: errors, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let last = lines.last else { return "exit code \(status)" }
        return HiddenCharacter.escaped(String(last), limit: 120)
    }
}
