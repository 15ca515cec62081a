import Foundation

/// Runs a program of the system, without blocking a thread of the cooperative pool.
enum Program {
    /// What a program left behind.
    struct Outcome {
        var status: Int32
        var output: Data
        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - name: The program, found in the path.
    ///   - arguments: Its arguments.
    ///   - input: What it reads from standard input.
    /// - Returns: Its exit status and what it wrote to standard output.
    /// - Throws: What Foundation throws when it cannot be started.
    static func run(
        _ name: String, _ arguments: [String], input: Data = Data()
    ) async throws -> Outcome {
        let folder = URL(fileURLWithPath: NSTemporaryDirectory())
            .appendingPathComponent("mava-sandbox-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Files rather than pipes: neither side can wait for the other.
        let inputFile = folder.appendingPathComponent("input")
        let outputFile = folder.appendingPathComponent("output")
        try input.write(to: inputFile)
        try Data().write(to: outputFile)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = FileHandle.nullDevice
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                continuation.resume(throwing: error)
            }
        }
        return Outcome(status: status, output: try Data(contentsOf: outputFile))
    }
}
