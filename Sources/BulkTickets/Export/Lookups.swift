#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

import BulkPlan
package import BulkSystem
public import MavaAPI

/// The agents and categories of an organisation, and the file that stores them.
///
/// With the file, previews can look up names without a key.
public struct Lookups: Hashable, Sendable {
    /// What is written for a name that no list has.
    package static let notListed = ColumnRole.notListed
    private static let format = "mava-bulk-lookups"
    private static let version = 1
    /// The largest file that is read, in bytes; no organisation's lists come near it.
    private static let longestFile = 64 << 20

    /// The agents that are not archived.
    public var agents: [Agent]
    /// The active categories.
    public var categories: [MavaAPI.Category]

    /// The API that a file's lists come from; `nil` for lists that are from no file.
    public private(set) var baseURL: String?
    /// When a file's lists were read (RFC 3339); `nil` for lists that are from no file.
    public private(set) var createdAt: String?

    /// Makes look-ups from lists.
    public init(agents: [Agent], categories: [MavaAPI.Category]) {
        self.agents = agents
        self.categories = categories
    }

    /// Why a look-up file is unusable.
    public struct Unusable: Error, CustomStringConvertible, Sendable {
        /// The file.
        public var path: String
        /// What is wrong with the file.
        public var message: String

        /// The message with the path.
        public var description: String { "\(path) cannot serve as look-ups: \(message)" }
    }

    /// Reads a file that ``write(to:createdAt:baseURL:)`` wrote.
    ///
    /// - Parameter path: The file.
    /// - Throws: ``Unusable`` when it is not such a file, and a `FileError` when it cannot be read.
    public init(path: String) throws {
        guard let bytes = try FileReader.bytes(of: path, atMost: Self.longestFile) else {
            throw Unusable(
                path: path, message: "it is larger than 64 MiB, the most that is read")
        }
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: Data(bytes))
        } catch {
            throw Unusable(
                path: path, message: "it is not what \(SettingName.writingLookups) writes")
        }
        guard document.format == Self.format else {
            throw Unusable(
                path: path, message: "it is not what \(SettingName.writingLookups) writes")
        }
        guard document.version == Self.version else {
            throw Unusable(
                path: path,
                message: "its version is \(document.version), and this program reads version "
                    + "\(Self.version): write it again")
        }
        agents = document.agents.map {
            Agent(
                id: $0.id, email: $0.email, username: $0.username, walletAddress: $0.walletAddress)
        }
        baseURL = document.baseURL
        createdAt = document.createdAt
        categories = document.categories.map { MavaAPI.Category(id: $0.id, name: $0.name) }
    }

    /// Whether a file begins as ``write(to:createdAt:baseURL:)`` begins one, of any version.
    ///
    /// - Parameter path: The file.
    /// - Returns: Whether it does.
    /// - Throws: A `FileError` when it cannot be read.
    package static func isFile(_ path: String) throws(FileError) -> Bool {
        let beginning = Array("{\"format\":\"\(format)\",".utf8)
        var reader = try FileReader(path)
        return try reader.read(upTo: beginning.count) == beginning
    }

    /// Writes the file, atomically.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - createdAt: The current time.
    ///   - baseURL: The URL of the API that the lists come from.
    /// - Throws: A `FileError` when it cannot be written.
    public func write(to path: String, createdAt: Date = Date(), baseURL: String) throws {
        var buffer = text(createdAt: createdAt, baseURL: baseURL)
        var file = try AtomicFile(path)
        try file.write(&buffer)
        try file.commit()
    }

    /// The file's contents.
    ///
    /// - Parameters:
    ///   - createdAt: The current time.
    ///   - baseURL: The URL of the API that the lists come from.
    /// - Returns: JSON, with an agent or a category on each line.
    package func text(createdAt: Date, baseURL: String) -> OutputBuffer {
        var buffer = OutputBuffer()
        buffer.append("{\"format\":")
        buffer.append(jsonString: Self.format)
        buffer.append(",\"version\":")
        buffer.append(decimal: Self.version)
        buffer.append(",\"createdAt\":")
        buffer.append(jsonString: CivilTime(secondsSince1970: createdAt.secondsSince1970).iso8601)
        buffer.append(",\"baseURL\":")
        buffer.append(jsonString: baseURL)
        buffer.append(",\n\"agents\":[")
        for (index, agent) in agents.enumerated() {
            Self.append(
                [
                    ("id", agent.id), ("username", agent.username), ("email", agent.email),
                    ("walletAddress", agent.walletAddress),
                ], isFirst: index == 0, to: &buffer)
        }
        buffer.append("\n],\"categories\":[")
        for (index, category) in categories.enumerated() {
            Self.append(
                [("id", category.id), ("name", category.name)], isFirst: index == 0, to: &buffer)
        }
        buffer.append("\n]}\n")
        return buffer
    }

    private static func append(
        _ fields: [(name: String, value: String?)], isFirst: Bool, to buffer: inout OutputBuffer
    ) {
        buffer.append(isFirst ? "\n{" : ",\n{")
        var isNext = false
        for case (let name, let value?) in fields {
            if isNext { buffer.append(",") }
            isNext = true
            buffer.append(jsonString: name)
            buffer.append(":")
            buffer.append(jsonString: value)
        }
        buffer.append("}")
    }

    private struct Document: Decodable {
        struct Person: Decodable {
            var id: String
            var username: String?
            var email: String?
            var walletAddress: String?
        }

        struct Group: Decodable {
            var id: String
            var name: String?
        }

        var format: String
        var version: Int
        var createdAt: String?
        var baseURL: String?
        var agents: [Person]
        var categories: [Group]
    }
}
