/// A source of bytes: a file, a file descriptor, or memory.
///
/// A file is read with `read(2)`, never mapped. If a mapped file is truncated while it is read, the
/// process is killed. Reading in chunks is as fast and also works for pipes.
public struct ByteSource: ~Copyable {
    /// The default for the most bytes in one chunk.
    public static let defaultChunkSize = 256 * 1024

    /// The input's name: the file's path, or `-` for standard input.
    public let name: String
    /// The most bytes in one chunk.
    public let chunkSize: Int
    /// The most bytes that are read at a time: 64 MiB.
    private static let largestChunkSize = 64 << 20
    /// Receives every byte once, in order, as it is passed to the reader.
    ///
    /// This is after decompression and decoding, and before a byte order mark is skipped.
    package var observer: ((UnsafeRawBufferPointer) -> Void)?

    /// Receives every byte once, in order, after decompression and before decoding.
    ///
    /// A digest computed here is the digest of the user's original table. It is the same for
    /// `rows.csv` and `rows.csv.gz`.
    package var originalObserver: ((UnsafeRawBufferPointer) -> Void)?

    /// How much gzip data may expand: a ratio, and a number of bytes that is always allowed.
    ///
    /// A table of rows compresses to about a tenth. Data that compresses to a thousandth was made
    /// to fill memory and disks.
    package var expansionAllowed = (ratio: 200, bytes: 64 << 20)

    /// The text encoding; `nil` for UTF-8, or UTF-16 with a byte order mark.
    public var encoding: TextEncoding?

    private var supply: any ByteSupply
    /// The first bytes, which were examined and must still be passed on.
    private var head: [UInt8] = []
    private var isHeadKnown = false
    /// What the input's first bytes have shown; callers that lend the source can also read it.
    package let findings = Findings()

    /// What the first bytes of an input show.
    package final class Findings {
        /// Whether the input is compressed.
        package fileprivate(set) var isGzip = false
        /// How the bytes are decoded, if they are.
        package fileprivate(set) var encoding: TextEncoding?
    }

    /// Opens a file for reading.
    ///
    /// - Parameters:
    ///   - path: The file's path; `-` is standard input.
    ///   - chunkSize: How many bytes are read at a time.
    /// - Throws: ``ReadError`` with code `cannotOpen` when the file does not exist or cannot be
    ///   read.
    public init(path: String, chunkSize: Int = ByteSource.defaultChunkSize) throws(ReadError) {
        name = path
        self.chunkSize = min(max(1, chunkSize), Self.largestChunkSize)
        supply = path == "-" ? DescriptorSupply(0, name: "-") : try DescriptorSupply(path: path)
    }

    /// Uses an open file descriptor, such as that of a pipe.
    ///
    /// - Parameters:
    ///   - fileDescriptor: The descriptor, open for reading. It stays open, and the caller must
    ///     close it.
    ///   - name: The input's name in messages.
    ///   - chunkSize: How many bytes are read at a time.
    public init(
        fileDescriptor: Int32, name: String = "-", chunkSize: Int = ByteSource.defaultChunkSize
    ) {
        self.name = name
        self.chunkSize = min(max(1, chunkSize), Self.largestChunkSize)
        supply = DescriptorSupply(fileDescriptor, name: name)
    }

    /// Uses a function that reads the next bytes.
    ///
    /// - Parameters:
    ///   - name: The input's name in messages.
    ///   - chunkSize: How many bytes are read at a time.
    ///   - read: Reads at least one byte and at most what fits, and returns how many; 0 at the end.
    package init(
        name: String, chunkSize: Int = ByteSource.defaultChunkSize,
        read: @escaping (UnsafeMutableRawBufferPointer) throws(ReadError) -> Int
    ) {
        self.name = name
        self.chunkSize = min(max(1, chunkSize), Self.largestChunkSize)
        supply = FunctionSupply(read)
    }

    /// Uses bytes that are already in memory.
    ///
    /// - Parameters:
    ///   - bytes: The whole input.
    ///   - name: The input's name in messages.
    ///   - chunkSize: How many bytes are passed on at a time.
    public init(
        bytes: [UInt8], name: String = "input", chunkSize: Int = ByteSource.defaultChunkSize
    ) {
        self.name = name
        self.chunkSize = min(max(1, chunkSize), Self.largestChunkSize)
        supply = MemorySupply(bytes)
    }

    /// Reads the next bytes, at most a chunk, and passes them to the observer.
    ///
    /// - Parameter space: Where the bytes go; not empty.
    /// - Returns: How many bytes were read; 0 at the end of the input.
    /// - Throws: ``ReadError`` when reading fails.
    mutating func read(into space: UnsafeMutableRawBufferPointer) throws(ReadError) -> Int {
        let room = UnsafeMutableRawBufferPointer(rebasing: space.prefix(chunkSize))
        if !isHeadKnown { try lookAtHead() }
        let count: Int
        if head.isEmpty {
            count = try supply.read(into: room)
        } else {
            count = min(head.count, room.count)
            room.copyBytes(from: head.prefix(count))
            head.removeFirst(count)
        }
        if count > 0 {
            let bytes = UnsafeRawBufferPointer(rebasing: room.prefix(count))
            if findings.encoding == nil { originalObserver?(bytes) }
            observer?(bytes)
        }
        return count
    }

    /// Reads the first bytes and installs a decompressor and a decoder if they are needed.
    ///
    /// The decompressor is for gzip data (RFC 1952), and the decoder for text that is not UTF-8.
    private mutating func lookAtHead() throws(ReadError) {
        isHeadKnown = true
        head = try firstBytes()
        if head.starts(with: [0x1F, 0x8B, 0x08]) {
            supply = GzipSupply(
                head: head, upstream: supply, name: name, allowed: expansionAllowed)
            findings.isGzip = true
            head = try firstBytes()
        } else if name.lowercased().hasSuffix(".gz") {
            throw ReadError(
                code: .decompressionFailed,
                message: "named as gzip, but no gzip data: rename it, or compress it again",
                inputName: name)
        }
        // A byte order mark overrides the requested encoding. Files of failed rows are in UTF-8,
        // and are read with the same options as their input.
        if head.starts(with: [0xEF, 0xBB, 0xBF]) { return }
        var encoding = encoding
        // If two zero bytes follow, the first mark would be a UTF-32 mark.
        if head.starts(with: [0xFF, 0xFE]), head.count < 4 || head[2] != 0 || head[3] != 0 {
            encoding = .utf16LittleEndian
        } else if head.starts(with: [0xFE, 0xFF]) {
            encoding = .utf16BigEndian
        }
        guard let encoding, encoding != .utf8 else { return }
        supply = TranscodingSupply(
            head: head, upstream: supply, encoding: encoding, observer: originalObserver)
        findings.encoding = encoding
        head = []
    }

    /// Reads four bytes, or as many as there are.
    private func firstBytes() throws(ReadError) -> [UInt8] {
        var first = [UInt8](repeating: 0, count: 4)
        var filled = 0
        while filled < first.count {
            let supply = supply
            let result = first.withUnsafeMutableBytes { space in
                Result { () throws(ReadError) in
                    try supply.read(
                        into: UnsafeMutableRawBufferPointer(rebasing: space[filled...]))
                }
            }
            let count = try result.get()
            if count == 0 { break }
            filled += count
        }
        first.removeLast(first.count - filled)
        return first
    }
}
