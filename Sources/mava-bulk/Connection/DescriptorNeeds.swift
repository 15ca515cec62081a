import BulkSystem
import BulkPlan
import BulkPlanning

/// How the descriptors that the process may open are divided.
enum DescriptorNeeds {
    /// The descriptors that were free at the program's start, after it raised its own limit.
    private static let free: Int = {
        DescriptorLimit.raise()
        return DescriptorLimit.free
    }()

    /// Counts the free descriptors, before any thread is there that opens and closes some.
    ///
    /// Counted later, the system's timers would count sometimes, and sometimes not.
    static func count() { _ = free }

    /// The ledger, the locks, the plan, the journal, the transport's own and the system's timers.
    private static let files = 18
    /// The files of the report, and a look-up of a name.
    private static let reserve = 12

    /// With fewer a run could not even write its report.
    private static let least = 18
    /// What the embedded sandbox holds open beside that, with one connection.
    private static let sandbox = 4

    /// What the system itself opens for threads and timers; without them it ends the program.
    private static let system = 6

    /// Refuses to begin any command for which the system could not open its own files.
    ///
    /// - Throws: A ``CommandFailure`` when too few files may be opened.
    static func requireSome() throws { try require(system) }

    /// Refuses to begin a command that could not finish.
    ///
    /// - Parameter isSandboxed: Whether the server's ends are in this process, too.
    /// - Throws: A ``CommandFailure`` when too few files may be opened.
    static func require(isSandboxed: Bool) throws {
        try require(isSandboxed ? least + sandbox : least)
    }

    private static func require(_ needed: Int) throws {
        guard free < needed else { return }
        throw CommandFailure(
            .internalError,
            "this process may open only \(Words.counted(free, "more file")) and needs \(needed): raise the limit "
                + "(ulimit -n); nothing was sent")
    }

    /// The connections that fit beside the run's files.
    ///
    /// - Parameter isSandboxed: Whether the server's ends are in this process, too.
    /// - Returns: Their number, at least one.
    static func connections(isSandboxed: Bool) -> Int {
        let ends = isSandboxed ? 2 : 1
        return max(1, (free - files - reserve) / ends)
    }
}
