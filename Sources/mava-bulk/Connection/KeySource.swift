import BulkRecords
import MavaAPI

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where the API key comes from: a file, the environment or systemd's credentials, never an argument.
struct KeySource {
    let file: String?
    let environment: [String: String]

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

    private func key(inFile path: String) throws -> APIKey {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw CommandFailure(.key, "cannot read the API key from \(path): \(reason(error))")
        }
        return try parse(String(decoding: bytes, as: UTF8.self), from: path)
    }

    private func parse(_ text: String, from source: String) throws -> APIKey {
        guard let key = APIKey(text) else {
            throw CommandFailure(
                .key, "\(source) holds no API key: it must be one line of visible ASCII characters")
        }
        return key
    }

    private func reason(_ error: any Error) -> String {
        guard let error = error as? CocoaError else { return "\(error)" }
        switch error.code {
        case .fileReadNoSuchFile: return "there is no such file"
        case .fileReadNoPermission: return "it may not be read"
        default: return "the system says \(error.code.rawValue)"
        }
    }
}
