/// What planning is doing, to show its progress.
public enum PlanProgress: Hashable, Sendable {
    /// The rows are being read; so many were.
    case readingRows(Int)
    /// The tickets are being read; so many pages were asked for, and so many of the wanted tickets seen.
    case readingTickets(pages: Int, found: Int, wanted: Int)
    /// The plan is being written; so many rows were.
    case writingRows(Int)
}
