import BulkSystem

/// Why a row of an undo must not be carried out, as far as that is known before names are looked up.
package enum UndoObstacle: UInt8, CaseIterable, Hashable, Sendable, BitwiseCopyable {
    /// What the ticket held before is not known.
    case notRead = 1
    /// The ticket had no category before.
    case noCategory
    /// The ticket had a status or a priority before that no update sets.
    case unwritable
    /// Something else changed the ticket between the runs.
    case changedBetween
    /// A later row for the ticket replaced all that the row asked for.
    case replaced

    /// The obstacle in a few words, as issues of rows have it for their value.
    package var name: String {
        switch self {
        case .notRead: "not read before"
        case .noCategory: "no category before"
        case .unwritable: "status or priority before"
        case .changedBetween: "changed between the runs"
        case .replaced: "nothing sent"
        }
    }

    /// Finds an obstacle by its name.
    package init?(name: some StringProtocol) {
        guard let obstacle = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = obstacle
    }

    /// The obstacle with the number of its rows, such as `4 had no category before`.
    package func words(_ count: Int) -> String {
        let was = count == 1 ? "was" : "were"
        let words =
            switch self {
            case .notRead: "\(was) not read before"
            case .noCategory: "had no category before"
            case .unwritable: "had a status or priority before that no update sets"
            case .changedBetween: "\(was) changed between the runs"
            case .replaced: "asked for nothing that was sent"
            }
        return "\(Words.number(count)) \(words)"
    }
}
