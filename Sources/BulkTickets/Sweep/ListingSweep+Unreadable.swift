import BulkSystem

extension ListingSweep {
    /// An error: a listing that cannot be read.
    package enum Unreadable: Error, CustomStringConvertible {
        /// The tickets of one second change faster than they can be read.
        case unsteady(second: Int64, pageSize: Int)
        /// A full page has no ticket that was created near the times asked for.
        case elsewhere(Window)

        package var description: String {
            switch self {
            case .unsteady(let second, let pageSize):
                "more than \(pageSize) tickets have the creation time \(second) "
                    + "(seconds since 1970), and they change faster than they can be read, or the listing shows "
                    + "the same page again and again: try again later"
            case .elsewhere(let window):
                "the listing ignores startDate and endDate: asked for tickets that were created "
                    + "from \(Self.time(window.start)) to \(Self.time(window.end)), it shows only others"
            }
        }

        private static func time(_ second: Int64) -> String {
            CivilTime(secondsSince1970: Int(second)).iso8601
        }
    }
}
