import BulkTestSupport
import MavaBulk

extension BulkRun {
    /// Creates a run whose directory, and the runs it is compared with, are below a directory of the test.
    ///
    /// The runs of the current directory are somebody else's: a plan is read once more to compare it with them.
    init(
        _ connection: MavaConnection, in directory: TemporaryDirectory, as name: String = "run"
    ) {
        self.init(connection)
        self.directory = directory.file(name)
        runsDirectory = directory.file("runs")
    }
}
