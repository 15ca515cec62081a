package import BulkSystem

extension MavaConnection {
    /// Reads the agents and categories.
    ///
    /// - Returns: Both lists.
    /// - Throws: A ``ClientError`` when one of them cannot be read.
    public func lookups() async throws -> Lookups {
        try await cancellable {
            let agents = try await reader.agents().elements
            return Lookups(agents: agents, categories: try await reader.categories().elements)
        }
    }

    /// Exports tickets to a file.
    ///
    /// The file appears when it is complete, or not at all. A ticket that passes the filter from the start of the
    /// export to its end is in it exactly once.
    ///
    /// - Parameters:
    ///   - options: Which tickets, and how they are written.
    ///   - path: The file; one that is there is replaced.
    ///   - lookups: The agents and categories, where they are known already; else they are read.
    ///   - progress: Called after each page.
    /// - Returns: How much was read and written.
    /// - Throws: A ``ClientError`` when the tickets cannot be read, and a `FileError` when the file cannot be written.
    public func export(
        _ options: ExportOptions, to path: String, lookups: Lookups? = nil,
        progress: (ReadingProgress) -> Void = { _ in }
    ) async throws -> ExportResult {
        var sink = try ExportFile(path)
        let known: Lookups
        if let lookups { known = lookups } else { known = try await self.lookups() }
        let result = try await export(options, to: &sink, lookups: known, progress: progress)
        try sink.commit()
        return result
    }

    /// Reads tickets one by one.
    ///
    /// - Parameters:
    ///   - filter: Which tickets.
    ///   - progress: Called after each page.
    ///   - take: Takes a ticket, and says whether to go on.
    /// - Returns: How much was read.
    /// - Throws: A ``ClientError`` when the tickets cannot be read, and what `take` throws.
    public func readTickets(
        _ filter: TicketFilter = TicketFilter(), progress: (ReadingProgress) -> Void = { _ in },
        take: (ListedTicket) throws -> Bool
    ) async throws -> ReadingProgress {
        try await cancellable {
            try await TicketReader(MavaPages(client: reader), filter).read(
                now: Int64(SystemTime.millisecondsSince1970() / 1000), progress: progress
            ) {
                try take($0) ? .goOn : .stop
            }.progress
        }
    }

    /// Exports tickets to wherever a sink puts them.
    package func export(
        _ options: ExportOptions, to sink: inout some TicketExport.Sink, lookups: Lookups,
        progress: (ReadingProgress) -> Void
    ) async throws -> ExportResult {
        try await cancellable {
            try await TicketExport(options, MavaPages(client: reader), lookups).run(
                now: Int64(SystemTime.millisecondsSince1970() / 1000), to: &sink, progress: progress
            )
        }
    }
}

/// An export's file, which appears complete or not at all.
package final class ExportFile: TicketExport.Sink {
    private var file: AtomicFile
    private var buffer = OutputBuffer()

    package init(_ path: String) throws(FileError) { file = try AtomicFile(path) }

    package func consume(_ writer: inout ExportWriter) throws -> Bool {
        writer.drain { buffer.append($0) }
        try file.write(&buffer)
        return true
    }

    /// Puts the file in its place.
    package func commit() throws(FileError) { try file.commit() }
}
