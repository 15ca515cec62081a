import BulkSystem
import BulkTestSupport
import Testing

import CLibrary

@Suite("Files on a failing disk")
struct FailingDiskTests {
    static let before = "before\n"
    static let after = (1...50).map { "line \($0)\n" }.joined()

    /// Replaces a file, a few lines at a time.
    static func replace(_ path: String, _ files: FailingFileSystem) throws {
        var file = try AtomicFile(path, fileSystem: files)
        var buffer = OutputBuffer()
        for number in 1...50 {
            buffer.append(text: "line \(number)\n")
            if number % 10 == 0 { try file.write(&buffer) }
        }
        try file.commit()
    }

    /// Every call that replacing a file makes, each failing in its turn.
    static var faults: [FailingFileSystem.Fault] {
        get throws {
            let directory = try TemporaryDirectory()
            let files = FailingFileSystem()
            try replace(directory.file("report.csv"), files)
            return (1...files.writes).map { .write($0, errorNumber: ENOSPC) }
                + (1...files.writes).map { .write($0, errorNumber: EPIPE) }
                + (1...files.syncs).map { .sync($0, errorNumber: EIO) }
                + (1...files.renames).map { .rename($0, errorNumber: EIO) }
        }
    }

    @Test(
        "whichever call fails, the file is the old one or the new one, and nothing lies beside it")
    func everyCall() throws {
        let faults = try Self.faults
        #expect(faults.count >= 13)
        for fault in faults {
            let directory = try TemporaryDirectory()
            let path = try directory.write(Self.before, to: "report.csv")
            #expect(throws: FileError.self, "\(fault)") {
                try Self.replace(path, FailingFileSystem(fault))
            }
            let text = try directory.readText("report.csv")
            // Only the directory's sync comes after the new file is in place.
            let isInPlace = fault == .sync(2, errorNumber: EIO)
            #expect(text == (isInPlace ? Self.after : Self.before), "\(fault)")
            #expect(try directory.names() == ["report.csv"], "\(fault)")
        }
    }

    @Test("writes that come short write everything in the end", arguments: [1, 7, 4096])
    func shortWrites(longest: Int) throws {
        let directory = try TemporaryDirectory()
        try Self.replace(
            directory.file("report.csv"), FailingFileSystem(longestWrite: longest))
        #expect(try directory.readText("report.csv") == Self.after)
    }

    @Test("a pipe that nobody reads is an error, not the end of the process")
    func brokenPipe() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        let previous = signal(SIGPIPE, SIG_IGN)
        defer { signal(SIGPIPE, previous) }
        let error = #expect(throws: FileError.self) {
            try [UInt8](repeating: 65, count: 10).withUnsafeBytes { bytes in
                try POSIXFileSystem().writeAll(
                    OpenFile(descriptor: ends[1], path: "standard output"), bytes)
            }
        }
        #expect(error?.errorNumber == EPIPE)
    }
}

@Suite("Lines of a file")
struct FileLinesTests {
    struct Line: Equatable {
        var text: String
        var offset: Int
        var isWhole: Bool
    }

    func lines(_ bytes: [UInt8]) throws -> [Line] {
        let directory = try TemporaryDirectory()
        let path = try directory.write(bytes, to: "lines")
        var lines: [Line] = []
        try FileLines.forEach(in: path) { line, offset, isWhole in
            lines.append(
                Line(
                    text: String(decoding: line, as: UTF8.self), offset: offset, isWhole: isWhole))
        }
        return lines
    }

    @Test("each line comes with its place, and the last one says whether it is whole")
    func places() throws {
        #expect(try lines([]) == [])
        #expect(
            try lines(Array("a\n\nbc\nd".utf8)) == [
                Line(text: "a", offset: 0, isWhole: true),
                Line(text: "", offset: 2, isWhole: true),
                Line(text: "bc", offset: 3, isWhole: true),
                Line(text: "d", offset: 6, isWhole: false),
            ])
    }

    @Test("lines longer than what is read at once, and lines across its edges, come whole")
    func longLines() throws {
        let lengths = [1, 262_143, 262_144, 262_145, 600_000, 3]
        let bytes = lengths.flatMap { [UInt8](repeating: 0x78, count: $0) + [0x0A] }
        let lines = try lines(bytes)
        #expect(lines.map(\.text.utf8.count) == lengths)
        #expect(lines.map(\.offset) == [0, 2, 262_146, 524_291, 786_437, 1_386_438])
    }

    @Test("a file that is missing is an error that names it")
    func missing() {
        let error = #expect(throws: FileError.self) {
            try FileLines.forEach(in: "/nonexistent/lines") { _, _, _ in }
        }
        #expect(error?.path == "/nonexistent/lines")
    }
}
