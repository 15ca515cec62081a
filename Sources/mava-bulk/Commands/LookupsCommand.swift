import BulkSystem
import MavaBulk

/// `mava-bulk lookups`: the agents and categories as a file, for previews without a key.
enum LookupsCommand {
    static func run(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        try refuseReplacing(arguments)
        let connection = try CommandConnection(arguments, console)
        let session = CommandSession(
            console, connection.mava, unfinished: "the file was not written")
        let mava = connection.mava
        let lookups = try await session.watch {
            defer { session.prepared() }
            return try await mava.lookups()
        }
        connection.warnOfLostLedger(console)
        let now = CurrentProcess.now
        guard let path = arguments[.output] else {
            var text = lookups.text(createdAt: now, baseURL: mava.baseURL)
            try console.data(&text, as: .json)
            return .success
        }
        try lookups.write(to: path, createdAt: now, baseURL: mava.baseURL)
        console.say(
            "wrote \(Words.counted(lookups.agents.count, "agent")) and "
                + "\(Words.number(lookups.categories.count)) "
                + (lookups.categories.count == 1 ? "category" : "categories") + " to \(path)")
        return .success
    }
    /// Refuses to replace a file that does not hold look-ups.
    private static func refuseReplacing(_ arguments: ParsedArguments) throws {
        guard let path = arguments[.output], !arguments.has(.force),
            FilePath.isRegularFile(path), try !Lookups.isFile(path)
        else { return }
        throw CommandFailure.usage(
            .outputOccupied,
            "\(path): this file exists and holds no look-ups: name another, or add --force")
    }
}
