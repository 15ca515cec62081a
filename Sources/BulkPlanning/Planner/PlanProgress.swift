/// What planning is doing, to show its progress.
public enum PlanProgress: Hashable, Sendable {
    /// The rows are being read; the number of rows read so far.
    case readingRows(Int)
    /// The tickets are being read; the pages requested and the wanted tickets found so far.
    case readingTickets(pages: Int, found: Int, wanted: Int)
    /// The plan is being written; the number of rows written so far.
    case writingRows(Int)
}
