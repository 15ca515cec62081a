import BulkRecords
package import BulkSystem

/// Rows in JSON Lines that the program made itself, in a file without a name.
///
/// Such a row can say why it must not be carried out, in a member `mavaBulkRefusal`: the name of an
/// ``UndoObstacle``, a colon, and what to do. Its values are then only for conditions, and for the file of failed
/// rows.
package final class GeneratedRows: Hashable, Sendable {
    private let file: ScratchFile
    let size: Int

    /// Wraps rows that were written.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - size: How many bytes it has.
    package init(_ file: ScratchFile, size: Int) {
        self.file = file
        self.size = size
    }

    /// The rows from the first one on.
    func source() -> ByteSource {
        let (file, size) = (file, size)
        var offset = 0
        return ByteSource(name: "generated rows") { space throws(ReadError) in
            let count = min(space.count, size - offset)
            guard count > 0 else { return 0 }
            do throws(FileError) {
                try file.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: space[..<count]), at: offset)
            } catch {
                throw ReadError(
                    code: .cannotRead, message: "\(error)", inputName: "generated rows")
            }
            offset += count
            return count
        }
    }

    package static func == (left: GeneratedRows, right: GeneratedRows) -> Bool { left === right }

    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
