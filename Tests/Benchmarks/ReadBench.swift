import BulkPlan
import BulkPlanning
import BulkRecords

import CLibrary

/// How fast CSV and JSON Lines are read, beside other readers of the same files.
///
///     mava-bulk-bench read [--shape plain,quoted,escaped,nested] [--rows N] [--repeats N]
///                          [--directory DIR] [--peers PYTHON SCRIPT] [--only csv|jsonl]
///
/// "records" is reading with everything checked: UTF-8, quoting, field counts, JSON grammar, repeated
/// keys. "typed" adds what a preview needs: ids as keys, statuses and priorities checked, agents and
/// categories as numbers. With `--peers`, a Python that has `Tests/Benchmarks/Peers/requirements.txt` installed
/// runs `Tests/Benchmarks/Peers/read.py` on the same files. All take turns, as often as `--repeats` says, so that
/// whatever else the machine does slows all of them. A turn's best reading counts, and the middle one of
/// the turns; ratios are taken within a turn. ``ReadShape`` says what the files look like.
enum ReadBench {
    /// How often each reads the file in its turn: a peer that keeps memory between two readings gives it
    /// back while it waits, and is a quarter slower at the first one of a turn.
    private static let readingsInTurn = 3

    /// What of ours has its turn.
    private enum Part: String, CaseIterable {
        case typed = "mava-bulk typed, 2 threads"
        case typedAlone = "mava-bulk typed, 1 thread"
        case records = "mava-bulk records, 1 thread"
    }

    static func run(_ arguments: [String]) async throws {
        let options = try ComparisonOptions(arguments, repeats: 7)
        for name in options.shapes ?? [ReadShape.plain.rawValue] {
            guard let shape = ReadShape(rawValue: name) else {
                throw ComparisonOptions.Failure(
                    description: "no such shape: \(name); there is "
                        + ReadShape.allCases.map(\.rawValue).joined(separator: ", "))
            }
            try compare(shape, options)
        }
        var usage = rusage()
        // Zero is RUSAGE_SELF, which the C libraries declare with different types.
        _ = getrusage(0, &usage)
        print("peak memory of this process: \(rounded(Double(usage.ru_maxrss) / 1024)) MB")
    }

    private static func compare(_ shape: ReadShape, _ options: ComparisonOptions) throws {
        let wanted = try options.only.map { try $0.map(format) } ?? [.csv, .jsonLines]
        let formats = shape.formats.filter(wanted.contains)
        for format in formats {
            try generate(options.path(format, shape), format, shape, rows: options.rows)
        }
        let peers = try options.peers.map { peers in
            let paths = [RecordFormat.csv, .jsonLines].map {
                formats.contains($0) ? options.path($0, shape) : "-"
            }
            return try ReadPeers(peers, csv: paths[0], json: paths[1])
        }
        defer { peers?.stop() }
        for format in formats {
            let names = Part.allCases.map(\.rawValue) + (peers?.names(format) ?? [])
            var times = names.map { (name: $0, turns: [Double]()) }
            for turn in 0..<options.repeats * times.count {
                let index = turn % times.count
                var best = Double.infinity
                for _ in 0..<readingsInTurn {
                    let seconds =
                        try Part(rawValue: names[index])
                        .map { try read(options.path(format, shape), format, $0, options.rows) }
                        ?? peers?.read(names[index], format, options.rows)
                    best = min(best, seconds ?? .infinity)
                }
                times[index].turns.append(best)
            }
            report(times, format, shape, options)
        }
    }

    private static func format(_ name: String) throws -> RecordFormat {
        guard let format = RecordFormat(rawValue: name) else {
            throw ComparisonOptions.Failure(description: "no such format: \(name)")
        }
        return format
    }

    /// Reads a file once and gives the seconds that took.
    private static func read(
        _ path: String, _ format: RecordFormat, _ part: Part, _ rows: Int
    ) throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        var reader = try RecordReader(ByteSource(path: path), format: format)
        let count: Int
        switch part {
        case .records:
            var records = 0
            while try reader.advance() {
                if reader.record.problem == nil { records += 1 }
            }
            count = records
        case .typed: count = try countRequests(RequestReader(reader))
        case .typedAlone: count = try countRequests(RequestReader(reader, startThread: nil))
        }
        let seconds = (clock.now - start) / .seconds(1)
        guard count == rows else {
            throw ComparisonOptions.Failure(
                description: "\(path): \(count) good rows of \(rows)")
        }
        return seconds
    }

    private static func countRequests(_ reader: consuming RequestReader) throws -> Int {
        var requests = reader
        var count = 0
        while let batch = try requests.next() {
            for request in batch.requests where request.asksForChange { count += 1 }
        }
        return count
    }

    private static func report(
        _ times: [(name: String, turns: [Double])], _ format: RecordFormat, _ shape: ReadShape,
        _ options: ComparisonOptions
    ) {
        var size = stat()
        _ = stat(options.path(format, shape), &size)
        let megabytes = Double(size.st_size) / 1e6
        for (name, turns) in times {
            let seconds = Spread(turns).middle
            let ratio = Spread(zip(turns, times[0].turns).map { $0 / $1 })
            print(
                "\(shape.rawValue) \(format.rawValue): \(name): \(rounded(seconds * 1000)) ms, "
                    + "\(Int(megabytes / seconds)) MB/s, \(ratio.text) x typed")
        }
        fflush(nil)
    }
}

extension ComparisonOptions {
    fileprivate func path(_ format: RecordFormat, _ shape: ReadShape) -> String {
        "\(directory)/mava-bulk-read-\(rows)-\(shape.rawValue).\(format.rawValue)"
    }
}
