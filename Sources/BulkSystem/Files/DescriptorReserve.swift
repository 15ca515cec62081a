import CLibrary

/// Descriptors held in reserve, so that a run which has used up all others can still report.
package final class DescriptorReserve: Sendable {
    private let descriptors: [Int32]

    /// How many descriptors are in reserve.
    package var count: Int { descriptors.count { $0 >= 0 } }

    /// Reserves descriptors, or fewer if that would leave too few for others.
    ///
    /// - Parameters:
    ///   - count: The descriptors to reserve.
    ///   - others: The descriptors to leave free.
    package init(_ count: Int, leaving others: Int) {
        let wanted = max(0, min(count, DescriptorLimit.free - others))
        descriptors = (0..<wanted).map { _ in fcntl(0, F_DUPFD_CLOEXEC, 0) }
    }

    /// Releases the descriptors when the last reference goes away.
    deinit { for descriptor in descriptors where descriptor >= 0 { close(descriptor) } }
}
