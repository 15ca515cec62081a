/// The version of mava-bulk, as it is named to servers, in files and by `--version`.
public enum ToolVersion {
    /// The version, by Semantic Versioning.
    public static let current = "0.1.0"
}
