import BulkSystem

import CLibrary

/// A file that a benchmark generates.
struct OutputFile: ~Copyable {
    private let file: OpenFile
    var buffer = OutputBuffer(capacity: 1 << 20)

    init(_ path: String) throws(FileError) {
        file = try POSIXFileSystem().open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
    }

    mutating func flush(always: Bool = false) throws(FileError) {
        guard always || buffer.count > 1 << 19 else { return }
        try buffer.drain { bytes throws(FileError) in
            try POSIXFileSystem().writeAll(file, bytes)
        }
    }

    deinit { POSIXFileSystem().close(file) }
}
