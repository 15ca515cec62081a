import BulkSystem
import MavaBulk

/// `mava-bulk export`: tickets as they are, as a file to edit and apply.
enum ExportCommand {
    static func run(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        try refuseReplacing(arguments)
        if let path = arguments[.idFile] { console.sayWaiting(for: path, "ids") }
        let export = try ExportArguments(arguments, now: CurrentProcess.now)
        let connection = try CommandConnection(arguments, console)
        let session = CommandSession(
            console, connection.mava, unfinished: "the export is not complete")
        defer { connection.warnOfLostLedger(console) }
        let output = arguments[.output]
        let result = try await session.watch {
            defer { session.prepared() }
            // A place that cannot be written is found before anything is read.
            let file = try output.map { try ExportFile($0) }
            let lookups = try await connection.mava.lookups()
            let options = try export.resolved(lookups)
            if let path = arguments[.lookups] {
                try lookups.write(
                    to: path, createdAt: CurrentProcess.now,
                    baseURL: connection.mava.baseURL)
            }
            if var file {
                let result = try await connection.mava.export(
                    options, to: &file, lookups: lookups, progress: session.reading)
                try file.commit()
                return result
            }
            var sink = StandardOutput(console, options.format == .csv ? .text : .json)
            return try await connection.mava.export(
                options, to: &sink, lookups: lookups, progress: session.reading)
        }
        tell(result, output, console)
        // A limit ends the reading before all tags were seen.
        if result.written != export.options.limit ?? -1, !console.isOutputClosed {
            export.warnOfMissingTags(console)
        }
        return .success
    }

    /// Refuses to replace a file: it may be an export that somebody edited.
    private static func refuseReplacing(_ arguments: ParsedArguments) throws {
        for option in [OptionID.output, .lookups] {
            guard let path = arguments[option], FilePath.isRegularFile(path), !arguments.has(.force)
            else { continue }
            throw CommandFailure.usage(
                .outputOccupied,
                "\(path) exists: name another place for --\(option.rawValue), or add --force")
        }
    }

    private static func tell(_ result: ExportResult, _ output: String?, _ console: Console) {
        // A reader that closed the output, as `head` does, has seen enough.
        if output == nil, console.isOutputClosed { return }
        let reading = result.reading
        console.say(
            "exported \(Words.tickets(result.written)) of \(Words.number(reading.seen)) seen on "
                + Words.counted(reading.pages, "page") + (output.map { " to \($0)" } ?? ""))
        guard !result.missing.isEmpty else { return }
        let some = result.missing.map(\.rawValue).sorted().prefix(3).joined(separator: ", ")
        console.warn(
            "\(Words.tickets(result.missing.count)) of the file of ids "
                + "\(result.missing.count == 1 ? "was" : "were") not found, or did not match: \(some)"
                + (result.missing.count > 3 ? ", …" : ""))
    }
}

/// Standard output as the place of an export.
private struct StandardOutput: TicketExport.Sink {
    private let console: Console
    private let form: Console.DataForm

    init(_ console: Console, _ form: Console.DataForm) {
        self.console = console
        self.form = form
    }

    func consume(_ writer: inout ExportWriter) throws -> Bool {
        var buffer = OutputBuffer(capacity: writer.count)
        writer.drain { buffer.append($0) }
        try console.exactData(&buffer, as: form)
        return !console.isOutputClosed
    }
}
