import CCurl

/// The version of mava-bulk, as sent to servers, written to files and printed by `--version`.
public enum ToolVersion {
    /// The version, by Semantic Versioning.
    public static let current = "0.1.0"
    /// The day of the version, for its manual pages.
    package static let date = "2026-11-28"

    /// The version of the system's libcurl, such as `7.88.1`, or nil if there is none that can be used.
    ///
    /// Loads the library. No request is made.
    package static var libcurl: String? {
        guard case .success(let library) = CurlLibrary.shared else { return nil }
        return ccurl_version_text(library.functions).map { String(cString: $0) }
    }

    /// The system and the processor that the program was built for, such as `linux-x86_64`.
    package static var platform: String { "\(system)-\(processor)" }

    /// How the compiler was called: `release` or `debug`.
    package static var build: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }

    private static var system: String {
        #if os(Linux)
            "linux"
        #elseif os(macOS)
            "macos"
        #else
            "other"
        #endif
    }

    private static var processor: String {
        #if arch(x86_64)
            "x86_64"
        #elseif arch(arm64)
            "arm64"
        #else
            "other"
        #endif
    }
}
