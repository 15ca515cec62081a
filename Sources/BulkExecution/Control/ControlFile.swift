import BulkSystem
import CLibrary

/// The file in a run's directory with which a person steers the run.
///
/// The program only reads it. It is read once a second at most, because it may be on a network's disk.
package struct ControlFile: Sendable {
    /// The most bytes that the file may have.
    static let longest = 4096

    /// What distinguishes a file that was written again from one that was not.
    struct Stamp: Hashable, Sendable {
        private let device: UInt64
        private let inode: UInt64
        private let size: Int64
        private let seconds: Int
        private let nanoseconds: Int

        init(_ information: stat) {
            device = UInt64(truncatingIfNeeded: information.st_dev)
            inode = UInt64(information.st_ino)
            size = Int64(information.st_size)
            seconds = Int(information.changedAt.tv_sec)
            nanoseconds = Int(information.changedAt.tv_nsec)
        }
    }

    /// What is at the file's path.
    enum Contents: Hashable, Sendable {
        /// There is nothing.
        case absent
        /// The file holds these bytes.
        case text([UInt8], Stamp)
        /// The file is not read, for this reason.
        case unusable(reason: String)
    }

    /// The file's path.
    package let path: String
    /// The file as it was when this value was made; `nil` when there was none.
    let earlier: Stamp?

    /// Names a control file, and notes whether there is one already.
    ///
    /// - Parameter path: Its path.
    init(_ path: String) {
        self.path = path
        var information = stat()
        earlier = lstat(path, &information) == 0 ? Stamp(information) : nil
    }

    /// Reads the file.
    ///
    /// A link is not followed, and a pipe is not waited for. A shortage of this machine counts as no file,
    /// because the next reading can succeed.
    func read() -> Contents {
        do throws(FileError) {
            let file = try POSIXFileSystem().open(path, flags: O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
            defer { POSIXFileSystem().close(file) }
            return try Self.contents(of: file)
        } catch {
            if error.errorNumber == ENOENT || error.isShortage { return .absent }
            return .unusable(reason: error.description)
        }
    }

    private static func contents(of file: OpenFile) throws(FileError) -> Contents {
        try file.requireRegular(isOurs: false)
        var information = stat()
        guard fstat(file.descriptor, &information) == 0 else { throw .last(.read, file.path) }
        // The system's administrator may steer a run of a service's user.
        guard information.st_uid == geteuid() || information.st_uid == 0 else {
            throw FileError(operation: .open, path: file.path, errorNumber: EPERM)
        }
        let bytes = try file.read(upTo: longest + 1, at: 0)
        guard bytes.count <= longest else {
            return .unusable(reason: "\(file.path) has more than 4 KB, so it is ignored")
        }
        return .text(bytes, Stamp(information))
    }
}
