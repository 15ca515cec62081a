import BulkSystem

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CLibrary

/// A new directory under the system's temporary directory.
///
/// It is removed with its contents when the last reference goes away.
package final class TemporaryDirectory: Sendable {
    /// The directory's absolute path, without a trailing slash.
    package let path: String

    /// Creates the directory, readable only by its owner.
    ///
    /// - Parameter name: The start of its name.
    /// - Throws: The system's error when it cannot be created.
    package init(name: String = "mava-bulk-test") throws {
        let root = FileManager.default.temporaryDirectory.path
        let trimmed = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
        var template = Array("\(trimmed)/\(name)-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else { throw CocoaError(.fileWriteUnknown) }
        path = made
    }

    deinit {
        // It does not matter if the directory is already gone.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file in the directory.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file in the directory.
    ///
    /// - Returns: The file's path.
    @discardableResult
    package func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        let target = file(name)
        try Data(bytes).write(to: URL(filePath: target))
        return target
    }

    /// Writes a text file in the directory, as UTF-8.
    ///
    /// - Returns: The file's path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        try write(text.utf8, to: name)
    }

    /// The bytes of a file in the directory.
    package func read(_ name: String) throws -> [UInt8] { try Self.read(file(name)) }

    /// The bytes of a file.
    package static func read(_ path: String) throws -> [UInt8] {
        // Foundation's `Data` leaks a page of memory for each empty file (Swift 6.3.1), which would
        // fill a leak check's report.
        var reader = try FileReader(path)
        var bytes: [UInt8] = []
        while true {
            let piece = try reader.read(upTo: 1 << 20)
            if piece.isEmpty { return bytes }
            bytes += piece
        }
    }

    /// The text of a file in the directory, read as UTF-8.
    package func readText(_ name: String) throws -> String {
        String(decoding: try read(name), as: UTF8.self)
    }

    /// The sorted names of the files in the directory, or in a directory within it.
    package func names(_ name: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: file(name)).sorted()
    }
}
