import BulkSystem
import BulkTestSupport
import Foundation
import Testing

@Suite("An atomic file is there whole or not at all")
struct AtomicFileTests {
    private let temporary: TemporaryDirectory
    private let directory: URL

    init() throws {
        temporary = try TemporaryDirectory()
        directory = URL(filePath: temporary.path)
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path)
    }

    @Test("A committed file holds what was written, for its owner only")
    func commits() throws {
        let path = directory.appending(path: "report.csv").path
        var buffer = OutputBuffer()
        var file = try AtomicFile(path)
        buffer.append("????head\n")
        try file.write(&buffer)
        buffer.append("tail\n")
        try file.write(&buffer)
        buffer.append("1234")
        try file.overwriteStart(&buffer)
        buffer.append("end\n")
        try file.write(&buffer)
        try file.commit()
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "1234head\ntail\nend\n")
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try names() == ["report.csv"])
    }

    @Test("A file that is not committed leaves what was there, and nothing beside it")
    func abandons() throws {
        let path = directory.appending(path: "report.csv").path
        try "before".write(toFile: path, atomically: false, encoding: .utf8)
        do {
            var buffer = OutputBuffer()
            let file = try AtomicFile(path)
            buffer.append("after")
            try file.write(&buffer)
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "before")
        #expect(try names() == ["report.csv"])
    }

    @Test("An error names the operation, the file and the cause")
    func refuses() throws {
        let path = directory.appending(path: "none/report.csv").path
        let error = #expect(throws: FileError.self) { _ = try AtomicFile(path) }
        #expect(error?.operation == .open)
        #expect(error?.path == path)
        #expect(error?.errorNumber == ENOENT)
    }

    @Test("What a link points to is replaced, and the link stays")
    func links() throws {
        let path = directory.appending(path: "real.csv").path
        let link = directory.appending(path: "link.csv").path
        try "before".write(toFile: path, atomically: false, encoding: .utf8)
        #expect(symlink("real.csv", link) == 0)
        var buffer = OutputBuffer()
        var file = try AtomicFile(link)
        buffer.append("after")
        try file.write(&buffer)
        try file.commit()
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "after")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "real.csv")
        #expect(try names().sorted() == ["link.csv", "real.csv"])
    }

    @Test("A pipe, a directory and a link to nowhere are not replaced")
    func notFiles() throws {
        let pipe = directory.appending(path: "pipe").path
        #expect(mkfifo(pipe, 0o600) == 0)
        let lost = directory.appending(path: "lost").path
        #expect(symlink("/nowhere/at/all", lost) == 0)
        for (path, number) in [(pipe, ENOTSUP), (directory.path, EISDIR), (lost, ENOENT)] {
            let error = #expect(throws: FileError.self) { _ = try AtomicFile(path) }
            #expect(error?.operation == .replace)
            #expect(error?.path == path)
            #expect(error?.errorNumber == number)
        }
        #expect(try names().sorted() == ["lost", "pipe"])
    }

    @Test("A lock is held once, until it is let go")
    func locks() throws {
        let path = directory.appending(path: "lock").path
        do {
            let held = try FileLock(path)
            let error = #expect(throws: FileError.self) { _ = try FileLock(path) }
            #expect(error?.errorNumber == EWOULDBLOCK)
            _ = consume held
        }
        _ = try FileLock(path)
    }

    @Test("Directories are made with those above them")
    func makesDirectories() throws {
        let path = directory.appending(path: "a/b/c").path
        try POSIXFileSystem().makeDirectory(path)
        try POSIXFileSystem().makeDirectory(path)
        var isDirectory: ObjCBool = false
        #expect(FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory))
        #expect(isDirectory.boolValue)
        try "x".write(toFile: path + "/file", atomically: false, encoding: .utf8)
        #expect(throws: FileError.self) { try POSIXFileSystem().makeDirectory(path + "/file/d") }
    }
}

@Suite("Paths are cut and joined as text")
struct FilePathTests {
    @Test(
        "Directory and name",
        arguments: [
            ("a", ".", "a"), ("a/b", "a", "b"), ("/a", "/", "a"), ("a/b/", "a", "b"),
            ("/", "/", "/"),
        ])
    func parts(path: String, directory: String, name: String) {
        #expect(FilePath.directory(of: path) == directory)
        #expect(FilePath.name(of: path) == name)
    }

    @Test("a link to a pipe without a name is no place for a file, and not a link to nothing")
    func linkToPipe() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let path = "/proc/self/fd/\(ends[1])"
        let error = #expect(throws: FileError.self) { _ = try FilePath.replaceable(path) }
        #expect(
            error?.description
                == "cannot replace \(path): it is a device or a pipe and no file; name another place"
        )
    }
}
