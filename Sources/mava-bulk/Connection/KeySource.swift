import BulkSystem
import MavaAPI
import MavaBulk

/// Where the API key comes from: a file, the environment or systemd's credentials, never an argument.
struct KeySource {
    let file: String?
    let environment: [String: String]

    /// The maximum size of a key file, far above any key: a path such as `/dev/zero` has no end.
    private static let longestFile = 64 << 10

    /// Where the key is read, for a later command; a pipe cannot be read a second time.
    var place: RunOrigin.KeySource {
        if let file {
            return FilePath.isRegularFile(file) ? .file(FilePath.absolute(file)) : .unknown
        }
        if environment["MAVA_API_KEY"] != nil { return .variable("MAVA_API_KEY") }
        if environment["CREDENTIALS_DIRECTORY"] != nil {
            return .variable("CREDENTIALS_DIRECTORY")
        }
        return .unknown
    }

    /// Reads the key.
    ///
    /// - Throws: A ``CommandFailure`` with the key's exit code when there is none or it cannot be one.
    func key() throws -> APIKey {
        if let file { return try key(inFile: file) }
        if let text = environment["MAVA_API_KEY"] { return try parse(text, from: "MAVA_API_KEY") }
        if let directory = environment["CREDENTIALS_DIRECTORY"] {
            return try key(inFile: directory + "/mava_api_key")
        }
        throw CommandFailure(
            .key,
            "no API key: name a file with --api-key-file, or set MAVA_API_KEY (Mava: Settings, API)"
        )
    }

    /// Reads the key from a file or a pipe.
    ///
    /// A pipe from a password manager has no length, so it is read to its end.
    private func key(inFile path: String) throws -> APIKey {
        var text: [UInt8] = []
        do {
            var reader = try FileReader(path)
            while text.count <= Self.longestFile {
                let piece = try reader.read(upTo: Self.longestFile)
                if piece.isEmpty {
                    return try parse(String(decoding: text, as: UTF8.self), from: path)
                }
                text += piece
            }
        } catch let error as FileError {
            throw CommandFailure(.key, "there is no API key: \(error)")
        }
        throw CommandFailure(.key, "\(path) holds no API key: it is too long for one")
    }

    private func parse(_ text: String, from source: String) throws -> APIKey {
        guard let key = APIKey(text) else {
            throw CommandFailure(
                .key, "\(source) holds no API key: it must be one line of visible ASCII characters")
        }
        return key
    }
}
