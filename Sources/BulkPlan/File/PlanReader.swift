import BulkRecords

/// Reads a saved plan, after checking that it is complete and unchanged.
public struct PlanReader: ~Copyable {
    /// Why a plan's rows are read.
    public enum Purpose: Hashable, Sendable {
        /// To show or check all of them.
        ///
        /// If the plan is long enough, a second thread parses rows ahead.
        case showing
        /// To send them, a few at a time on the caller's thread.
        ///
        /// The input's own values (``PlanEntry/cells``) are not sent and therefore not read.
        case sending
    }

    /// The plan's first line.
    public let header: PlanHeader
    private let plan: PlanFile
    private var blocks: BlockReader<PlanRowBlock>
    private var block: PlanRowBlock?
    private var counts = PlanCounts()
    private var requests = 0

    /// Opens a plan and checks all of it: the header's checksum and every row against the plan's
    /// id.
    ///
    /// - Parameters:
    ///   - path: The plan's file.
    ///   - expectedID: The required id, or its first eight or more digits; `nil` for any.
    ///   - purpose: Why the rows are read.
    /// - Throws: A ``PlanError`` when the file is not a plan, or the plan is newer, changed,
    ///   truncated or not the expected one; a `FileError` when it cannot be read.
    public init(
        path: String, expecting expectedID: String? = nil, for purpose: Purpose = .showing
    ) throws {
        try self.init(PlanFile(path: path, expecting: expectedID), for: purpose)
    }

    /// Reads a plan that was checked and is still open.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - purpose: Why the rows are read.
    /// - Throws: A ``PlanError`` when the plan changed since it was opened, and what reading
    ///   throws.
    package init(_ plan: PlanFile, for purpose: Purpose = .showing) throws {
        do {
            blocks = try Self.blocks(of: plan, for: purpose)
        } catch let error as ReadError where error.message == PlanFile.changedMeanwhile {
            throw PlanError(code: .rowsChanged, message: error.message, path: plan.path)
        }
        header = plan.header
        self.plan = plan
    }

    /// How much one row may hold.
    static let limits = RecordLimits(
        fieldBytes: 64 << 20, recordBytes: 128 << 20, nesting: 8, columns: 64)

    private static func blocks(
        of plan: PlanFile, for purpose: Purpose
    ) throws -> BlockReader<PlanRowBlock> {
        let reader = try RecordReader(
            plan.source(), format: .jsonLines, limits: limits)
        return BlockReader(
            reader, size: purpose == .sending ? 16 << 10 : 32 << 10,
            startThread: purpose == .sending ? nil : BlockReader<PlanRowBlock>.secondThread
        ) { PlanRowBlock(readingCells: purpose != .sending) }
    }

    /// The next row; `nil` at the plan's end.
    ///
    /// - Throws: A ``PlanError`` when the plan changed since it was opened, and what reading throws.
    public mutating func next() throws -> PlanEntry? {
        while true {
            if let row = block?.next() {
                guard let entry = row else { throw unreadableRow }
                return count(entry)
            }
            block = try nextBlock()
            guard block != nil else { break }
        }
        // The safety checks and the user relied on the header's counts, so the rows must agree with
        // them.
        if counts != header.counts || requests != header.requests { throw plan.rowsChanged }
        return nil
    }

    /// The error for rows that match the id but do not have the expected form.
    private var unreadableRow: PlanError {
        PlanError(
            code: .rowUnreadable,
            message: "the plan's row \(counts.rows + 1) is not of the form in which this version "
                + "writes rows: plan again with this version", path: plan.path)
    }

    private mutating func count(_ entry: PlanEntry) -> PlanEntry {
        counts.add(entry)
        if entry.sendsRequest { requests += 1 }
        return entry
    }

    /// Reads the next block and reports changed rows as an error of the plan.
    private mutating func nextBlock() throws -> PlanRowBlock? {
        do {
            return try blocks.next()
        } catch  where error.message == PlanFile.changedMeanwhile {
            throw PlanError(code: .rowsChanged, message: error.message, path: plan.path)
        }
    }
}
