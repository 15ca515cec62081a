import BulkFiles
import BulkRecords

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The input of a plan, which is read twice: once to decide, once to write the rows with their cells.
///
/// What can be read once only (standard input, a pipe) is kept in a temporary file that has no name, so
/// that it is gone when the process is, however that ends.
final class InputFile {
    let input: PlanInput
    /// How many bytes the file has; `nil` for what can be read once only.
    let size: Int?
    private let seed = UInt64.random(in: .min ... .max)
    private var spool: OpenFile?
    private var spoolFailure: FileError?
    private var digest = SHA256()
    private var firstPrint: Fingerprint
    private var secondPrint: Fingerprint

    /// How the input is written and delimited, found by the first reading.
    private var format: RecordFormat?
    private var delimiter: UInt8?

    init(_ input: PlanInput) throws(FileError) {
        self.input = input
        firstPrint = Fingerprint(seed: seed)
        secondPrint = Fingerprint(seed: seed)
        size = Self.size(ofPlainFile: input.path)
        if size == nil { spool = try Self.unnamedFile() }
    }

    deinit { if let spool { POSIXFileSystem().close(spool) } }

    /// Opens the input for its first reading.
    func firstReader() throws(ReadError) -> RecordReader {
        var source = try ByteSource(path: input.path)
        source.observer = { [self] bytes in
            digest.update(bytes)
            firstPrint.update(bytes)
            keep(bytes)
        }
        let reader = try RecordReader(source, format: input.format, delimiter: input.delimiter)
        format = reader.format
        delimiter = reader.delimiter
        return reader
    }

    /// Opens the input for its second reading; only after the first one came to its end.
    func secondReader() throws -> RecordReader {
        if let spoolFailure { throw spoolFailure }
        var source: ByteSource
        if let spool {
            guard lseek(spool.descriptor, 0, SEEK_SET) == 0 else {
                throw FileError.last(.read, spool.path)
            }
            source = ByteSource(fileDescriptor: spool.descriptor, name: input.path)
        } else {
            source = try ByteSource(path: input.path)
        }
        source.observer = { [self] bytes in secondPrint.update(bytes) }
        return try RecordReader(source, format: format, delimiter: delimiter)
    }

    /// The SHA-256 of the input, once it was read.
    func sha256() -> String { digest.hexDigest() }

    /// How the input is written, by its usual file name ending.
    var formatName: String { format?.rawValue ?? "" }

    /// Whether both readings saw the same bytes.
    var isUnchanged: Bool { firstPrint == secondPrint }

    var changed: PlanError {
        PlanError(
            code: .inputChanged,
            message: "the file changed while it was being planned: wait until it is written, then "
                + "plan again", path: input.path)
    }

    private func keep(_ bytes: UnsafeRawBufferPointer) {
        guard let spool, spoolFailure == nil else { return }
        do throws(FileError) {
            try POSIXFileSystem().writeAll(spool, bytes)
        } catch {
            spoolFailure = error
        }
    }

    private static func size(ofPlainFile path: String) -> Int? {
        var information = stat()
        guard path != "-", stat(path, &information) == 0,
            information.st_mode & S_IFMT == S_IFREG
        else { return nil }
        return Int(information.st_size)
    }

    private static func unnamedFile() throws(FileError) -> OpenFile {
        let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let name = "mava-bulk-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let path = FilePath.joining(directory.isEmpty ? "/tmp" : directory, name)
        let system = POSIXFileSystem()
        let file = try system.open(path, flags: O_RDWR | O_CREAT | O_EXCL)
        try system.remove(path)
        return file
    }
}
