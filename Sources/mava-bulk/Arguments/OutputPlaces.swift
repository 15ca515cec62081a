import BulkExecution
import BulkPlan
import BulkSystem
import MavaBulk

/// The files that a command writes, which are none of those that it reads.
///
/// The table of options says which options name files, so a new one is checked without a line here.
enum OutputPlaces {
    /// The options whose file is written.
    static let outputs: [OptionID] = [
        .output, .html, .metricsFile, .events, .save, .initialize, .log,
    ]

    /// Refuses outputs that would destroy what the command uses, before anything is done.
    ///
    /// - Parameter arguments: The command line, with what the configuration adds.
    /// - Throws: A ``CommandFailure`` of wrong usage that names both files.
    static func check(_ arguments: ParsedArguments) throws {
        var outputs = outputs
        if arguments.command.name == "export" { outputs.append(.lookups) }
        for option in outputs where !streams.contains(option) {
            guard let path = arguments[option] else { continue }
            try requireFile(path, of: option, arguments.command)
        }
        let written = outputs.compactMap { option in
            arguments[option].flatMap { $0 == "-" ? nil : (option: option, path: $0) }
        }
        guard !written.isEmpty else { return }
        let used = inputs(arguments, besides: Set(outputs))
        for (index, output) in written.enumerated() {
            let name = "--\(output.option.rawValue) \(output.path)"
            // A workspace is saved where it came from.
            let isOwnWorkspace: (String) -> Bool = {
                output.option == .save && arguments.operands.contains($0)
            }
            if let input = used.first(where: {
                FilePath.isSamePlace($0, output.path) && !isOwnWorkspace($0)
            }) {
                let verb = output.option == .events ? "would add to" : "would replace"
                throw CommandFailure.usage(
                    .outputIsInput,
                    "\(name) \(verb) \(input), which this command uses: name another file")
            }
            if let other = written[..<index].first(where: {
                FilePath.isSamePlace($0.path, output.path)
            }) {
                throw CommandFailure.usage(
                    .outputIsInput,
                    "--\(other.option.rawValue) and --\(output.option.rawValue) name the same file: \(output.path)"
                )
            }
            try refuseRunsFile(output.option, output.path)
        }
        try refuseForeignMetrics(arguments)
    }

    /// Refuses a stream as the place of a file, and a name that promises what is not written.
    private static func requireFile(
        _ path: String, of option: OptionID, _ command: CommandSpecification
    ) throws {
        // The shell opens these for the program, as for `> FILE` and `>(PROGRAM)`: they cannot be replaced as a whole.
        let isOpened = ["/dev/stdout", "/dev/stderr", "/dev/stdin", "/dev/fd/", "/proc/self/fd/"]
            .contains(where: path.hasPrefix)
        if path == "-" || isOpened {
            let stream = path == "-" ? "" : ", and \(path) is an open stream"
            let advice = option == .output ? advice(command) : ": name it"
            throw CommandFailure.usage("--\(option.rawValue) takes a file\(stream)\(advice)")
        }
        guard path.lowercased().hasSuffix(".gz") else { return }
        throw CommandFailure.usage(
            "--\(option.rawValue) \(path): nothing is compressed here, and readers go by the name: leave out .gz"
        )
    }

    /// The options whose value `-` is a stream.
    private static let streams: [OptionID] = [.events, .log]

    /// What a command offers instead of an output to standard output.
    private static func advice(_ command: CommandSpecification) -> String {
        switch command.name {
        case "export", "lookups", "report", "report merge":
            ": leave it out, and standard output gets the data"
        case "verify": "; --csv prints"
        default: ": a plan is read more than once"
        }
    }

    /// Refuses a file of any run; what other outputs replace is checked by their commands.
    private static func refuseRunsFile(_ option: OptionID, _ path: String) throws {
        let directory = FilePath.directory(of: path)
        let files = RunFiles(directory)
        guard let name = RunFiles.Name(rawValue: FilePath.name(of: path)),
            [.html, .metricsFile, .events].contains(option) || option == .output && name.isKept,
            [.settings, .journal, .tombstone].contains(where: { FilePath.isTaken(files[$0]) })
        else { return }
        throw CommandFailure.usage(
            .outputIsInput,
            "--\(option.rawValue) \(path) is a file of the run in \(directory): name another file")
    }

