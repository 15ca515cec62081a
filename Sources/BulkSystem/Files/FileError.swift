import CLibrary

/// A file operation that failed.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was attempted.
    public enum Operation: String, Sendable {
        /// Opening or creating a file.
        case open
        /// Reading.
        case read
        /// Writing.
        case write
        /// Syncing written bytes to the disk.
        case sync
        /// Renaming a finished file to its destination.
        case rename
        /// Replacing what is at a path.
        case replace
        /// Truncating a file.
        case truncate
        /// Creating a directory.
        case makeDirectory = "make directory"
        /// Removing a file.
        case remove
        /// Keeping a file that is in use: another program deleted, replaced or truncated it.
        case keep
        /// Locking a file.
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

    /// The error that the last system call left in `errno`.
    package static func last(_ operation: Operation, _ path: String) -> FileError {
        FileError(operation: operation, path: path, errorNumber: errno)
    }

    /// For example `cannot write runs/journal.jsonl: No space left on device`.
    public var description: String {
        "cannot \(operation.rawValue) \(path): \(reason)"
    }

    /// Why it failed, without the path.
    package var reason: String {
        // The system has no error for a read or a write that takes less than all.
        if errorNumber == 0 {
            return operation == .write
                ? "only a part of it was written" : "it ends where it should go on"
        }
        if operation == .keep { return "it was deleted, replaced or cut short while it was in use" }
        if operation == .open, errorNumber == EPERM {
            return "it belongs to another user or may not be changed; name a file or directory of "
                + "your own"
        }
        if operation == .open, errorNumber == ELOOP {
            return "it is a symbolic link, which is not followed here; put a file in its place"
        }
        if errorNumber == EMFILE {
            return
                "this process may open no more files; raise its limit, such as with `ulimit -n 4096`"
        }
        if operation == .open, errorNumber == ENOTSUP {
            return "it is a directory, a device or a pipe and no file; move it away"
        }
        // No system call failed here, so the system's message would not explain the problem.
        if operation == .replace, errorNumber == ENOTSUP {
            return "it is a device or a pipe and no file; name another place"
        }
        // Only a link can be there and lead nowhere.
        if operation == .replace, errorNumber == ENOENT {
            return
                "it is a symbolic link to a file that does not exist; remove the link, or name its target"
        }
        if operation == .replace, errorNumber == ELOOP {
            return
                "it is a symbolic link that leads back to itself; remove it, or name another place"
        }
        return String(cString: strerror(errorNumber))
    }

    /// Whether this machine was temporarily short of descriptors or memory.
    public var isShortage: Bool { [EMFILE, ENFILE, ENOMEM].contains(errorNumber) }
}
