import BulkTestSupport
import Foundation
import Testing

/// The program as it was built beside the tests.
enum BuiltProgram {
    /// The result of a finished run of the program.
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// The folder with the package's sources and samples.
    static let package = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The built program, which lies beside the test runner, or the one that `MAVA_BULK_TESTED_PROGRAM` names.
    ///
    /// So an installed package can be tested like a build.
    static let executable: URL = {
        if let path = ProcessInfo.processInfo.environment["MAVA_BULK_TESTED_PROGRAM"] {
            return URL(filePath: path)
        }
        let runner = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return runner.deletingLastPathComponent().appending(path: "mava-bulk")
    }()

    /// Starts the program, or another, in a directory of the caller's.
    ///
    /// The caller's environment does not affect a test, except for the sanitizer's options.
    static func start(
        _ arguments: [String], in directory: URL, environment: [String: String] = [:],
        input: Data? = nil, executable: URL = executable
    ) throws -> ChildProgram {
        var base = ["PATH": "/usr/bin:/bin", "HOME": directory.path, "TERM": "dumb"]
        base["LSAN_OPTIONS"] = ProcessInfo.processInfo.environment["LSAN_OPTIONS"]
        return try ChildProgram(
            executable.path, arguments, in: directory.path,
            environment: base.merging(environment) { $1 },
            input: input.map { .bytes(Array($0)) } ?? .nothing)
    }

    /// Runs the program, or another, to its end.
    static func run(
        _ arguments: [String], in directory: URL, environment: [String: String] = [:],
        input: Data? = nil, executable: URL = executable
    ) async throws -> Result {
        let result = try await start(
            arguments, in: directory, environment: environment, input: input,
            executable: executable
        ).end()
        return Result(
            status: result.status, output: String(decoding: result.output, as: UTF8.self),
            errors: String(decoding: result.errors, as: UTF8.self))
    }
}
