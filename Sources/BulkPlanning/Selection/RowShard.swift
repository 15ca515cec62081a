import BulkSystem

/// One of several parts of an input, which several machines carry out.
///
/// A ticket belongs to one shard, whichever rows name it: the first 8 bytes of the SHA-256 of its id, as a
/// big-endian number, modulo the number of shards, plus 1. An ObjectId is hashed in lower case. The choice
/// is part of the program's interface and stays the same in later versions.
public struct RowShard: Hashable, Sendable, CustomStringConvertible {
    /// The shard's number, from 1.
    public let number: Int
    /// The number of shards.
    public let count: Int

    /// The most shards of an input.
    public static let mostShards = 10_000

    /// Selects one of a number of shards.
    ///
    /// The result is `nil` unless the number of shards is from 1 to ``mostShards`` and the shard is one of them.
    ///
    /// - Parameters:
    ///   - number: The shard's number, from 1.
    ///   - count: The number of shards.
    public init?(_ number: Int, of count: Int) {
        guard 1...Self.mostShards ~= count, 1...count ~= number else { return nil }
        self.number = number
        self.count = count
    }

    /// For example `2/5`.
    public var description: String { "\(number)/\(count)" }

    /// The shard of rows that ask for no change of a ticket, because they cannot be understood.
    static let ofInvalidRows = 1

    /// The number of the shard that a ticket belongs to, from 1.
    static func number(of ticketID: String, count: Int) -> Int {
        var hash = SHA256()
        var id = ticketID
        id.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) }
        let digest = hash.digest()
        let start = UInt64(digest[0]) << 32 | UInt64(digest[1])
        return Int(start % UInt64(count)) + 1
    }
}
