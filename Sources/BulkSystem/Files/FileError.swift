import CLibrary

/// A file operation that the system refused.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was attempted.
    public enum Operation: String, Sendable {
        /// Opening or creating.
        case open
        /// Reading.
        case read
        /// Writing.
        case write
        /// Bringing written bytes to the disk.
        case sync
        /// Putting a finished file in its place.
        case rename
        /// Putting a file in the place of what is there.
        case replace
        /// Cutting a file.
        case truncate
        /// Making a directory.
        case makeDirectory = "make directory"
        /// Removing.
        case remove
        /// Keeping a file that is in use: it was deleted, replaced or cut short by somebody else.
        case keep
        /// Locking.
        case lock
    }

    /// What was attempted.
    public var operation: Operation
    /// The file concerned.
    public var path: String
    /// The system's error number, such as `ENOSPC`.
    public var errorNumber: Int32

    /// Makes an error from its parts.
    public init(operation: Operation, path: String, errorNumber: Int32) {
        self.operation = operation
        self.path = path
        self.errorNumber = errorNumber
    }

    /// The error that the system call just made has left in `errno`.
    package static func last(_ operation: Operation, _ path: String) -> FileError {
        FileError(operation: operation, path: path, errorNumber: errno)
    }

    /// For example `cannot write runs/journal.jsonl: No space left on device`.
    public var description: String {
        "cannot \(operation.rawValue) \(path): \(reason)"
    }

    private var reason: String {
        if operation == .keep { return "it was deleted, replaced or cut short while it was in use" }
        if operation == .open, errorNumber == EPERM {
            return "it belongs to another user; name a file or directory of your own"
        }
        if operation == .open, errorNumber == ELOOP {
            return "it is a symbolic link, which is not followed here; put a file in its place"
        }
        // The system was not asked, so its words would not say what is the matter.
        if operation == .replace, errorNumber == ENOTSUP {
            return "it is a device or a pipe and no file; name another place"
        }
        return String(cString: strerror(errorNumber))
    }

    /// Whether this machine was short of descriptors or memory, which passes.
    public var isShortage: Bool { [EMFILE, ENFILE, ENOMEM].contains(errorNumber) }
}
