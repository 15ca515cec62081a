import BulkSystem
public import MavaAPI

/// An export: reads the tickets, and writes each one as it arrives.
package struct TicketExport: Sendable {
    /// The destination of an export's bytes.
    package protocol Sink {
        /// Writes bytes that end with a complete row, and returns whether more are wanted.
        mutating func consume(_ writer: inout ExportWriter) throws -> Bool
    }

    /// The number of bytes collected before they are passed on.
    private static let flushSize = 64 << 10

    package let options: ExportOptions
    private let source: any TicketPageSource
    private let lookups: Lookups

    package init(_ options: ExportOptions, _ source: any TicketPageSource, _ lookups: Lookups) {
        self.options = options
        self.source = source
        self.lookups = lookups
    }

    /// Exports the tickets.
    ///
    /// - Parameters:
    ///   - now: The current time, in seconds since 1970.
    ///   - sink: The destination of the bytes.
    ///   - progress: Called after each page.
    /// - Returns: How much was read, and the number of tickets written.
    /// - Throws: What the source and the sink throw.
    package func run(
        now: Int64, to sink: inout some Sink, progress: (ReadingProgress) -> Void
    ) async throws -> ExportResult {
        var writer = ExportWriter(options, lookups)
        var result = ExportResult()
        var sample = options.sample.map { TicketSample(size: $0, seed: options.seed) }
        // The header is in the buffer from the start, even if no ticket follows.
        guard try sink.consume(&writer), options.limit ?? 1 > 0 else { return result }
        let reader = TicketReader(source, filter)
        let reading = try await reader.read(now: now, progress: progress) { ticket in
            if sample != nil {
                sample?.offer(ticket)
                return .goOn
            }
            writer.append(ticket)
            result.written += 1
            if writer.count >= Self.flushSize, !(try sink.consume(&writer)) { return .stop }
            return result.written == options.limit ? .stop : .goOn
        }
        result.reading = reading.progress
        result.missing = reading.missing
        for ticket in sample?.tickets ?? [] {
            writer.append(ticket)
            result.written += 1
            if writer.count >= Self.flushSize, !(try sink.consume(&writer)) { return result }
        }
        _ = try sink.consume(&writer)
        return result
    }

    /// The filter without tickets that already have the wanted values.
    private var filter: TicketFilter {
        guard let wanted = options.wanted else { return options.filter }
        var filter = options.filter
        let condition = filter.condition
        filter.condition = { !wanted.isHeld(by: $0) && condition?($0) ?? true }
        return filter
    }
}

/// What an export did.
public struct ExportResult: Hashable, Sendable {
    /// The progress of the reading.
    public var reading = ReadingProgress()
    /// The number of tickets written.
    public var written = 0
    /// The tickets that were requested by id and not listed.
    public var missing: Set<TicketID> = []

    /// Starts at zero.
    public init() {}
}

/// A random sample: the tickets with the smallest hashes of seed and id.
///
/// It does not depend on the order of the tickets.
struct TicketSample {
    private let size: Int
    private let seed: UInt64
    /// A heap with the largest hash on top.
    private var heap: [(hash: UInt64, ticket: ListedTicket)] = []

    init(size: Int, seed: UInt64) {
        self.size = size
        self.seed = seed
    }

    /// The sample, in order of creation.
    var tickets: [ListedTicket] {
        heap.map(\.ticket).sorted {
            ($0.createdMicroseconds ?? 0, $0.id.rawValue)
                < ($1.createdMicroseconds ?? 0, $1.id.rawValue)
        }
    }

    /// Adds a ticket to the sample if its hash is small enough.
    mutating func offer(_ ticket: ListedTicket) {
        let hash = hash(ticket.id)
        if heap.count < size {
            heap.append((hash, ticket))
            var index = heap.count - 1
            while index > 0, heap[index].hash > heap[(index - 1) / 2].hash {
                heap.swapAt(index, (index - 1) / 2)
                index = (index - 1) / 2
            }
        } else if let largest = heap.first, hash < largest.hash {
            heap[0] = (hash, ticket)
            sink()
        }
    }

    private mutating func sink() {
        var index = 0
        while true {
            let children = [2 * index + 1, 2 * index + 2].filter { $0 < heap.count }
            guard let child = children.max(by: { heap[$0].hash < heap[$1].hash }),
                heap[child].hash > heap[index].hash
            else { return }
            heap.swapAt(index, child)
            index = child
        }
    }

    /// FNV-1a of seed and id, with a final mix.
    private func hash(_ id: TicketID) -> UInt64 {
        var hash = 0xCBF2_9CE4_8422_2325 ^ seed &* 0x9E37_79B9_7F4A_7C15
        for byte in id.rawValue.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        return hash ^ hash >> 33
    }
}
