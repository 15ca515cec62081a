public import BulkExecution
public import BulkPlan
internal import BulkPlanning
internal import BulkReporting
internal import BulkSystem

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// run.json: how a run was set up, so that resuming it needs nothing but the key.
///
/// Its keys are described in docs/reports.md. It never holds the key itself.
public struct RunSettings: Codable, Hashable, Sendable {
    /// Always `mava-bulk-run`.
    public var format = "mava-bulk-run"
    /// The version of the format.
    public var version = RunSettings.currentVersion
    /// The program that began the run.
    public var tool: String
    /// The plan's id.
    public var plan: String
    /// The API's address; `nil` with a sandbox, whose address differs from start to start.
    public var baseURL: String?
    /// The quota, such as `90/30s`, and lower ones at certain hours.
    public var quota: String
    /// The part of the quota that the run may use, such as `30/90`; `nil` for all.
    public var quotaShare: String?
    /// The most that one request may take, such as `30s`.
    public var timeout: String
    /// The most requests in flight.
    public var concurrency: Int
    /// The most rows that may fail before the run ends; `nil` for any number.
    public var maxFailures: Int?
    /// The share of rows that may fail without changing the exit code, such as `1%`; `nil` for none.
    public var acceptFailures: String?
    /// How long the server may be unusable before the run ends, such as `300s`.
    public var giveUpAfter: String
    /// How long a part of the run may last; `nil` for as long as it takes.
    public var deadline: String?
    /// The maximum wait for requests in flight after a signal; `nil` for the program's default.
    public var drain: String?
    /// The hours in which updates are sent, such as `Mon-Fri 01:00-05:00 Europe/Berlin`; `nil` for all.
    public var window: String?
    /// Hours in which no updates are sent; `nil` for none.
    public var notWindow: String?
    /// What the run does outside these hours: `wait` or `stop`; `nil` where there are none.
    public var outside: String?
    /// What happens to rows whose tickets changed meanwhile: `skip`, `overwrite` or `stop`.
    public var onConflict: String
    /// The file that the key was read from.
    public var keyFile: String?
    /// The variable of the environment that the key was read from.
    public var keyVariable: String?
    /// The PEM file with the trusted authorities.
    public var caFile: String?
    /// The workspace of the embedded sandbox.
    public var sandbox: String?
    /// The file of the guards that the run's plan was checked with.
    public var guards: String?
    /// The file of the look-ups in which the run's plan looked names up.
    public var lookups: String?
    /// The profile of the configuration files that the run used; `nil` for none.
    public var profile: String?
    /// Whether the run asked nothing.
    public var unattended: Bool
    /// The waivers that the run needed when it began, beside those in the plan; `nil` for none.
    public var waivers: [PlanHeader.Waiver]?
    /// The approvals with which the run began; `nil` where none were asked for.
    public var approvals: [ApprovalRecord]?
    /// What the run is called; `nil` for nothing.
    public var label: String?
    /// When the run began (RFC 3339, UTC); `nil` when it was begun by a version that did not say.
    public var startedAt: String?
    /// Who began the run, and where.
    public var starter: RunStarter?
    /// The earlier runs whose changes the run undoes, or whose rows it tries again; `nil` for a plan of its own.
    public var follows: PlanHeader.Lineage?
    /// The part of the input that the run is for; `nil` for all of it.
    public var shard: PlanHeader.Shard?

    /// How many people had to approve the plan; `nil` where none were asked for.
    public var requireApprovals: Int?

    /// Makes settings from the parts that every run has.
    public init(
        tool: String, plan: String, quota: String, timeout: String, concurrency: Int,
        giveUpAfter: String, onConflict: String, unattended: Bool
    ) {
        self.tool = tool
        self.plan = plan
        self.quota = quota
        self.timeout = timeout
        self.concurrency = concurrency
        self.giveUpAfter = giveUpAfter
        self.onConflict = onConflict
        self.unattended = unattended
    }

    /// The version that this library writes, and the newest that it reads.
    public static let currentVersion = 1

    /// Reads the settings of a run.
    ///
    /// - Parameter directory: The run's directory.
    /// - Returns: The settings; `nil` when the run was begun by a version that wrote none.
    /// - Throws: A ``RunDirectoryError`` when there are some that cannot be read.
    public static func read(from directory: String) throws(RunDirectoryError) -> RunSettings? {
        let path = RunFiles(directory)[.settings]
        guard FilePath.isTaken(path) else { return nil }
        // The writer of these settings decides where the key is sent.
        try RunDirectory.requireOurs(directory)
        func failure(_ reason: String) -> RunDirectoryError {
            RunDirectoryError(
                code: .settingsUnusable, path: path,
                message: "\(reason). Move the file away and resume with the options of the run.")
        }
        guard FilePath.isRegularFile(path) else { throw failure("this is not a file") }
        let bytes: [UInt8]
        do {
            var reader = try FileReader(ofRun: path)
            bytes = try reader.read(upTo: 1 << 20)
        } catch {
            throw RunDirectoryError(code: .file, path: path, message: "\(error)")
        }
        let settings: RunSettings
        do {
            settings = try JSONDecoder().decode(RunSettings.self, from: Data(bytes))
        } catch {
            throw failure("the run's settings cannot be read")
        }
        guard settings.isReadable else {
            throw failure("a value of the run's settings cannot be read")
        }
        guard settings.format == "mava-bulk-run", settings.version <= currentVersion else {
            throw failure("the run's settings are of a newer version than this one knows")
        }
        return settings
    }

    /// Whether the values are of the forms in which they are written.
    private var isReadable: Bool {
        guard let timetable = try? QuotaTimetable(quota),
            quotaShare.map({ timetable.sharing($0) != nil }) ?? true
        else { return false }
        if let acceptFailures, WrittenShare(acceptFailures) == nil { return false }
        let hours = [window, notWindow].map { $0.map { [$0] } ?? [] }
        if (try? SendWindows(hours[0], except: hours[1])) == nil
            || outside.map({ SendWindows.Outside(rawValue: $0) == nil }) ?? false
        {
            return false
        }
        let times = [timeout, giveUpAfter, deadline, drain].compactMap { $0 }
        return times.allSatisfy { $0.wholeMatch(of: /[0-9]{1,12}(ms|s)/) != nil }
            && (1...512).contains(concurrency) && (maxFailures ?? 0) >= 0
            && ConflictPolicy(rawValue: onConflict) != nil
    }

    /// Puts the file in its place.
    package func write(to path: String) throws {
        var buffer = OutputBuffer()
        buffer.append(text: ReadableJSON.text(self))
        var file = try AtomicFile(path, followsLink: false)
        try file.write(&buffer)
        try file.commit()
    }
}
