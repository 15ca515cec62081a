/// Something that a listing holds.
protocol ListingEntry: Sendable {
    /// The names under which a listing may hold these, besides a bare array.
    static var listNames: [String] { get }
    /// The id that must not come twice.
    var entryID: String { get }
    /// Reads one entry.
    ///
    /// - Throws: An ``EntryError`` that says what is wrong with it.
    init(entry: KeyedDecodingContainer<AnyKey>) throws
}
