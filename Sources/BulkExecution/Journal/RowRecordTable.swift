import BulkSystem
import Synchronization

/// The records of a plan's rows in a journal; few of them are in memory at a time.
///
/// Rows are written and read nearly in their order. So the pages used last stay in memory, and the others go
/// to a scratch file. Without a scratch file, or with little space left on the disk, all pages stay in memory:
/// the space is for the journal and the report.
final class RowRecordTable: Sendable {
    private let pages: Mutex<Pages>

    /// Makes an empty table.
    ///
    /// - Parameters:
    ///   - directory: Where its scratch file goes, once one is needed; `nil` for none.
    ///   - fileSystem: The system calls to use.
    init(spillingTo directory: String?, fileSystem: any FileSystem = POSIXFileSystem()) {
        pages = Mutex(Pages(directory: directory, fileSystem: fileSystem))
    }

    /// The record of a row.
    ///
    /// - Throws: A `FileError` when its page cannot be read again.
    func record(of row: Int) throws(FileError) -> RowRecord {
        try pages.withLock { pages throws(FileError) in
            guard row >= 0, try pages.bring(row / Pages.rows, making: false) else {
                return RowRecord()
            }
            return pages.latest[row % Pages.rows]
        }
    }

    /// Changes the record of a row, whose number is at least 0.
    ///
    /// - Throws: A `FileError` when its page cannot be read again.
    func change(_ row: Int, _ body: (inout RowRecord) -> Void) throws(FileError) {
        try pages.withLock { pages throws(FileError) in
            _ = try pages.bring(row / Pages.rows, making: true)
            // Under the thread sanitizer, Swift 6.3.1 cannot compile a change through the property itself.
            let page = pages.latest
            body(&page[row % Pages.rows])
            pages.held[pages.held.count - 1].isChanged = true
        }
    }
}

/// The pages of a ``RowRecordTable``.
private struct Pages: ~Copyable {
    /// How many rows a page has.
    static let rows = 1 << 11
    /// How many pages are held; the rows in flight at any time are in no more than these.
    static let mostHeld = 6

    struct Page {
        var number: Int
        var records: UnsafeMutableBufferPointer<RowRecord>
        /// Whether the scratch file does not have it as it is.
        var isChanged: Bool
    }

    /// The pages in memory, the one used last at the end.
    var held: [Page] = []
    /// The places of pages in the scratch file, by their numbers.
    private var places: [Int: Int] = [:]
    private var scratch: ScratchFile?
    /// Where the scratch file goes; `nil` when pages are not to be written any more.
    private var directory: String?
    private let fileSystem: any FileSystem

    init(directory: String?, fileSystem: any FileSystem) {
        self.directory = directory
        self.fileSystem = fileSystem
    }

    deinit {
        for page in held { page.records.deallocate() }
    }

    /// The page used last.
    var latest: UnsafeMutableBufferPointer<RowRecord> { held[held.count - 1].records }

    /// Makes a page the one used last.
    ///
    /// - Returns: `false` when there is no such page and none is made.
    mutating func bring(_ number: Int, making makes: Bool) throws(FileError) -> Bool {
        if bringHeld(number) { return true }
        StepCount.add()
        guard makes || places[number] != nil else { return false }
        let records = room()
        // Making room can have brought back all pages.
        if bringHeld(number) {
            records.deallocate()
            return true
        }
        if let place = places[number], let scratch {
            do throws(FileError) {
                try scratch.read(
                    into: UnsafeMutableRawBufferPointer(records), at: place * Self.bytes)
            } catch {
                records.deallocate()
                throw error
            }
        } else {
            records.initialize(repeating: RowRecord())
        }
        held.append(Page(number: number, records: records, isChanged: false))
        return true
    }

    private mutating func bringHeld(_ number: Int) -> Bool {
        if held.last?.number == number { return true }
        guard let index = held.lastIndex(where: { $0.number == number }) else { return false }
        held.append(held.remove(at: index))
        return true
    }

    private static let bytes = rows * MemoryLayout<RowRecord>.stride

    /// Memory for a page: that of the page not used for the longest time, once enough are held.
    private mutating func room() -> UnsafeMutableBufferPointer<RowRecord> {
        if held.count >= Self.mostHeld, let page = held.first, isStored(page) {
            return held.removeFirst().records
        }
        return .allocate(capacity: Self.rows)
    }

    /// Whether the scratch file has a page, after an attempt to write it there.
    private mutating func isStored(_ page: Page) -> Bool {
        guard page.isChanged else { return true }
        guard let directory else { return false }
        do throws(FileError) {
            let file =
                if let scratch { scratch } else {
                    try ScratchFile(in: directory, fileSystem: fileSystem)
                }
            scratch = file
            let place = places[page.number] ?? places.count
            let size = (places.count + 1) * Self.bytes
            if let left = file.bytesLeft, left < Self.leastLeft + 16 * size {
                giveBack()
                return false
            }
            try file.write(UnsafeRawBufferPointer(page.records), at: place * Self.bytes)
            places[page.number] = place
            return true
        } catch {
            giveBack()
            return false
        }
    }

    /// What a disk has to have left, in bytes, besides sixteen times the scratch file: a row's lines in the
    /// journal and the report take about as much more than its record.
    private static let leastLeft = 64 << 20

    /// Moves all pages into memory and frees their space on disk; none is written from now on.
    private mutating func giveBack() {
        directory = nil
        guard let scratch else { return }
        var pages: [Page] = []
        for (number, place) in places where !held.contains(where: { $0.number == number }) {
            let records = UnsafeMutableBufferPointer<RowRecord>.allocate(capacity: Self.rows)
            pages.append(Page(number: number, records: records, isChanged: true))
            do throws(FileError) {
                try scratch.read(
                    into: UnsafeMutableRawBufferPointer(records), at: place * Self.bytes)
            } catch {
                // Nothing is lost: the pages stay where they are, and a caller that needs this page gets the error then.
                for page in pages { page.records.deallocate() }
                return
            }
        }
        held.insert(contentsOf: pages, at: 0)
        for index in held.indices { held[index].isChanged = true }
        places = [:]
        self.scratch = nil
    }
}
