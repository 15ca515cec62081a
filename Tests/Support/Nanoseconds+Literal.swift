package import BulkSystem

/// Tests write short times as plain numbers of nanoseconds.
extension Nanoseconds: ExpressibleByIntegerLiteral {
    package init(integerLiteral count: Int64) { self.init(count: count) }
}
