import CLibrary
import Synchronization

/// The files that are removed when the program has to end in the middle: those that are not in their place yet.
///
/// A value that owns such a file removes it by itself; this list is for an end that runs no `deinit`.
package enum TemporaryFiles {
    private static let paths = Mutex<Set<String>>([])

    /// Notes a file that is removed by ``removeAll()``.
    package static func add(_ path: String) {
        paths.withLock { _ = $0.insert(path) }
    }

    /// Forgets a file: it is in its place, or removed.
    package static func forget(_ path: String) {
        paths.withLock { _ = $0.remove(path) }
    }

    /// Removes the files that were noted; the program ends right afterwards.
    package static func removeAll() {
        // A file that cannot be removed does no harm.
        for path in paths.withLock({ $0 }) { _ = unlink(path) }
    }
}
