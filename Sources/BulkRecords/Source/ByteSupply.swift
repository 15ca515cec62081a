import CLibrary

/// The supply behind a ``ByteSource``.
protocol ByteSupply: AnyObject {
    /// Reads at least one byte and at most what fits; 0 means the end.
    func read(into space: UnsafeMutableRawBufferPointer) throws(ReadError) -> Int
    /// Whether reading can wait for another program, such as one that writes to a pipe.
    var canWait: Bool { get }
}

extension ByteSupply {
    var canWait: Bool { true }
}

/// Bytes from a file descriptor.
final class DescriptorSupply: ByteSupply {
    private let descriptor: Int32
    private let isOwned: Bool
    private let name: String

    /// Reads from a descriptor that the caller owns.
    init(_ descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
        isOwned = false
    }

    /// Opens a file, and closes it at the end.
    init(path: String) throws(ReadError) {
        guard !path.utf8.contains(0) else {
            throw ReadError(
                code: .cannotOpen, message: "cannot be opened: a path has no NUL", inputName: path)
        }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        name = path
        isOwned = true
        guard descriptor >= 0 else {
            throw ReadError(
                code: .cannotOpen, message: "cannot be opened: \(systemMessage(errno))",
                inputName: path)
        }
    }

    deinit {
        if isOwned, descriptor >= 0 { _ = close(descriptor) }
    }

    var canWait: Bool {
        var information = stat()
        return fstat(descriptor, &information) != 0 || information.st_mode & S_IFMT != S_IFREG
    }

    func read(into space: UnsafeMutableRawBufferPointer) throws(ReadError) -> Int {
        while true {
            let count = CLibrary.read(descriptor, space.baseAddress, space.count)
            if count >= 0 { return count }
            guard errno == EINTR else {
                throw ReadError(
                    code: .cannotRead, message: "cannot be read: \(systemMessage(errno))",
                    inputName: name)
            }
        }
    }
}

/// Bytes from a function.
final class FunctionSupply: ByteSupply {
    private let body: (UnsafeMutableRawBufferPointer) throws(ReadError) -> Int

    init(_ body: @escaping (UnsafeMutableRawBufferPointer) throws(ReadError) -> Int) {
        self.body = body
    }

    func read(into space: UnsafeMutableRawBufferPointer) throws(ReadError) -> Int {
        try body(space)
    }
}

/// Bytes that are already in memory.
final class MemorySupply: ByteSupply {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var canWait: Bool { false }

    func read(into space: UnsafeMutableRawBufferPointer) throws(ReadError) -> Int {
        let count = min(space.count, bytes.count - position)
        bytes.withUnsafeBytes { all in
            space.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: all[position..<position + count]))
        }
        position += count
        return count
    }
}

/// The system's message for an error number.
func systemMessage(_ number: Int32) -> String {
    guard let text = strerror(number) else { return "error \(number)" }
    return String(cString: text)
}
