import CLibrary
import Synchronization

/// Unfinished files to remove when the program has to end early.
///
/// A value that owns such a file removes it itself. This list is for an exit that runs no `deinit`.
package enum TemporaryFiles {
    private static let paths = Mutex<Set<String>>([])

    /// Adds a file for ``removeAll()`` to remove.
    package static func add(_ path: String) {
        paths.withLock { _ = $0.insert(path) }
    }

    /// Drops a file from the list, because it was renamed to its destination or removed.
    package static func forget(_ path: String) {
        paths.withLock { _ = $0.remove(path) }
    }

    /// Removes the listed files; the program ends right afterwards.
    package static func removeAll() {
        // A file that cannot be removed does no harm.
        for path in paths.withLock({ $0 }) { _ = unlink(path) }
    }
}
