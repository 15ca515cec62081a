import BulkSystem
import CLibrary

// Text with bold headings and coloured marks, where the terminal and the person want that.

extension Console {
    /// Prints a page of help, wrapped to the terminal's width.
    ///
    /// The page holds nothing but the program's own text, so its bold headings are left as they are.
    func help(_ page: HelpPage) throws(FileError) {
        let width = outputIsTerminal ? terminalSize.columns : HelpPage.plainWidth
        try writeStyled(page.text(width: width, isStyled: isStyled))
    }

    /// Prints the text of a plan's preview.
    ///
    /// What files and servers wrote is escaped before the program's own marks are added.
    func preview(_ text: String) throws(FileError) {
        guard isStyled else { return try data(text) }
        messages.endProgress()
        try writeStyled(PreviewStyle.styled(TerminalText.escapedLines(text)))
    }

    private func writeStyled(_ text: String) throws(FileError) {
        var buffer = OutputBuffer(capacity: text.utf8.count)
        buffer.append(text: text)
        do {
            try buffer.drain { bytes throws(FileError) in
                if !isOutputClosed { try fileSystem.writeAll(output, bytes) }
            }
        } catch  where error.errorNumber == EPIPE {
            outputWasClosed()
        }
    }
}
