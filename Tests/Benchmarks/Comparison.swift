/// What contenders took that had their turns one after the other, several times.
///
/// The machine's speed changes by the minute, so what tells is the ratio between two that ran in the same
/// round: the middle one of those is given, with the smallest and the largest.
struct Comparison {
    /// What is compared.
    let part: String
    /// How many updates each contender sent.
    let updates: Int
    /// The most updates a second that there can be; `nil` where nothing limits them.
    let possible: Double?
    private var names: [String] = []
    private var turns: [String: [ExecuteBench.Measure]] = [:]

    init(part: String, updates: Int, possible: Double?) {
        self.part = part
        self.updates = updates
        self.possible = possible
    }

    /// Notes a contender's turn; all have as many, and the first one is the one that others are held against.
    mutating func add(_ name: String, _ measure: ExecuteBench.Measure) {
        if turns[name] == nil { names.append(name) }
        turns[name, default: []].append(measure)
    }

    /// The lines to print.
    func text(asFirst first: String) -> [String] {
        var lines: [String] = []
        for name in [first] + names.filter({ $0 != first }) {
            let turns = turns[name] ?? []
            let seconds = Spread(turns.map(\.seconds))
            let memory = turns.map(\.peakMemory).max() ?? 0
            lines.append(
                "\(part): \(name): \(Int(Double(updates) / seconds.middle))/s "
                    + "(\(Int(Double(updates) / seconds.most)) to "
                    + "\(Int(Double(updates) / seconds.least))), "
                    + "\(rounded(Spread(turns.map(\.processorSeconds)).middle)) s of processor, "
                    + "\(memory >> 20) MB")
            if name != first {
                let ratios = zip(turns, self.turns[first] ?? []).map { $0.seconds / $1.seconds }
                lines.append("  ours is \(Spread(ratios).text) times as fast")
            }
            if let possible {
                let parts = turns.map { 100 * Double(updates) / $0.seconds / possible }
                lines.append("  of the possible \(Int(possible))/s: \(Spread(parts).text) %")
                let executing = turns.filter { $0.executionSeconds > 0 }
                    .map { 100 * Double(updates) / $0.executionSeconds / possible }
                if !executing.isEmpty {
                    lines.append("  and while it executes: \(Spread(executing).text) %")
                }
            }
        }
        return lines
    }
}

/// Several measurements of one thing.
struct Spread {
    let least: Double
    let middle: Double
    let most: Double

    init(_ values: [Double]) {
        let sorted = values.sorted()
        least = sorted.first ?? 0
        most = sorted.last ?? 0
        let half = sorted.count / 2
        middle =
            sorted.isEmpty
            ? 0 : sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    }

    /// The middle one, and between which they all are.
    var text: String { "\(rounded(middle)) (\(rounded(least)) to \(rounded(most)))" }
}

/// A number with two decimals.
func rounded(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let sign = hundredths < 0 ? "-" : ""
    let rest = hundredths.magnitude % 100
    return "\(sign)\(hundredths.magnitude / 100).\(rest < 10 ? "0" : "")\(rest)"
}
