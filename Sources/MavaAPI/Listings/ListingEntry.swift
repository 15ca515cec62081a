/// One kind of entry in a listing.
protocol ListingEntry: Sendable {
    /// The keys under which a listing may hold these entries, besides a bare array.
    static var listNames: [String] { get }
    /// The id, which must be unique.
    var entryID: String { get }
    /// Reads one entry.
    ///
    /// - Throws: An ``EntryError`` that says what is wrong with it.
    init(entry: KeyedDecodingContainer<AnyKey>) throws
}
