import BulkSystem
import CLibrary

/// A shell command that converts an input, for messages that suggest one.
///
/// The command first decompresses and decodes the input if needed. An input that cannot be read
/// again, such as a pipe, is not named. The command is then a filter to insert into that pipe.
package struct ConversionCommand {
    private let name: String
    private let isPipe: Bool
    private let isGzip: Bool
    private let encoding: TextEncoding?

    /// Makes the command for an input.
    ///
    /// - Parameters:
    ///   - name: The file's path; `-` is standard input.
    ///   - findings: What reading the input has shown.
    package init(name: String, _ findings: ByteSource.Findings?) {
        self.name = name
        encoding = findings?.encoding
        isGzip = findings?.isGzip ?? false
        var information = stat()
        isPipe =
            name == "-"
            || stat(name, &information) == 0 && information.st_mode & S_IFMT != S_IFREG
    }

    /// The command that produces JSON Lines with a jq filter.
    package func jq(_ filter: String) -> String {
        text("jq -c \(ShellWord.quoted(filter))", to: "jsonl")
    }

    /// The command that produces JSON Lines from objects separated by commas.
    package var jqOfSeparatedObjects: String {
        // Blank lines may follow the last comma.
        let objects =
            text("sed -e :a -e '/^[[:space:]]*$/{$d;N;ba' -e '}'", to: nil)
            + #" | sed '$ s/,[[:space:]]*$//'"#
        return "{ echo '['; \(objects); echo ']'; } | jq -c '.[]'" + redirection("jsonl")
    }

    /// The command that produces CSV from an array of rows.
    package var jqOfTable: String { text("jq -r '.[] | @csv'", to: "csv") }

    /// The command that produces UTF-8.
    ///
    /// - Parameters:
    ///   - encoding: The input's encoding under the name that `iconv` uses.
    ///   - skipsMark: Whether the input begins with a UTF-8 mark, which is wrong for that encoding.
    /// - Returns: The command.
    package func iconv(from encoding: String, skipsMark: Bool = false) -> String {
        // Some versions of iconv copy the byte order mark, which does no harm.
        let iconv = "iconv -f \(encoding) -t UTF-8"
        let command =
            skipsMark ? text("tail -c +4", to: nil) + " | " + iconv : text(iconv, to: nil)
        return command + redirection(nil)
    }

    /// The words before the command in a sentence, which say how to use it.
    package var introduction: String { isPipe ? "pass it through" : "with" }

    private func text(_ program: String, to ending: String?) -> String {
        var stages: [String] = []
        if isGzip { stages.append("gzip -dc") }
        if let encoding {
            stages.append("iconv -f \(encoding.rawValue.uppercased()) -t UTF-8")
        }
        stages.append(program)
        if !isPipe { stages[0] += " " + ShellWord.operand(name) }
        return stages.joined(separator: " | ") + (ending.map(redirection) ?? "")
    }

    /// Where the command's output goes: beside the input, and never over an existing file.
    private func redirection(_ ending: String?) -> String {
        if isPipe { return "" }
        var base = name[...]
        if isGzip, base.lowercased().hasSuffix(".gz") { base = base.dropLast(3) }
        let from = base.lastIndex(of: "/").map { base.index(after: $0) } ?? base.startIndex
        var ending = ending
        if let dot = base[from...].lastIndex(of: "."), dot > from {
            ending = ending ?? String(base[base.index(after: dot)...])
            base = base[..<dot]
        }
        let suffix = ending.map { "." + $0 } ?? ""
        var path = "\(base)\(suffix)"
        var number = 1
        while path == name || access(path, F_OK) == 0 {
            number += 1
            path = "\(base)-\(number)\(suffix)"
        }
        return " > \(ShellWord.operand(path))"
    }
}
