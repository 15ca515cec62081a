import BulkTestSupport
import Foundation

/// Runs a system program without blocking a thread of the cooperative pool.
enum Program {
    /// The result of a program.
    struct Outcome {
        var status: Int32
        var output: Data
        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Runs a program until it ends.
    ///
    /// - Parameters:
    ///   - name: The program's name, looked up in the path.
    ///   - arguments: Its arguments.
    ///   - input: What it reads from standard input.
    /// - Returns: Its exit status and its standard output.
    /// - Throws: A `ChildProgram.Failure` when it cannot be started.
    static func run(
        _ name: String, _ arguments: [String], input: Data = Data()
    ) async throws -> Outcome {
        let result = try await ChildProgram(name, arguments, input: .bytes(Array(input))).end()
        return Outcome(status: result.status, output: Data(result.output))
    }
}
