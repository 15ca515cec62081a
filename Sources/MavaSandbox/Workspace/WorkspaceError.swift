/// Why a workspace cannot be used, and how to fix it.
public struct WorkspaceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of reasons.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The file cannot be read.
        case unreadable
        /// The text is not JSON.
        case malformed
        /// A value has the wrong type.
        case wrongType
        /// A value is not allowed for its field.
        case wrongValue
        /// A key that a workspace does not have.
        case unknownKey
        /// A required key is missing.
        case missingKey
        /// Something that must be unique appears twice.
        case duplicate
        /// A ticket names a category or an agent that its organisation does not have.
        case unknownReference
    }

    /// The kind of mistake.
    public var code: Code
    /// What is wrong and how to fix it.
    public var message: String
    /// The file's name as the caller gave it.
    public var file: String
    /// The place in the JSON, such as `organisations[0].tickets[3].status`; empty for the whole.
    public var path: String
    /// The line of the text, from 1; 0 when the text could not be read.
    public var line: Int
    /// The byte of the line, from 1; 0 when the text could not be read.
    public var column: Int

    /// All parts in one line: `workspace.json:12:9: organisations[0].name: …`.
    public var description: String {
        let position = line > 0 ? "\(file):\(line):\(column)" : file
        return path.isEmpty ? "\(position): \(message)" : "\(position): \(path): \(message)"
    }
}
