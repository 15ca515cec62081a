/// One kind of entry in a listing.
protocol ListingEntry: Sendable {
    /// The keys under which a listing may hold these entries, besides a bare array.
    static var listNames: [String] { get }
    /// The id, which must be unique.
    var entryID: String { get }
    /// Reads one entry.
    ///
    /// - Parameters:
    ///   - entry: The object.
    ///   - leftOut: Gets what is wrong with parts without which the entry is still read.
    /// - Throws: An ``EntryError`` that says what is wrong with the entry.
    init(entry: KeyedDecodingContainer<AnyKey>, leftOut: inout [String]) throws
}
