import BulkExecution
import BulkHistory
import BulkSystem
import CLibrary
import BulkPlan
import BulkPlanning
import BulkRecords
import MavaAPI

/// An error that ends the program, with the exit code and the message for the user.
struct CommandFailure: Error {
    var code: ExitCode
    /// What is wrong and how to fix it, without the leading `mava-bulk: `.
    var message: String
    /// Lines that follow the message, such as the place of a mistake in a condition.
    var details: [String] = []
    /// The code that `mava-bulk explain` knows; `nil` where the message says all there is.
    var explained: String?

    init(_ code: ExitCode, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The code for programs where the message says all there is for people.
    var programCode: CommandErrorCode?

    /// The failure's code for programs.
    var name: String { explained ?? programCode?.rawValue ?? code.name }

    /// The failure for programs.
    var json: JSONValue {
        var members: [(name: String, value: JSONValue)] = [
            ("code", .text(name)), ("message", .text(message)),
            ("exitCode", .number(Int(code.rawValue))),
        ]
        if !details.isEmpty { members.append(("details", .texts(details))) }
        return .object(members)
    }

    static func usage(_ message: String) -> CommandFailure { CommandFailure(.usage, message) }

    /// Wrong usage that has a code of its own.
    static func usage(_ code: PlanError.Code, _ message: String) -> CommandFailure {
        var failure = usage(message)
        failure.explained = code.rawValue
        return failure
    }

    /// A file that an option names and that cannot be used: it cannot be opened, or is of another form.
    ///
    /// - Parameters:
    ///   - code: What cannot be used.
    ///   - error: Why; a ``PlanError`` has its own code.
    /// - Returns: The failure of an unusable input.
    static func unusable(_ code: PlanError.Code, _ error: any Error) -> CommandFailure {
        if error is PlanError { return CommandFailure(error) }
        var failure = CommandFailure(.unusableInput, "\(error)")
        failure.explained = code.rawValue
        return failure
    }

    /// The exit code for an error of any target.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as ConfigurationError: self.init(.usage, "\(error)")
        case let error as ClientError: self.init(error)
        case let error as PlanError where error.code == .outputOccupied:
            self = .usage(error.code, "\(error), or add --force")
        case let error as PlanError where error.code == .outputIsInput:
            self = .usage(error.code, "\(error)")
        case let error as PlanError:
            self.init(error.isRefusalByGuard ? .refused : .unusableInput, "\(error)")
            explained = error.code.rawValue
        case let error as ApprovalError:
            self.init(error)
            explained = error.code.rawValue
        case let error as MergeError:
            self.init(error)
            explained = error.code.rawValue
        case let error as ReadError: self.init(.unusableInput, "\(error)")
        case let error as ConditionError: self.init(error, of: .where)
        case let error as ColumnError:
            self.init(.unusableInput, "\(error)")
            explained = PlanError.Code.columnsUnusable.rawValue
        case let error as RunReferenceError:
            let meant = RunArguments.suggestion(for: error).map { "; did you mean \($0)?" }
            self.init(.usage, "\(error)" + (meant ?? ""))
        case let error as JournalError: self.init(.unusableInput, "\(error)")
        case let error as RunDirectoryError:
            switch error.code {
            case .locked: self.init(.locked, "\(error)")
            case .occupied, .noRun, .pruned, .notOurs: self.init(.usage, "\(error)")
            case .followed: self.init(.refused, "\(error)")
            case .settingsUnusable: self.init(.unusableInput, "\(error)")
            case .file:
                self.init(.internalError, "\(error)")
                programCode = .fileRefused
            }
        case let error as FileError:
            self.init(.internalError, "\(error)")
            programCode = .fileRefused
        default: self.init(.internalError, "\(error)")
        }
    }

    /// A file of events that cannot be opened.
    init(eventsAt path: String, _ error: FileError) {
        // The system's own text for this, "No such device or address", leads nowhere.
        let reason =
            error.errorNumber == ENXIO
            ? "\(path): no program reads this named pipe; start its reader first"
            : "\(error)"
        self.init(.internalError, "the events cannot be written: \(reason); nothing was sent")
        explained = CommandErrorCode.eventsUnusable.rawValue
    }

    /// A mistake in a condition, with its place.
    init(_ error: ConditionError, of option: OptionID) {
        let lines = "\(error)".split(separator: "\n", omittingEmptySubsequences: false)
        self.init(.usage, "--\(option.rawValue): \(lines[0])")
        details = lines.dropFirst().map(String.init)
    }

    private init(_ error: ApprovalError) {
        switch error.code {
        case .missing, .declined: self.init(.refused, "\(error)")
        case .fileUnusable, .signersUnusable: self.init(.unusableInput, "\(error)")
        case .programMissing, .programFailed: self.init(.usage, "\(error)")
        }
    }

    private init(_ error: MergeError) {
        switch error.code {
        case .noShard, .shardMissing, .shardTwice, .shardPruned, .otherInput, .otherShardCount,
            .otherOptions:
            self.init(.usage, "\(error)")
        case .runNotEnded: self.init(.stoppedEarly, "\(error)")
        case .runRunning: self.init(.locked, "\(error)")
        case .rowNotInOneShard, .sumsDiffer: self.init(.unusableInput, "\(error)")
        }
    }

    private init(_ error: ClientError) {
        switch error.code {
        case .unauthorized, .forbidden:
            self.init(.key, "\(error); check the key and the base URL")
        case .noSuchPath: self.init(.usage, "\(error) (--base-url)")
        case .refused: self.init(.internalError, "\(error)")
        case .rateLimited:
            self.init(
                .stoppedEarly, "\(error); --give-up-after TIME sets how long is waited")
        case .foreign, .unexpectedAnswer, .serverError, .transport:
            self.init(.stoppedEarly, "\(error)")
        }
    }
}
