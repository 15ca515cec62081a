import BulkSystem
import BulkTestSupport
import CLibrary
import Testing

@Suite("Other programs are run without a shell, and not for longer than a limit")
struct ExternalProgramTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("arguments arrive as they are, and input, output, errors and the exit code are separate")
    func streams() throws {
        let shell = ExternalProgram(path: "/bin/sh")
        let words = ["-n $(id)", "'a' \"b\"; rm *", "\u{1B}[2J"]
        let result = try shell.run(
            ["-c", "cat; for word in \"$@\"; do echo \"<$word>\" >&2; done; exit 7", "sh"] + words,
            input: Array("in\0put".utf8), within: 60 * .second)
        #expect(result.status == 7)
        #expect(text(result.output) == "in\0put")
        #expect(text(result.errors) == words.map { "<\($0)>\n" }.joined())
    }

    @Test("a program that does not end is stopped")
    func limit() {
        let shell = ExternalProgram(path: "/bin/sh")
        #expect(throws: ExternalProgram.Failure.tookTooLong) {
            _ = try shell.run(["-c", "while :; do :; done"], within: 0)
        }
    }

    @Test("a program that writes too much is stopped, with what it started")
    func output() {
        let shell = ExternalProgram(path: "/bin/sh")
        for script in ["yes | cat", "yes >&2", "printf 12345; exit 0"] {
            #expect(throws: ExternalProgram.Failure.wroteTooMuch) {
                _ = try shell.run(["-c", script], within: 60 * .second, outputLimit: 4)
            }
        }
        #expect(throws: Never.self) {
            _ = try shell.run(["-c", "printf 1234"], within: 60 * .second, outputLimit: 4)
        }
    }

    @Test("a program that is none is not started")
    func notStarted() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("no program", to: "program")
        chmod(path, 0o700)
        #expect(throws: ExternalProgram.Failure.notStarted(ENOEXEC)) {
            _ = try ExternalProgram(path: path).run([], within: 60 * .second)
        }
    }

    @Test("a signal that ends it is in its status")
    func signalled() throws {
        let result = try ExternalProgram(path: "/bin/sh").run(
            ["-c", "kill -KILL $$"], within: 60 * .second)
        #expect(result.status == 128 + SIGKILL)
    }

    @Test("it is found in absolute directories of the path only, and only where it can be run")
    func found() throws {
        let directory = try TemporaryDirectory()
        #expect(ExternalProgram(named: "tool", in: "\(directory.path)::.:bin") == nil)
        let path = try directory.write("#!/bin/sh\n", to: "tool")
        chmod(path, 0o600)
        #expect(ExternalProgram(named: "tool", in: directory.path) == nil)
        chmod(path, 0o700)
        #expect(ExternalProgram(named: "tool", in: "bin:/nowhere:\(directory.path)")?.path == path)
    }

    @Test("a private directory is the user's alone, and goes away with its files")
    func directory() throws {
        var directory: PrivateDirectory? = try PrivateDirectory()
        let path = try #require(directory?.path)
        let file = try #require(try directory?.write([1, 2], to: "file"))
        var information = stat()
        #expect(stat(path, &information) == 0 && information.st_mode & 0o777 == 0o700)
        #expect(stat(file, &information) == 0 && information.st_mode & 0o777 == 0o600)
        #expect(throws: FileError.self) { _ = try directory?.write([], to: "file") }
        directory = nil
        #expect(!FilePath.isTaken(path))
    }
}
