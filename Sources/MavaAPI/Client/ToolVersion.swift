/// The version of mava-bulk, as sent to servers, written to files and printed by `--version`.
public enum ToolVersion {
    /// The version, by Semantic Versioning.
    public static let current = "0.1.0"
    /// The day of the version, for its manual pages.
    package static let date = "2026-11-28"
}
