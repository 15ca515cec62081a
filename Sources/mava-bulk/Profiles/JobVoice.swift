import BulkSystem
import Synchronization

/// Passes the output of jobs on, each line with its profile.
final class JobVoice: Sendable {
    /// Whether standard output gets one JSON object for each job.
    let keepsDocuments: Bool
    /// Whether messages can be JSON objects, which get the profile as a member.
    private let hasObjects: Bool
    private let console: Console
    private let failure = Mutex<FileError?>(nil)

    /// Prepares the output.
    ///
    /// - Parameters:
    ///   - arguments: The command line of all jobs.
    ///   - console: Where the output goes.
    init(_ arguments: ParsedArguments, _ console: Console) {
        keepsDocuments = arguments.has(.json)
        hasObjects = arguments.has(.json) || arguments[.logFormat] == "json"
        self.console = console
    }

    /// Why standard output could not be written; `nil` where it could.
    var problem: FileError? { failure.withLock { $0 } }

    /// Passes on a line of a job's standard error.
    func say(_ line: String, of profile: String) {
        console.messages.writeLine(Self.marked(line, profile, hasObjects: hasObjects))
    }

    /// Passes on a line of a job's standard output.
    func print(_ line: String, of profile: String) {
        write(Self.marked(line, profile, hasObjects: false) + "\n", as: .text)
    }

    /// Prints what a job printed as a member of an object on one line, where that is asked for.
    func printDocument(_ bytes: [UInt8], of end: JobEnd) {
        guard keepsDocuments else { return }
        write(Self.object(String(decoding: bytes, as: UTF8.self), of: end) + "\n", as: .json)
    }

    private func write(_ text: String, as form: Console.DataForm) {
        guard problem == nil else { return }
        do throws(FileError) {
            try console.data(text, as: form)
        } catch {
            failure.withLock { $0 = error }
        }
    }

    /// A line with the profile before it, or as its first member.
    static func marked(_ line: String, _ profile: String, hasObjects: Bool) -> String {
        guard hasObjects, line.hasPrefix("{"), line.hasSuffix("}") else {
            return line.isEmpty ? "\(profile):" : "\(profile): \(line)"
        }
        return #"{"profile":"\#(profile)""# + (line == "{}" ? "}" : "," + line.dropFirst())
    }

    /// A job's end and what it printed, on one line.
    static func object(_ document: String, of end: JobEnd) -> String {
        var members: [(name: String, value: JSONValue)] = [
            ("profile", .text(end.job.profile)),
            ("exitCode", .number(Int(end.status ?? end.code.rawValue))),
        ]
        if let directory = end.directory { members.append(("run", .text(directory))) }
        let line = JSONValue.object(members).line
        // Within a document, the end of a line and the blanks at the next one's start are only white space.
        let result = document.split(separator: "\n").map { $0.drop { $0 == " " } }.joined()
        return result.isEmpty ? line : line.dropLast() + #","result":"# + result + "}"
    }
}
