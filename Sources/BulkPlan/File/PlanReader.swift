import BulkRecords

/// Reads a saved plan, after making sure that it is whole and stands as it was made.
///
public struct PlanReader: ~Copyable {
    /// What a plan's rows are read for.
    public enum Purpose: Hashable, Sendable {
        /// To show or check all of them: a second thread takes them apart ahead, where the plan is long enough
        /// to need one.
        case showing
        /// To send them, a few at a time on the caller's thread and without the input's own values
        /// (``PlanEntry/cells``), which are not sent.
        case sending
    }

    /// The plan's first line.
    public let header: PlanHeader
    private let plan: PlanFile
    private var blocks: BlockReader<PlanRowBlock>
    private var block: PlanRowBlock?
    private var counts = PlanCounts()
    private var requests = 0

    /// Opens a plan and checks all of it: the header's checksum and every row against the plan's id.
    ///
    /// - Parameters:
    ///   - path: The plan's file.
    ///   - expectedID: The id that the plan has to have, or its first eight or more digits; `nil` for
    ///     any.
    ///   - purpose: What the rows are read for.
    /// - Throws: A ``PlanError`` when the file is no plan, a newer, changed or cut one, or another one
    ///   than expected; a `FileError` when it cannot be read.
    public init(
        path: String, expecting expectedID: String? = nil, for purpose: Purpose = .showing
    ) throws {
        try self.init(PlanFile(path: path, expecting: expectedID), for: purpose)
    }

    /// Reads a plan that was checked and stays open.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - purpose: What the rows are read for.
    /// - Throws: A ``PlanError`` when the plan changed since it was opened, and what reading throws.
    package init(_ plan: PlanFile, for purpose: Purpose = .showing) throws {
        do {
            blocks = try Self.blocks(of: plan, for: purpose)
        } catch let error as ReadError where error.message == PlanFile.changedMeanwhile {
            throw PlanError(code: .rowsChanged, message: error.message, path: plan.path)
        }
        header = plan.header
        self.plan = plan
    }

    private static func blocks(
        of plan: PlanFile, for purpose: Purpose
    ) throws -> BlockReader<PlanRowBlock> {
        let reader = try RecordReader(
            plan.source(), format: .jsonLines,
            limits: RecordLimits(
                fieldBytes: 64 << 20, recordBytes: 128 << 20, nesting: 8, columns: 64))
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
        // What guards and people went by has to be what is in the rows.
        if counts != header.counts || requests != header.requests { throw plan.rowsChanged }
        return nil
    }

    /// The rows fit the id, so they were not written as plans are.
    private var unreadableRow: PlanError {
        PlanError(
            code: .rowUnreadable,
            message: "the plan's row \(counts.rows + 1) is not of the form in which this version "
                + "writes rows: plan again with this version", path: plan.path)
    }

    private mutating func count(_ entry: PlanEntry) -> PlanEntry {
        counts.add(entry.disposition)
        if entry.sendsRequest { requests += 1 }
        return entry
    }

    /// Reads on; rows that were changed since the plan was checked are an error of the plan.
    private mutating func nextBlock() throws -> PlanRowBlock? {
        do {
            return try blocks.next()
        } catch  where error.message == PlanFile.changedMeanwhile {
            throw PlanError(code: .rowsChanged, message: error.message, path: plan.path)
        }
    }
}
