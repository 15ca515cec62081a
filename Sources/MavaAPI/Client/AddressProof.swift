import Synchronization

/// Whether the API has answered at a client's address: then the address is not what is wrong with a later
/// answer.
final class AddressProof: Sendable {
    private let flag = Atomic(false)

    /// Whether it has.
    var isProven: Bool { flag.load(ordering: .relaxed) }

    /// Notes that it has.
    func note() { flag.store(true, ordering: .relaxed) }
}
