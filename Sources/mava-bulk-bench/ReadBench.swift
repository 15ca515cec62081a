import BulkPlanning
import BulkRecords

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How fast CSV and JSON Lines are read, beside other readers of the same files.
///
///     mava-bulk-bench read [--rows N] [--repeats N] [--directory DIR]
///                          [--peers PYTHON SCRIPT] [--only csv|jsonl]
///
/// "records" is reading with everything checked: UTF-8, quoting, field counts, JSON grammar, repeated
/// keys. "typed" adds what a preview needs: ids as keys, statuses and priorities checked, agents and
/// categories as numbers. With `--peers`, a Python that has `Tests/Peers/requirements.txt` installed
/// runs `Tests/Peers/read.py` on the same files between two rounds of ours.
enum ReadBench {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// What one run does.
    private struct Options {
        var rows = 1_000_000
        var repeats = 10
        var directory = "/tmp"
        var peers: (python: String, script: String)?
        var formats: [RecordFormat] = [.csv, .jsonLines]

        init(_ arguments: [String]) throws {
            var rest = arguments[...]
            func value(_ option: String) throws -> String {
                guard let value = rest.popFirst() else {
                    throw Failure(description: "\(option) wants a value")
                }
                return value
            }
            while let option = rest.popFirst() {
                switch option {
                case "--rows": rows = try Int(value(option)) ?? rows
                case "--repeats": repeats = try Int(value(option)) ?? repeats
                case "--directory": directory = try value(option)
                case "--peers": peers = (try value(option), try value(option))
                case "--only":
                    formats = try RecordFormat(rawValue: value(option)).map { [$0] } ?? []
                default: throw Failure(description: "no such option: \(option)")
                }
            }
        }

        func path(_ format: RecordFormat) -> String {
            "\(directory)/mava-bulk-read-\(rows).\(format.rawValue)"
        }
    }

    static func run(_ arguments: [String]) async throws {
        let options = try Options(arguments)
        for format in options.formats {
            try generate(options.path(format), format: format, rows: options.rows)
        }
        var best: [String: Double] = [:]
        func measure() throws {
            for format in options.formats {
                for isTyped in [false, true] {
                    let name = "\(format.rawValue) \(isTyped ? "typed" : "records")"
                    for _ in 0..<options.repeats {
                        let seconds = try read(options.path(format), format, isTyped, options.rows)
                        best[name] = min(best[name] ?? .infinity, seconds)
                    }
                }
            }
        }
        try measure()
        let peers =
            try options.peers.map { peers in
                try runPeers(
                    peers, csv: options.path(.csv), json: options.path(.jsonLines),
                    repeats: options.repeats, output: "\(options.directory)/mava-bulk-peers.jsonl")
            } ?? []
        if !peers.isEmpty { try measure() }
        report(best, peers, options)
    }

    /// Reads a file once and gives the seconds that took.
    private static func read(
        _ path: String, _ format: RecordFormat, _ isTyped: Bool, _ rows: Int
    ) throws -> Double {
        var count = 0
        let clock = ContinuousClock()
        let start = clock.now
        var reader = try RecordReader(ByteSource(path: path), format: format)
        if isTyped {
            var requests = try RequestReader(reader)
            while let batch = try requests.next() {
                for request in batch.requests where request.asksForChange { count += 1 }
            }
        } else {
            while try reader.advance() {
                if reader.record.problem == nil { count += 1 }
            }
        }
        let seconds = (clock.now - start) / .seconds(1)
        guard count == rows else {
            throw Failure(description: "\(path): \(count) good rows of \(rows)")
        }
        return seconds
    }

    private static func report(
        _ best: [String: Double], _ peers: [(kind: String, name: String, seconds: Double)],
        _ options: Options
    ) {
        for format in options.formats {
            var size = stat()
            _ = stat(options.path(format), &size)
            let megabytes = Double(size.st_size) / 1e6
            func line(_ name: String, _ seconds: Double) {
                let ratio = (best["\(format.rawValue) typed"] ?? 0) / seconds
                print(
                    "\(format.rawValue)  \(name): \(rounded(seconds * 1000)) ms, "
                        + "\(rounded(megabytes / seconds)) MB/s, \(rounded(1 / ratio)) x typed")
            }
            for name in ["records", "typed"] {
                if let seconds = best["\(format.rawValue) \(name)"] {
                    line("mava-bulk \(name)", seconds)
                }
            }
            for peer in peers where peer.kind == format.rawValue { line(peer.name, peer.seconds) }
        }
        var usage = rusage()
        // Zero is RUSAGE_SELF, which the C libraries declare with different types.
        _ = getrusage(0, &usage)
        print("peak memory of this process: \(rounded(Double(usage.ru_maxrss) / 1024)) MB")
    }

    private static func rounded(_ value: Double) -> String {
        "\((value * 100).rounded() / 100)"
    }
}
