import BulkSystem
import BulkPlan
import Synchronization

import CLibrary

/// The texts of one line of a journal.
struct JournalTexts: Hashable, Sendable {
    var message: String?
    var issue: RowIssue?

    /// The texts of a line; `nil` if it has none.
    init?(_ line: JournalLine) {
        switch line {
        case .again(let unfinished): message = unfinished.message
        case .done(let outcome), .decided(let outcome), .settled(let outcome):
            message = outcome.message
            issue = outcome.issue
        case .start, .resumed, .ended: break
        }
        if message == nil, issue == nil { return nil }
    }
}

/// Reads the texts of a journal's lines where they are wanted, so that they need not stay in memory.
final class JournalTextReader: Sendable {
    /// A piece of the file.
    private struct Piece {
        var start = 0
        var bytes: [UInt8] = []

        /// The texts of the line that begins at an offset of the file; `nil` where the piece does not hold all
        /// of the line, or it has none.
        func texts(at offset: Int) -> JournalTexts? {
            guard offset >= start, offset - start < bytes.count else { return nil }
            let rest = bytes[(offset - start)...]
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            return rest[..<end].withUnsafeBytes { JournalLine($0).flatMap(JournalTexts.init) }
        }
    }

    /// The journal, open.
    let file: OpenFile
    private let piece = Mutex(Piece())

    /// Opens a journal.
    init(_ path: String) throws(FileError) {
        file = try OpenFile(ofRun: path)
    }

    /// Reads a journal that is open, whatever happens to its path.
    init(_ open: OpenFile) throws(FileError) { file = try open.duplicate() }

    deinit { POSIXFileSystem().close(file) }

    /// The texts of a line that has some.
    ///
    /// - Parameter offset: The line's first byte, counted from the file's start.
    /// - Returns: Its texts.
    /// - Throws: A `FileError` when the file cannot be read, a ``JournalError`` when the line is not there
    ///   any more.
    func texts(at offset: Int) throws -> JournalTexts {
        let texts = try piece.withLock { piece throws(FileError) -> JournalTexts? in
            if let texts = piece.texts(at: offset) { return texts }
            // Rows are asked for nearly in their order, so the lines behind this one are likely wanted next.
            var length = 16 << 10
            var isAtEnd = false
            while !isAtEnd {
                piece = Piece(start: offset, bytes: try file.read(upTo: length, at: offset))
                isAtEnd = piece.bytes.count < length
                if let texts = piece.texts(at: offset) { return texts }
                length *= 2
            }
            return nil
        }
        if let texts { return texts }
        var number = 0
        try FileLines.forEach(in: file) { _, start, _ in
            if start <= offset { number += 1 }
        }
        throw JournalError(
            code: .corrupt, path: file.path, line: number,
            message: "this line was changed while the journal was in use. Restore the file from a "
                + "copy, or plan the input again: what was done already will show as unchanged.")
    }
}
