/// Where bytes come from: a file, a file descriptor, or memory; handed over in chunks.
///
/// A file is read with `read(2)`, never mapped: a mapped file that is cut short while it is read
/// kills the process, and reading by chunks is as fast and serves pipes as well.
public struct ByteSource: ~Copyable {
    /// How many bytes one chunk holds at most, unless told otherwise.
    public static let defaultChunkSize = 256 * 1024

    /// The input's name: the file's path, or `-` for standard input.
    public let name: String
    /// How many bytes one chunk holds at most.
    public let chunkSize: Int
    /// Sees every byte once, in order, as it is handed to the reader.
    ///
    /// That is after decompression and before a byte order mark is skipped: a digest taken here is
    /// the digest of the table itself, the same for `rows.csv` and `rows.csv.gz`.
    package var observer: ((UnsafeRawBufferPointer) -> Void)?

    private let supply: any ByteSupply

    /// Opens a file for reading.
    ///
    /// - Parameters:
    ///   - path: The file's path; `-` is standard input.
    ///   - chunkSize: How many bytes are read at a time.
    /// - Throws: ``ReadError`` with code `cannotOpen` when there is no such file or it may not be
    ///   read.
    public init(path: String, chunkSize: Int = ByteSource.defaultChunkSize) throws(ReadError) {
        name = path
        self.chunkSize = max(1, chunkSize)
        supply = path == "-" ? DescriptorSupply(0, name: "-") : try DescriptorSupply(path: path)
    }

    /// Takes an open file descriptor, such as that of a pipe.
    ///
    /// - Parameters:
    ///   - fileDescriptor: The descriptor, open for reading. It stays open: closing it is for
    ///     whoever opened it.
    ///   - name: What messages call the input.
    ///   - chunkSize: How many bytes are read at a time.
    public init(
        fileDescriptor: Int32, name: String = "-", chunkSize: Int = ByteSource.defaultChunkSize
    ) {
        self.name = name
        self.chunkSize = max(1, chunkSize)
        supply = DescriptorSupply(fileDescriptor, name: name)
    }

    /// Takes bytes that are in memory already.
    ///
    /// - Parameters:
    ///   - bytes: The whole input.
    ///   - name: What messages call the input.
    ///   - chunkSize: How many bytes are handed over at a time.
    public init(
        bytes: [UInt8], name: String = "input", chunkSize: Int = ByteSource.defaultChunkSize
    ) {
        self.name = name
        self.chunkSize = max(1, chunkSize)
        supply = MemorySupply(bytes)
    }

    /// Reads the next bytes, at most a chunk, and shows them to the observer.
    ///
    /// - Parameter space: Where the bytes go; not empty.
    /// - Returns: How many bytes were read; 0 at the end of the input.
    /// - Throws: ``ReadError`` when reading fails.
    mutating func read(into space: UnsafeMutableRawBufferPointer) throws(ReadError) -> Int {
        let room = UnsafeMutableRawBufferPointer(rebasing: space.prefix(chunkSize))
        let count = try supply.read(into: room)
        if count > 0, let observer {
            observer(UnsafeRawBufferPointer(rebasing: room.prefix(count)))
        }
        return count
    }
}
