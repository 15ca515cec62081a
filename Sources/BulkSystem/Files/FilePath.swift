import CLibrary

/// Path operations that the file layer needs.
package enum FilePath {
    /// The directory for temporary files: `TMPDIR`, else `/tmp`.
    package static var temporaryDirectory: String {
        let variable = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        // A relative path could begin with a dash, which is an option of programs that get it.
        return variable.hasPrefix("/") ? variable : "/tmp"
    }

    /// A part of a name that no other file has: up to 13 digits and small letters.
    package static var randomSuffix: String {
        String(UInt64.random(in: .min ... .max), radix: 36)
    }

    /// The names in a directory, except those of itself and of the one above it.
    package static func entries(of directory: String) throws(FileError) -> [String] {
        guard let stream = opendir(directory) else { throw .last(.open, directory) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// The directory that contains a path; `.` for a bare name.
    package static func directory(of path: String) -> String {
        let path = withoutSlashes(path)
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last component of a path.
    package static func name(of path: String) -> String {
        let path = withoutSlashes(path)
        guard let slash = path.lastIndex(of: "/"), path.count > 1 else { return String(path) }
        return String(path[path.index(after: slash)...])
    }

    /// A path without trailing slashes.
    private static func withoutSlashes(_ path: String) -> Substring {
        var path = path[...]
        while path.count > 1, path.last == "/" { path.removeLast() }
        return path
    }

    /// Whether a name is taken, even by a dangling link.
    package static func isTaken(_ path: String) -> Bool {
        var information = stat()
        return lstat(String(withoutSlashes(path)), &information) == 0
    }

    /// Whether there is anything at a path.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether a path points to a directory.
    package static func isDirectory(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether a path points to a regular file.
    package static func isRegularFile(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
    }

    /// Whether there is a regular file at a path itself, not behind a symbolic link.
    package static func isOwnRegularFile(_ path: String) -> Bool {
        var information = stat()
        return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
    }

    /// Whether there is a directory of this user at a path.
    package static func isOwnDirectory(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
            && information.st_uid == geteuid()
    }

    /// Whether a file was changed after another one; `false` where one of them is missing.
    package static func isNewer(_ path: String, than other: String) -> Bool {
        var first = stat()
        var second = stat()
        guard lstat(path, &first) == 0, lstat(other, &second) == 0 else { return false }
        #if canImport(Darwin)
            let (left, right) = (first.st_mtimespec, second.st_mtimespec)
        #else
            let (left, right) = (first.st_mtim, second.st_mtim)
        #endif
        return (left.tv_sec, left.tv_nsec) > (right.tv_sec, right.tv_nsec)
    }

    /// Whether two paths point to the same file, whatever their names.
    package static func isSameFile(_ path: String, _ other: String) -> Bool {
        guard let first = identity(of: path) else { return false }
        return first == identity(of: other)
    }

    /// A file, whatever its names.
    package struct Identity: Hashable, Sendable {
        private let device: UInt64
        private let number: UInt64

        fileprivate init(_ information: stat) {
            device = UInt64(truncatingIfNeeded: information.st_dev)
            number = UInt64(truncatingIfNeeded: information.st_ino)
        }
    }

    /// The file that a path points to; `nil` where there is none.
    package static func identity(of path: String) -> Identity? {
        var information = stat()
        return stat(path, &information) == 0 ? Identity(information) : nil
    }

    /// Whether two paths name the same regular file, or the same place for one that does not exist yet.
    ///
    /// Devices and pipes are never the same: what is written to them replaces nothing.
    package static func isSamePlace(_ path: String, _ other: String) -> Bool {
        if isRegularFile(path), isRegularFile(other) { return isSameFile(path, other) }
        guard !exists(path), !exists(other) else { return false }
        let (first, second) = (target(of: path), target(of: other))
        if absolute(first) == absolute(second) { return true }
        return name(of: first) == name(of: second)
            && isSameFile(directory(of: first), directory(of: second))
    }

    /// The path behind a symbolic link to a file that does not exist; else the path itself.
    private static func target(of path: String) -> String {
        var path = path
        for _ in 0..<8 {
            var bytes = [CChar](repeating: 0, count: 4097)
            let count = readlink(path, &bytes, 4096)
            guard count > 0 else { break }
            let target = String(
                decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            path = target.hasPrefix("/") ? target : joining(directory(of: path), target)
        }
        return path
    }

    /// The path at which a replacement file must be put: the path itself, or the target of its
    /// link.
    ///
    /// - Throws: A ``FileError`` when something other than a file is there. Renaming over
    ///   `/dev/null` would take it away from every program on the machine.
    package static func replaceable(
        _ path: String, followsLink: Bool = true
    ) throws(FileError) -> String {
        var information = stat()
        guard lstat(path, &information) == 0 else {
            if errno == ENOENT { return path }
            throw .last(.replace, path)
        }
        switch information.st_mode & S_IFMT {
        case S_IFREG: return path
        case S_IFLNK where !followsLink: return path
        case S_IFLNK:
            guard let resolved = realpath(path, nil) else {
                let failure = FileError.last(.replace, path)
                // A link below /proc can lead to a pipe, which has no name.
                guard failure.errorNumber == ENOENT, exists(path) else { throw failure }
                throw FileError(operation: .replace, path: path, errorNumber: ENOTSUP)
            }
            defer { free(resolved) }
            return try replaceable(String(cString: resolved))
        case S_IFDIR: throw FileError(operation: .replace, path: path, errorNumber: EISDIR)
        default: throw FileError(operation: .replace, path: path, errorNumber: ENOTSUP)
        }
    }

    /// A path that is valid from any working directory.
    package static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let working = getcwd(nil, 0) else { return path }
        defer { free(working) }
        return joining(String(cString: working), path)
    }

    /// A path below a directory.
    package static func joining(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }
}