    /// Refuses to replace a file that holds no metrics of this program.
    private static func refuseForeignMetrics(_ arguments: ParsedArguments) throws {
        guard let path = arguments[.metricsFile] else { return }
        guard !FilePath.isTaken(path) || FilePath.isRegularFile(path) else {
            throw CommandFailure.usage(
                "--metrics-file \(path): this is no file, and a file of metrics replaces it: name another one"
            )
        }
        let directory = FilePath.directory(of: path)
        guard FilePath.isDirectory(directory) else {
            throw CommandFailure.usage(
                "--metrics-file \(path): there is no directory \(directory): make it, or name another file"
            )
        }
        guard FilePath.isTaken(path) else { return }
        let isOurs: Bool
        do throws(FileError) {
            isOurs = try RunMetrics.isFile(path)
        } catch {
            throw CommandFailure.usage(
                "--metrics-file \(path) cannot be read, to carry on: \(error)")
        }
        guard !isOurs else { return }
        throw CommandFailure.usage(
            "--metrics-file \(path): this file exists and holds no metrics of this program: name another file"
        )
    }

    // MARK: Inputs

    /// The files that the command reads.
    private static func inputs(
        _ arguments: ParsedArguments, besides outputs: Set<OptionID>
    ) -> [String] {
        var files = [Configuration.projectPath] + [Configuration.userPath].compactMap { $0 }
        files += optionFiles(arguments, besides: outputs)
        let operand = arguments.command.operands.first.map { CompletionKind(placeholder: $0) }
        switch operand {
        case .files?:
            files += arguments.operands.flatMap { [$0, $0 + ApprovalFile.suffix] }
        case .dynamic(.runs)?: files += arguments.operands.flatMap { runFiles($0, arguments) }
        default: break
        }
        if let directory = arguments[.runDirectory] { files += self.files(of: directory) }
        return files.map { $0 == "-" ? "/dev/stdin" : $0 }
    }

    /// The files that options name and that are read.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - outputs: The options whose files are written.
    /// - Returns: The paths as they are written.
    static func optionFiles(
        _ arguments: ParsedArguments, besides outputs: Set<OptionID>
    ) -> [String] {
        var files: [String] = []
        for (option, path) in arguments.values where !outputs.contains(option) {
            let argument = OptionTable.specification(option, of: arguments.command).argument
            if isFile(argument) || option == .sign { files.append(path) }
        }
        for (option, paths) in arguments.lists {
            switch OptionTable.specification(option, of: arguments.command).argument {
            case .list(let placeholder) where isFileOfPair(placeholder):
                files += paths.compactMap { path in
                    path.firstIndex(of: "=").map { String(path[path.index(after: $0)...]) }
                }
            case let argument where isFile(argument): files += paths
            default: break
            }
        }
        return files
    }

    private static func isFileOfPair(_ placeholder: String) -> Bool {
        switch CompletionKind(placeholder: placeholder) {
        case .pair(_, let isFile): isFile
        default: false
        }
    }

    private static func isFile(_ argument: OptionSpecification.Argument) -> Bool {
        switch argument {
        case .value(let placeholder), .list(let placeholder):
            CompletionKind(placeholder: placeholder) == .files
        case .none, .choice: false
        }
    }

    /// The files of the run that an operand names; none where it names no run, which the command reports.
    private static func runFiles(_ operand: String, _ arguments: ParsedArguments) -> [String] {
        if FilePath.isDirectory(operand) { return files(of: operand) }
        do {
            return files(of: try RunArguments.history(arguments).run(operand).path)
        } catch {
            return []
        }
    }

    private static func files(of directory: String) -> [String] {
        RunFiles.Name.allCases.map { RunFiles(directory)[$0] }
    }
}

extension RunFiles.Name {
    /// Whether nothing else can make the file again: a report can be rendered at any time.
    fileprivate var isKept: Bool {
        switch self {
        case .approvals, .journal, .settings, .summary, .revised, .lock, .control,
            .tombstone:
            true
        // The commands that write plans refuse to replace the plan of a run themselves.
        case .plan, .report, .page, .failed, .failedLines: false
        }
    }
}
