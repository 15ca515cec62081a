import Synchronization

/// Whether the API has answered at a client's address: if so, the address is not the cause of a later error.
final class AddressProof: Sendable {
    private let flag = Atomic(false)

    /// Whether the API has answered.
    var isProven: Bool { flag.load(ordering: .relaxed) }

    /// Records that the API has answered.
    func note() { flag.store(true, ordering: .relaxed) }
}
