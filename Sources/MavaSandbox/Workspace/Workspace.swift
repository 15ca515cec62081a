/// The contents of a sandbox: organisations with keys, agents, categories and tickets.
///
/// It is read from JSON (`docs/sandbox.md` describes the format) or generated from a seed. It can
/// be written back. A million tickets take about 100 MB.
public struct Workspace: Sendable {
    var organisations: [Organisation]

    /// The API keys of all organisations, in the file's order.
    public var apiKeys: [String] { organisations.flatMap(\.apiKeys) }

    /// The number of tickets in all organisations.
    public var ticketCount: Int { organisations.reduce(0) { $0 + $1.tickets.count } }

    /// The names of the organisations, in the file's order.
    package var organisationNames: [String] { organisations.map(\.name) }

    /// The agents of an organisation, including archived ones.
    ///
    /// - Parameter index: The organisation's place in the file, from 0.
    /// - Returns: The agents in the file's order.
    package func agents(ofOrganisation index: Int) -> [Agent] { organisations[index].agents }

    /// The categories of an organisation, including archived ones.
    ///
    /// - Parameter index: The organisation's place in the file, from 0.
    /// - Returns: The categories in the file's order.
    package func categories(ofOrganisation index: Int) -> [Category] {
        organisations[index].categories
    }

    /// Reads a workspace from JSON.
    ///
    /// - Parameters:
    ///   - json: The text.
    ///   - name: The text's name in error messages.
    /// - Throws: `WorkspaceError` with position, path and advice.
    public init(json: String, name: String = "workspace") throws(WorkspaceError) {
        self = try Self.decode(Array(json.utf8), name: name)
    }

    init(organisations: [Organisation]) {
        self.organisations = organisations
    }

    /// Reads a workspace from the bytes of a JSON text.
    ///
    /// - Parameters:
    ///   - bytes: The text in UTF-8, with or without a byte order mark.
    ///   - name: The text's name in error messages.
    /// - Returns: The workspace.
    /// - Throws: `WorkspaceError` with position, path and advice.
    package static func decode(
        _ bytes: [UInt8], name: String
    ) throws(WorkspaceError) -> Workspace {
        let result: Result<Workspace, WorkspaceError> = bytes.withUnsafeBufferPointer { bytes in
            read(WorkspaceReader(bytes, name: name))
        }
        return try result.get()
    }

    /// Reads a workspace from a file.
    ///
    /// - Parameter path: The file.
    /// - Returns: The workspace.
    /// - Throws: `WorkspaceError`; `unreadable` when the file cannot be read.
    public static func load(path: String) throws(WorkspaceError) -> Workspace {
        if let file = MappedFile(path, smallest: 16 << 20) {
            var reader = WorkspaceReader(file.bytes, name: path)
            reader.passed = { file.release(upTo: $0) }
            return try read(reader).get()
        }
        let bytes: [UInt8]
        do {
            bytes = try SandboxFile.read(path)
        } catch {
            throw WorkspaceError(
                code: .unreadable, message: error.message, file: path, path: "", line: 0, column: 0)
        }
        return try decode(bytes, name: path)
    }

    private static func read(_ reader: WorkspaceReader) -> Result<Workspace, WorkspaceError> {
        var reader = reader
        do throws(WorkspaceError) {
            return .success(try reader.read())
        } catch {
            return .failure(error)
        }
    }
}
