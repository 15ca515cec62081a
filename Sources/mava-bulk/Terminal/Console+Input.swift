import CLibrary

extension Console {
    /// Says that the program waits for its input, where a person has to type or paste it.
    ///
    /// - Parameters:
    ///   - path: The input's path.
    ///   - what: What it holds.
    func sayWaiting(for path: String, _ what: String = "rows") {
        guard ["-", "/dev/stdin"].contains(path), isatty(STDIN_FILENO) == 1 else { return }
        insist("waiting for standard input: type or paste the \(what), then press Ctrl-D")
    }
}
