import BulkHistory
import BulkSystem
import CLibrary
import MavaBulk

/// `--profiles`: a command once for each of several profiles.
///
/// The program starts itself for each, so that each has a key, a quota, guards and a lock of its own.
enum ProfilesCommand {
    /// The options that count for the program that starts the jobs, too.
    private static let own: Set<OptionID> = [
        .profiles, .json, .quiet, .verbose, .color, .logFormat,
    ]

    /// The command line of the program that starts the jobs.
    ///
    /// - Parameter written: The command line as a person wrote it.
    /// - Returns: A command line whose command runs the jobs.
    /// - Throws: A ``CommandFailure`` where a job could not be carried out as it is written.
    static func arguments(for written: ParsedArguments) throws -> ParsedArguments {
        let configuration = try Configuration()
        let jobs = try ProfileJobs(written) {
            try configuration.requireProfile($0, from: "--profiles")
        }
        for job in jobs.jobs { try check(job, configuration) }
        let command = written.command
        var arguments = written
        arguments.command = CommandSpecification(
            name: command.name, summary: command.summary, details: command.details,
            examples: command.examples, operands: [], options: Array(own)
        ) { arguments, console in
            try await run(jobs, arguments, console)
        }
        arguments.operands = []
        arguments.values = written.values.filter { own.contains($0.key) }
        arguments.lists = [:]
        return arguments
    }

    /// Refuses what the job itself would refuse before it reads anything.
    private static func check(_ job: ProfileJobs.Job, _ configuration: Configuration) throws {
        do {
            var arguments = job.arguments
            try arguments.configure()
            try requireOwnKey(job, configuration)
            try OutputPlaces.check(arguments)
            try requireNumber(job, arguments)
        } catch {
            var failure = CommandFailure(error)
            failure.message = "\(job.profile): \(failure.message)"
            throw failure
        }
    }

    /// Refuses a profile without a key of its own: the key of the environment is that of one organisation.
    private static func requireOwnKey(
        _ job: ProfileJobs.Job, _ configuration: Configuration
    ) throws {
        guard !job.arguments.has(.sandbox), !job.arguments.has(.apiKeyFile),
            configuration.keySource(profile: job.profile) == nil
        else { return }
        throw CommandFailure(
            .key,
            "this profile names no key, and a key of the environment or the defaults may be another "
                + "organisation's: add its source to the profile, such as \"keyVariable\": \"MAVA_API_KEY\", or "
                + "name a file for each with --api-key-file \(ProfileJobs.placeholder).key")
    }

    /// Refuses a production organisation without the number of its updates.
    private static func requireNumber(
        _ job: ProfileJobs.Job, _ arguments: ParsedArguments
    ) throws {
        guard let production = arguments.configured.production, arguments.has(.yes),
            !arguments.has(.confirm), !arguments.has(.dryRun)
        else { return }
        throw CommandFailure.usage(
            "--yes alone does not count for a production organisation (\(production.origin.text)): say how many "
                + "updates are right with --confirm \(job.profile)=N")
    }

    private static func run(
        _ jobs: ProfileJobs, _ arguments: ParsedArguments, _ console: Console
    ) async throws -> ExitCode {
        let voice = JobVoice(arguments, console)
        let program = try CurrentProcess.program()
        let runner = JobRunner(jobs, program: program, voice: voice, console)
        let ends = try runner.run()
        var code = ExitCode.worst(of: ends.map(\.code))
        let history = RunLookup(RunHistory())
        for line in JobTable.lines(ends, run: { try? history.run($0) }) {
            code == .success ? console.say(line) : console.insist(line)
        }
        if let problem = voice.problem {
            // Updates that were sent are not undone by a result that cannot be printed.
            let hasSent = jobs.jobs.contains { job in
                job.arguments.command.name == "apply" && !job.arguments.has(.dryRun)
            }
            if hasSent {
                console.insist(warning: "\(problem)")
            } else {
                console.messages.fail(
                    CommandFailure(problem), isErrorJSON: arguments.has(.json))
                code = ExitCode.worst(of: [code, .internalError])
            }
        }
        return code
    }
}

extension CurrentProcess {
    /// What starts this program again; it is called for each start.
    ///
    /// - Throws: A ``CommandFailure`` where the program's file is not found.
    static func program() throws -> @Sendable () -> ExternalProgram {
        #if os(Linux)
            return {
                // The link has no path once the file was removed or replaced by another version, and still works.
                guard let path = realpath("/proc/self/exe", nil) else {
                    return ExternalProgram(path: "/proc/self/exe")
                }
                defer { free(path) }
                return ExternalProgram(path: String(cString: path))
            }
        #else
            let name = CommandLine.arguments[0]
            let found =
                name.contains("/")
                ? ExternalProgram(path: FilePath.absolute(name)) : ExternalProgram(named: name)
            guard let found else {
                throw CommandFailure(
                    .internalError,
                    "the program does not find its own file, to start it for each profile: call it by its path"
                )
            }
            return { found }
        #endif
    }
}
