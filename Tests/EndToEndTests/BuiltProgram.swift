import BulkTestSupport
import Foundation
import Testing

/// The program as it was built beside the tests.
enum BuiltProgram {
    /// What a finished run of the program left.
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// The folder with the package's sources and samples.
    static let package = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The built program: it lies beside the test runner.
    static let executable: URL = {
        let runner = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return runner.deletingLastPathComponent().appending(path: "mava-bulk")
    }()

    /// A process of the program that is not started yet, in a directory of the caller's.
    static func process(
        _ arguments: [String], in directory: URL, environment: [String: String] = [:],
        executable: URL = executable
    ) -> Process {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = directory
        // Nothing of the caller's environment may decide what a test sees.
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": directory.path, "TERM": "dumb"]
            .merging(environment) { $1 }
        return process
    }

    /// Runs the program to its end.
    static func run(
        _ arguments: [String], in directory: URL, environment: [String: String] = [:],
        input: Data? = nil, executable: URL = executable
    ) throws -> Result {
        let process = process(
            arguments, in: directory, environment: environment, executable: executable)
        // Files rather than pipes: a pipe nobody drains would block a program that says much.
        let streams = try TemporaryDirectory()
        let output = URL(filePath: try streams.write("", to: "output"))
        let errors = URL(filePath: try streams.write("", to: "errors"))
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        if let input {
            process.standardInput = try FileHandle(
                forReadingFrom: URL(filePath: try streams.write(input, to: "input")))
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        try process.run()
        process.waitUntilExit()
        return Result(
            status: process.terminationReason == .exit
                ? process.terminationStatus : 128 + process.terminationStatus,
            output: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8))
    }
}
