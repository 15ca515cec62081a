/// Where a record starts in its input.
public struct RecordPosition: Hashable, Sendable {
    /// The record's number: 1 is the first after a CSV header, or the first line with JSON.
    ///
    /// Blank lines are not counted.
    public var number: Int
    /// The line on which the record starts: 1 is the file's first line.
    public var line: Int
    /// The offset of the record in bytes, after decompression; a byte order mark counts as three.
    public var byteOffset: Int

    /// Makes a position from its parts.
    public init(number: Int, line: Int, byteOffset: Int) {
        self.number = number
        self.line = line
        self.byteOffset = byteOffset
    }
}
