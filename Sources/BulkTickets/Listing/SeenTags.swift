internal import BulkSystem
import Synchronization

/// The tags of all tickets that a filter has checked.
///
/// The API has no list of tags, so a misspelt one is noticed only when no ticket has it.
package final class SeenTags: Sendable {
    private let names = Mutex<Set<String>>([])

    package init() {}

    /// Adds the tags of a ticket.
    ///
    /// - Parameter ticket: The ticket.
    func insert(_ ticket: ListedTicket) {
        guard !ticket.tags.isEmpty || !ticket.tagIDs.isEmpty else { return }
        names.withLock { names in
            names.formUnion(ticket.tags)
            names.formUnion(ticket.tagIDs)
        }
    }

    /// The wanted tags that no ticket had.
    ///
    /// - Parameter wanted: The tags as they were written.
    /// - Returns: Each missing tag, with the closest one that a ticket had.
    package func missing(of wanted: [String]) -> [(tag: String, closest: String?)] {
        let names = names.withLock { $0 }.sorted()
        let folded = Set(names.map { $0.lowercased() })
        return wanted.filter { !folded.contains($0.lowercased()) }.map { tag in
            (tag, closest(to: tag.lowercased(), among: names) { $0.lowercased() })
        }
    }
}
