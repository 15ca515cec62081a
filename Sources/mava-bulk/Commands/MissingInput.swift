import BulkSystem
import CLibrary

/// The message about an input that is not there.
enum MissingInput {
    /// Opens a connection, and names a missing input rather than a missing key.
    ///
    /// - Parameters:
    ///   - arguments: The command line, whose first operand is the input.
    ///   - open: Opens the connection.
    /// - Returns: What `open` returns.
    /// - Throws: What `open` throws, or a ``CommandFailure`` that names the closest subcommand or file.
    static func comesBeforeKey<R>(_ arguments: ParsedArguments, _ open: () throws -> R) throws -> R
    {
        do {
            let connection = try open()
            try check(arguments)
            return connection
        } catch let failure as CommandFailure where failure.code == .key {
            try check(arguments)
            throw failure
        }
    }

    /// Refuses an input file that does not exist.
    private static func check(_ arguments: ParsedArguments) throws {
        let path = arguments.operands[0]
        guard path != "-", !FilePath.isTaken(path) else { return }
        let meant = suggestion(for: path, of: arguments.command).map { "; did you mean \($0)?" }
        throw CommandFailure(
            .unusableInput, "\(path): No such file or directory" + (meant ?? ""))
    }

    /// A subcommand of nearly this name, or the file of its directory with the closest name.
    private static func suggestion(
        for path: String, of command: CommandSpecification
    ) -> String? {
        if let meant = CommandTable.subcommand(closeTo: path, of: command) { return "`\(meant)`" }
        let place = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let parent = path[..<place]
        let names = names(in: parent.isEmpty ? "." : String(parent)).sorted()
        // Extensions are no evidence: most inputs of a directory have the same one.
        func stem(_ name: some StringProtocol) -> String {
            String(name.lowercased().prefix { $0 != "." })
        }
        let meant = closest(to: stem(path[place...]), among: names, by: stem)
        return meant.map { ShellWord.operand(parent + $0) }
    }

    /// A failure that also names the closest file, where it is about a missing one that the command line names.
    static func completed(
        _ failure: CommandFailure, _ arguments: ParsedArguments
    ) -> CommandFailure {
        let endings = ["No such file or directory", "there is no such file"]
        guard endings.contains(where: failure.message.hasSuffix) else { return failure }
        let options: [OptionID] = [
            .map, .guards, .lookups, .snapshot, .dropFile, .idFile, .apiKeyFile, .caFile, .sandbox,
            .allowedSigners, .notifyFile, .pingFile,
        ]
        let values = options.flatMap { id in arguments.list(id) + [arguments[id]].compactMap(\.self)
        }
        let paths =
            arguments.operands
            + values.map { value in
                // A map is written FIELD=FILE.
                value.contains("=")
                    ? String(value.split(separator: "=", maxSplits: 1).last ?? "") : value
            }
        guard
            let path = paths.first(where: {
                !$0.isEmpty && failure.message.contains($0) && !FilePath.isTaken($0)
            }), let meant = suggestion(for: path, of: arguments.command)
        else { return failure }
        var failure = failure
        failure.message += "; did you mean \(meant)?"
        return failure
    }

    /// The names in a directory, without hidden ones; none if it cannot be read.
    static func names(in directory: String) -> [String] {
        guard let folder = opendir(directory) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}
