import BulkPlan

/// The requests of rows that name one ticket and do not share one request.
///
/// Rows that write the same fields still share a request, because their fate is the same: rows that disagree are
/// invalid. So each of a ticket's requests writes other fields than the ticket's others.
struct SeparateRequests {
    private struct Key: Hashable {
        var group: UInt32
        var fields: FieldSet
    }

    /// The rows that carry the requests, plus 1.
    private var carriers: [Key: UInt32] = [:]
    /// The groups that have one request, because a row has preconditions.
    ///
    /// The first of several requests could break the precondition of the next.
    private var shared: Set<UInt32> = []

    /// Notes that the rows of a group share one request.
    mutating func share(_ group: UInt32) { shared.insert(group) }

    /// Whether the rows of a group share one request.
    func isShared(_ group: UInt32) -> Bool { shared.contains(group) }

    /// Adds a row.
    ///
    /// - Parameters:
    ///   - row: The row's index.
    ///   - fields: The fields that it writes.
    ///   - group: The number of its group.
    /// - Returns: Whether the row carries a new request.
    mutating func add(row: Int, _ fields: FieldSet, _ group: UInt32) -> Bool {
        let key = Key(group: group, fields: fields)
        guard carriers[key] == nil else { return false }
        carriers[key] = UInt32(row) + 1
        return true
    }

    /// The index of the row whose request writes exactly some fields of a group's ticket.
    func carrier(_ fields: FieldSet, _ group: UInt32) -> Int? {
        carriers[Key(group: group, fields: fields)].map { Int($0) - 1 }
    }
}
