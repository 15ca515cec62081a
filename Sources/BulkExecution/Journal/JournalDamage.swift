import BulkSystem

/// What another program did to a journal while this process wrote it.
package struct JournalDamage: Hashable, Sendable {
    /// The first line that is not as it was written, or is missing; 1 is the header.
    package let line: Int
    /// Whether all that this process wrote is there nevertheless.
    package let isComplete: Bool
    /// The last row of the plan for which a request was started; 0 for none.
    package let furthestRow: Int

    /// What is wrong, for the person.
    ///
    /// - Parameter path: The journal.
    /// - Returns: The words.
    package func message(_ path: String) -> String {
        "another program changed \(path) at line \(line) while the run used it; "
            + (isComplete
                ? "the report is complete"
                : "the report says unknown of rows of which the journal says no more what became")
            + ". Before resuming, restore the file from a copy, or plan the input again: what was "
            + "done will show as unchanged"
    }
}

/// What a process knows of the journal that it writes.
struct JournalExtent {
    /// The first line.
    var header: JournalHeader
    /// The bytes of whole lines that were written, including earlier parts of the run.
    var length: Int
    /// How many requests were started.
    var requests: Int
    /// The last row of the plan for which a request was started; 0 for none.
    var furthestRow: Int
}
