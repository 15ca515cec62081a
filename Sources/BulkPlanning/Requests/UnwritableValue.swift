/// Values that tickets can hold and no update takes.
enum UnwritableValue {
    /// The status.
    static let statusName = "Spam"
    /// The status's number, after those of the four that an update takes.
    static let status: UInt8 = 5
    /// The priority.
    static let priority: UInt8 = 4
}
