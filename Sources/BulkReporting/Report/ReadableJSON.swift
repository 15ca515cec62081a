#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Writes JSON documents that people read as well.
package enum ReadableJSON {
    /// One JSON object over several lines, with its keys in alphabetical order and a newline at its end.
    ///
    /// - Parameter document: Texts, finite numbers, truth values, and lists and dictionaries of them.
    /// - Returns: The text.
    package static func text(_ document: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // What the parameter names can always be written.
        return String(decoding: try! encoder.encode(document), as: UTF8.self) + "\n"
    }
}
