import BulkSystem
import MavaBulk

/// The agents and categories that a completion offers, from a file of look-ups.
///
/// A completion asks no server: it has no key, and must not take a request of the quota. It reads the file of
/// `--lookups` on the line, else `lookups.json` of the working directory, where `lookups --output` has been used.
enum CompletionLookups {
    /// The file that is read where the line names none.
    static let defaultPath = "lookups.json"
    /// A larger file takes too long at a prompt.
    private static let longestFile = 4 << 20

    /// The names and e-mail addresses of agents; none without a file that can be read.
    ///
    /// A name that several agents have is left out, because the program refuses it.
    static func agents(_ line: [String]) -> [String] {
        guard let agents = lookups(line)?.agents else { return [] }
        return (agents.flatMap { [$0.username, $0.email] }.compactMap { $0 }).usable
    }

    /// The names of categories; none without a file that can be read.
    static func categories(_ line: [String]) -> [String] {
        (lookups(line)?.categories.compactMap(\.name) ?? []).usable
    }

    private static func lookups(_ line: [String]) -> Lookups? {
        let path = path(line) ?? defaultPath
        // A pipe would keep the prompt waiting.
        guard FilePath.isRegularFile(path),
            let bytes = try? FileReader.bytes(of: path, atMost: longestFile), !bytes.isEmpty
        else { return nil }
        return try? Lookups(path: path)
    }

    /// The value of `--lookups` on the line; bash hands over the `=` as a word of its own.
    private static func path(_ line: [String]) -> String? {
        let option = "--\(OptionID.lookups.rawValue)"
        var path: String?
        for (index, word) in line.enumerated() {
            if word.hasPrefix(option + "=") { path = String(word.dropFirst(option.count + 1)) }
            if word == option { path = line.dropFirst(index + 1).first { $0 != "=" } }
        }
        return path.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension [String] {
    /// The texts that fit on one line and come once, sorted.
    fileprivate var usable: [String] {
        var counts: [String: Int] = [:]
        for text in self { counts[text, default: 0] += 1 }
        return counts.filter { text, count in
            count == 1 && !text.isEmpty && text == TerminalText.escaped(text)
        }.keys.sorted()
    }
}
