import BulkRecords

/// The peers of ``ReadBench``, in one process that waits for its turns: `Tests/Benchmarks/Peers/read.py`.
struct ReadPeers {
    private let process: ChildProcess
    private let peers: [(kind: String, name: String)]

    /// Starts the process; it says first which peers there are.
    init(_ peers: (python: String, script: String), csv: String, json: String) throws {
        process = try ChildProcess(peers.python, [peers.script, csv, json], isAsked: true)
        self.peers = process.firstLine().split(separator: "|").compactMap { peer in
            let words = peer.split(separator: " ", maxSplits: 1).map(String.init)
            return words.count == 2 ? (words[0], words[1]) : nil
        }
        guard !self.peers.isEmpty else {
            throw ComparisonOptions.Failure(description: "\(peers.script) failed")
        }
    }

    /// Who reads files of a format.
    func names(_ format: RecordFormat) -> [String] {
        peers.filter { $0.kind == format.rawValue }.map(\.name)
    }

    /// Lets one of them read its file once, and gives the seconds that took.
    func read(_ name: String, _ format: RecordFormat, _ rows: Int) throws -> Double {
        let answer = process.ask("\(format.rawValue) \(name)").split(separator: " ")
        guard answer.count == 2, let count = Int(answer[0]), let seconds = Double(answer[1]) else {
            throw ComparisonOptions.Failure(description: "\(name) failed")
        }
        guard count == rows else {
            throw ComparisonOptions.Failure(description: "\(name): \(count) rows of \(rows)")
        }
        return seconds
    }

    func stop() { process.stop() }
}
