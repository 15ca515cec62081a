/// Words of a command line that the user can paste into a shell.
package enum ShellWord {
    /// Quotes a word for a shell.
    ///
    /// Characters that control a terminal are not shown as they are. A word that contains them is
    /// written as `$'…'` (POSIX.1-2024, dollar-single-quotes), which bash, zsh, ksh and busybox
    /// read.
    ///
    /// - Parameter word: The word.
    /// - Returns: The word, in quotes if it needs them.
    package static func quoted(_ word: String) -> String {
        // zsh replaces a word that begins with `=` by the path of a program.
        let isPlain = !word.isEmpty && !word.hasPrefix("=") && word.utf8.allSatisfy(isPlain)
        return isPlain ? word : inQuotes(word)
    }

    /// Quotes a word for a shell, also where it needs no quotes.
    ///
    /// - Parameter word: The word.
    /// - Returns: The word in quotes.
    package static func inQuotes(_ word: String) -> String {
        if word.unicodeScalars.contains(where: { HiddenCharacter.contains($0) }) {
            return "$'" + word.utf8.map(dollarQuoted).joined() + "'"
        }
        let parts = word.split(separator: "'", omittingEmptySubsequences: false)
        return "'" + parts.joined(separator: "'\\''") + "'"
    }

    /// Quotes a path as an operand, so that a leading dash does not make it an option.
    ///
    /// - Parameter path: The path; `-` stays standard input.
    /// - Returns: The word.
    package static func operand(_ path: String) -> String {
        quoted(path.hasPrefix("-") && path != "-" ? "./" + path : path)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_./:=@%+,".utf8.contains(byte)
        }
    }

    private static func dollarQuoted(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(byte))
        case 0x20..<0x7F: String(UnicodeScalar(byte))
        // Three octal digits, because a hexadecimal escape would absorb a hexadecimal digit after
        // it.
        default: "\\" + String(Int(byte) + 0o1000, radix: 8).dropFirst()
        }
    }
}
