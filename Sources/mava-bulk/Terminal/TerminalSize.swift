import CLibrary

/// The size of a terminal in characters.
struct TerminalSize {
    var columns: Int
    var lines: Int

    /// No limit: what goes into a file cannot be widened to show the rest.
    static let unlimited = TerminalSize(columns: .max, lines: .max)

    private init(columns: Int, lines: Int) {
        self.columns = columns
        self.lines = lines
    }

    /// Asks a terminal for its size; one that does not know it counts as 80 × 24.
    ///
    /// - Parameter descriptor: An open terminal.
    init(of descriptor: Int32) {
        var size = winsize()
        let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        self =
            isKnown
            ? TerminalSize(columns: Int(size.ws_col), lines: Int(size.ws_row))
            : TerminalSize(columns: 80, lines: 24)
    }
}
