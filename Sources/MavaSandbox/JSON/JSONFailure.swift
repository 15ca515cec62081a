/// Why a text is not JSON, and where.
struct JSONFailure: Error, Equatable {
    /// What was wrong, in words that can follow a position.
    var message: String
    /// The offset of the byte at which reading stopped, from 0.
    var offset: Int
}
