import BulkPlan
import BulkPlanning
import BulkRecords

import CLibrary

/// How fast CSV and JSON Lines are read, beside other readers of the same files.
///
///     mava-bulk-bench read [--rows N] [--repeats N] [--directory DIR]
///                          [--peers PYTHON SCRIPT] [--only csv|jsonl]
///
/// "records" is reading with everything checked: UTF-8, quoting, field counts, JSON grammar, repeated
/// keys. "typed" adds what a preview needs: ids as keys, statuses and priorities checked, agents and
/// categories as numbers. With `--peers`, a Python that has `Tests/Benchmarks/Peers/requirements.txt` installed
/// runs `Tests/Benchmarks/Peers/read.py` on the same files. All take turns, as often as `--repeats` says, so that
/// whatever else the machine does slows all of them; the best time of each counts.
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
        let options = try ComparisonOptions(arguments, repeats: 10)
        let formats = try options.only.map { try $0.map(format) } ?? [.csv, .jsonLines]
        for format in formats { try generate(options.path(format), format, rows: options.rows) }
        let peers = try options.peers.map { peers in
            try ReadPeers(peers, csv: options.path(.csv), json: options.path(.jsonLines))
        }
        for format in formats {
            var times = Part.allCases.map { (name: $0.rawValue, seconds: Double.infinity) }
            for name in peers?.names(format) ?? [] { times.append((name, .infinity)) }
            for turn in 0..<options.repeats * times.count {
                let index = turn % times.count
                for _ in 0..<readingsInTurn {
                    let seconds =
                        try Part(rawValue: times[index].name)
                        .map { try read(options, format, $0) }
                        ?? peers?.read(times[index].name, format, options.rows)
                    times[index].seconds = min(times[index].seconds, seconds ?? .infinity)
                }
            }
            report(times, format, options)
        }
        peers?.stop()
        var usage = rusage()
        // Zero is RUSAGE_SELF, which the C libraries declare with different types.
        _ = getrusage(0, &usage)
        print("peak memory of this process: \(rounded(Double(usage.ru_maxrss) / 1024)) MB")
    }

    private static func format(_ name: String) throws -> RecordFormat {
        guard let format = RecordFormat(rawValue: name) else {
            throw ComparisonOptions.Failure(description: "no such format: \(name)")
        }
        return format
    }

    /// Reads a file once and gives the seconds that took.
    private static func read(
        _ options: ComparisonOptions, _ format: RecordFormat, _ part: Part
    ) throws -> Double {
        let path = options.path(format)
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
        guard count == options.rows else {
            throw ComparisonOptions.Failure(
                description: "\(path): \(count) good rows of \(options.rows)")
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
        _ times: [(name: String, seconds: Double)], _ format: RecordFormat,
        _ options: ComparisonOptions
    ) {
        var size = stat()
        _ = stat(options.path(format), &size)
        let megabytes = Double(size.st_size) / 1e6
        for (name, seconds) in times {
            print(
                "\(format.rawValue)  \(name): \(rounded(seconds * 1000)) ms, "
                    + "\(rounded(megabytes / seconds)) MB/s, "
                    + "\(rounded(seconds / times[0].seconds)) x typed")
        }
    }

    private static func rounded(_ value: Double) -> String {
        "\((value * 100).rounded() / 100)"
    }
}

extension ComparisonOptions {
    fileprivate func path(_ format: RecordFormat) -> String {
        "\(directory)/mava-bulk-read-\(rows).\(format.rawValue)"
    }
}
