import BulkFiles
import BulkRecords
import MavaAPI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A snapshot in a file: read by two threads, each from its own half, where it is large.
///
/// The second thread gives values numbers of its own and only collects what it read. That is noted when
/// the first half has been, so the file's order decides which of two readings of one ticket counts, as
/// if one thread had read it.
struct SnapshotFile {
    let path: String
    let readsUpdateTimes: Bool

    /// Files below this many bytes are not worth a second thread.
    static let smallestSplit = 8 << 20

    /// Reads the whole snapshot.
    ///
    /// - Parameters:
    ///   - state: The wanted tickets; what they hold is noted there.
    ///   - size: From how many bytes on two threads read.
    /// - Returns: How many tickets the snapshot holds, wanted or not.
    /// - Throws: A ``PlanError`` for a line that is no ticket; a `ReadError` when it cannot be read.
    func read(
        into state: inout TicketState, splittingFrom size: Int = smallestSplit
    ) throws -> Int {
        guard let middle = lineStartInTheMiddle(ofFilesFrom: size) else {
            return try readAlone(into: &state)
        }
        let second = SecondHalf(
            path: path, start: middle, finder: state.tickets.finder,
            readsUpdateTimes: readsUpdateTimes)
        guard let thread = JoinableThread({ second.read() }) else {
            return try readAlone(into: &state)
        }
        var reader = SnapshotReader(
            path: path, finder: state.tickets.finder, values: state.values,
            readsUpdateTimes: readsUpdateTimes)
        do {
            try reader.read(ByteSource(path: path), to: middle) { state.note($0) }
        } catch {
            thread.join()
            throw error
        }
        thread.join()
        // Only one who reads from the start can say on which line the trouble is.
        if second.hasFailed { return try readAlone(into: &state) }
        state.updateTimes.merge(reader.updateTimes) { $1 }
        second.hand(to: &state)
        return reader.tickets + second.tickets
    }

    private func readAlone(into state: inout TicketState) throws -> Int {
        var reader = SnapshotReader(
            path: path, finder: state.tickets.finder, values: state.values,
            readsUpdateTimes: readsUpdateTimes)
        try reader.read(ByteSource(path: path)) { state.note($0) }
        state.updateTimes.merge(reader.updateTimes) { $1 }
        return reader.tickets
    }

    /// The offset of the line that starts nearest behind the middle; `nil` for small files, for what is
    /// no plain file, and for lines of over 64 KiB, which are pages.
    private func lineStartInTheMiddle(ofFilesFrom size: Int) -> Int? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG,
            information.st_size >= size
        else { return nil }
        let middle = Int(information.st_size) / 2
        var start = [UInt8](repeating: 0, count: 2)
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = pread(descriptor, &bytes, bytes.count, off_t(middle))
        // Half of a compressed file says nothing.
        guard pread(descriptor, &start, 2, 0) == 2, start != [0x1F, 0x8B], count > 0,
            let end = bytes.prefix(count).firstIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        return middle + end + 1
    }
}

/// What the second thread reads.
///
/// Unchecked, because its fields belong to one thread at a time: to the second one while that runs, and
/// to the first one before it starts and after it was joined.
private final class SecondHalf: @unchecked Sendable {
    private(set) var tickets = 0
    private(set) var hasFailed = false
    private let path: String
    private let start: Int
    private let finder: TicketFinder
    private let readsUpdateTimes: Bool
    private let values = CurrentValues(hash: ByteHash())
    private var readings = SegmentedArray<TicketReading>()
    private var updateTimes: [UInt32: Int64] = [:]

    init(path: String, start: Int, finder: TicketFinder, readsUpdateTimes: Bool) {
        self.path = path
        self.start = start
        self.finder = finder
        self.readsUpdateTimes = readsUpdateTimes
    }

    /// Reads from the start to the file's end.
    func read() {
        do {
            let file = try POSIXFileSystem().open(path, flags: O_RDONLY)
            defer { POSIXFileSystem().close(file) }
            guard lseek(file.descriptor, off_t(start), SEEK_SET) == off_t(start) else {
                throw FileError.last(.read, path)
            }
            var reader = SnapshotReader(
                path: path, finder: finder, values: values, readsUpdateTimes: readsUpdateTimes)
            try reader.read(ByteSource(fileDescriptor: file.descriptor, name: path)) {
                readings.append($0)
            }
            tickets = reader.tickets
            updateTimes = reader.updateTimes
        } catch {
            // The first thread reads the whole file then, and meets the same trouble with its line.
            hasFailed = true
        }
    }

    /// Notes what was read, under the numbers that the first thread's values have.
    func hand(to state: inout TicketState) {
        let statuses = Self.numbers(values.statuses, state.values.statuses)
        let categories = Self.numbers(values.categories, state.values.categories)
        let assignees = Self.numbers(values.assignees, state.values.assignees)
        for index in 0..<readings.count {
            var reading = readings[index]
            reading.status = UInt16(truncatingIfNeeded: statuses[Int(reading.status)])
            reading.category = categories[Int(reading.category)]
            reading.assignee = assignees[Int(reading.assignee)]
            state.note(reading)
        }
        state.updateTimes.merge(updateTimes) { $1 }
    }

    /// For each number of one table the number of the same value in another.
    private static func numbers(_ from: ValueTable, _ to: ValueTable) -> [UInt32] {
        (0..<UInt32(from.count)).map { number in
            number == 0 ? 0 : from.withBytes(number) { to.intern($0) }
        }
    }
}
