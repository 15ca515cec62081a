import BulkSystem
import MavaAPI
import MavaBulk

/// Where the API key comes from: a file, the environment, systemd's credentials or a program, never an argument.
struct KeySource {
    let file: String?
    /// The source that a configuration file names, where it is no file.
    let configured: ConfiguredKey?
    let environment: [String: String]

    /// The longest that a program may take which prints the key; it may ask for a passphrase.
    let commandLimit: Nanoseconds

    /// The most that such a program may print, in bytes.
    private static let longestOutput = 4 << 10

    init(
        _ arguments: ParsedArguments, environment: [String: String],
        commandLimit: Nanoseconds = 60 * .second
    ) {
        self.commandLimit = commandLimit
        file = arguments[.apiKeyFile]
        configured = arguments.configured.key
        self.environment = environment
    }

    /// The maximum size of a key file, far above any key: a path such as `/dev/zero` has no end.
    private static let longestFile = 64 << 10

    /// Where the key is read, for a later command; a pipe cannot be read a second time.
    var place: RunOrigin.KeySource {
        if let file {
            return FilePath.isRegularFile(file) ? .file(FilePath.absolute(file)) : .unknown
        }
        // The profile names the source again.
        if configured != nil { return .unknown }
        if environment["MAVA_API_KEY"] != nil { return .variable("MAVA_API_KEY") }
        if environment["CREDENTIALS_DIRECTORY"] != nil {
            return .variable("CREDENTIALS_DIRECTORY")
        }
        return .unknown
    }

    /// Reads the key, and keeps the variables that hold it from programs that are started later.
    ///
    /// - Throws: A ``CommandFailure`` with the key's exit code when there is none or it cannot be one.
    func key() throws -> APIKey {
        let key = try found()
        // A script may have copied it to the variable that this program reads.
        ExternalProgram.withhold(
            environment.filter { APIKey($0.value)?.secret == key.secret }.keys)
        return key
    }

    private func found() throws -> APIKey {
        if let file { return try key(inFile: file) }
        if let configured { return try key(from: configured) }
        if let text = environment["MAVA_API_KEY"] { return try parse(text, from: "MAVA_API_KEY") }
        if let directory = environment["CREDENTIALS_DIRECTORY"] {
            return try key(inFile: directory + "/mava_api_key")
        }
        throw CommandFailure(
            .key,
            "no API key: name a file with --api-key-file, or set MAVA_API_KEY (Mava: Settings, API)"
        )
    }

    /// Reads the key from a source that a configuration file names.
    private func key(from configured: ConfiguredKey) throws -> APIKey {
        switch configured.source {
        case .credential(let name):
            guard let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty else {
                throw CommandFailure(
                    .key,
                    "there is no API key: \(configured.origin.text) names the credential \(name), and "
                        + "CREDENTIALS_DIRECTORY is not set: start the program as a service with LoadCredential="
                )
            }
            return try key(inFile: FilePath.joining(directory, name))
        case .command(let words): return try key(printedBy: words, configured.origin)
        case .variable(let name):
            guard let text = environment[name] else {
                throw CommandFailure(
                    .key,
                    "there is no API key: \(configured.origin.text) names the variable \(name), which is not set"
                )
            }
            return try parse(text, from: name)
        case .missing(let profile):
            throw CommandFailure(
                .key,
                "there is no API key: the profile \(profile) names an address (\(configured.origin.text)) and no "
                    + "key, and a key of the environment may be another organisation's: add its source to the "
                    + "profile, such as \"keyVariable\": \"MAVA_API_KEY\", or name a file with --api-key-file"
            )
        }
    }

    /// Runs a program without a shell and takes its standard output as the key.
    ///
    /// What it prints is never shown: it can hold the key, on standard error too.
    private func key(printedBy words: [String], _ origin: SettingOrigin) throws -> APIKey {
        func failure(_ reason: String) -> CommandFailure {
            CommandFailure(
                .key,
                "there is no API key: keyCommand (\(origin.text)) \(reason); its output is not shown"
            )
        }
        let name = words[0]
        let found =
            name.hasPrefix("/") ? ExternalProgram(path: name) : ExternalProgram(named: name)
        guard let program = found, !name.contains("/") || name.hasPrefix("/") else {
            throw failure("names no program of PATH; give its absolute path")
        }
        let result: ExternalProgram.Result
        do {
            result = try program.run(
                Array(words.dropFirst()), within: commandLimit,
                outputLimit: Self.longestOutput)
        } catch let problem as ExternalProgram.Failure {
            let reason =
                switch problem {
                case .tookTooLong: "did not end within \(commandLimit.wholeSeconds) s"
                case .wroteTooMuch:
                    "printed more than \(Self.longestOutput >> 10) KiB, and a key is one line"
                case .notStarted: "could not be started: \(problem.systemReason ?? "unknown")"
                }
            throw failure(reason)
        }
        guard result.status == 0 else { throw failure("ended with \(result.status)") }
        return try parse(
            String(decoding: result.output, as: UTF8.self), from: "the output of keyCommand")
    }

    /// Reads the key from a file or a pipe.
    ///
    /// A pipe from a password manager has no length, so it is read to its end.
    private func key(inFile path: String) throws -> APIKey {
        guard !Self.isLikeKey(path) else {
            throw CommandFailure(
                .key,
                "there is no API key: a file is named that does not exist, and its name seems to be the key itself, "
                    + "which is not shown: write the key to a file with the mode 0600")
        }
        var text: [UInt8] = []
        do {
            var reader = try FileReader(path)
            while text.count <= Self.longestFile {
                let piece = try reader.read(upTo: Self.longestFile)
                if piece.isEmpty {
                    guard ![[0xFF, 0xFE], [0xFE, 0xFF]].contains(Array(text.prefix(2))) else {
                        throw CommandFailure(
                            .key,
                            "\(path) holds no API key: it begins with the byte order mark of UTF-16: save it "
                                + "as UTF-8 without one")
                    }
                    return try parse(String(decoding: text, as: UTF8.self), from: path)
                }
                text += piece
            }
        } catch let error as FileError {
            throw CommandFailure(.key, "there is no API key: \(error)")
        }
        throw CommandFailure(.key, "\(path) holds no API key: it is too long for one")
    }

    /// Whether the name of a file that does not exist is a key by mistake.
    ///
    /// - Parameter path: The name; that of a configuration is absolute.
    /// - Returns: Whether it is.
    static func isLikeKey(_ path: String) -> Bool {
        if FilePath.isTaken(path) { return false }
        if CurrentProcess.environment["MAVA_API_KEY"] == path { return true }
        let name = path.split(separator: "/").last ?? ""
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let isWithSuffix = parts.count > 1 && (1...8).contains(parts.last?.utf8.count ?? 0)
        // No path of a person has these; in base64 they are near a key's end.
        let isEncoded = path.utf8.contains { "+=&%".utf8.contains($0) }
        let text = isEncoded ? path[...] : name
        return text.utf8.count >= 16 && (isEncoded || !isWithSuffix)
            && text.contains(where: \.isNumber) && text.contains(where: \.isLetter)
    }

    private func parse(_ text: String, from source: String) throws -> APIKey {
        guard let key = APIKey(text) else {
            // An editor wrote it, and a terminal does not show it.
            let reason =
                text.unicodeScalars.first == "\u{FEFF}"
                ? "it begins with a byte order mark: save it as UTF-8 without one"
                : "it must be one line of visible ASCII characters"
            throw CommandFailure(.key, "\(source) holds no API key: \(reason)")
        }
        return key
    }
}
