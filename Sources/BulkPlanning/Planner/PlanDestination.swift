import BulkPlan
import BulkSystem

/// The place where a plan is saved.
enum PlanDestination {
    /// Refuses to replace a file that is not a plan, or the plan of a run.
    ///
    /// Such a file may be the table of names that a script mistyped.
    static func requireReplaceable(_ output: String) throws {
        guard FilePath.isRegularFile(output) else { return }
        var reader = try FileReader(output)
        let beginning = Array(PlanHeader.beginning.utf8)
        if try reader.read(upTo: beginning.count) == beginning {
            let journal = FilePath.joining(FilePath.directory(of: output), "journal.jsonl")
            guard FilePath.name(of: output) == "plan.jsonl", FilePath.isTaken(journal) else {
                return
            }
            throw PlanError(
                code: .outputOccupied,
                message:
                    "this is the plan of a run, which cannot be resumed without it: name another "
                    + "place for the plan", path: output)
        }
        throw PlanError(
            code: .outputOccupied,
            message: "this file exists and is not a saved plan: name another place for the plan",
            path: output)
    }
}
