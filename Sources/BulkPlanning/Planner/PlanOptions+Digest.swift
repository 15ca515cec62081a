import BulkPlan
import BulkRecords
import BulkSystem

extension PlanOptions {
    /// The SHA-256 of the options that decide what becomes of a row, 64 hex digits.
    ///
    /// The plans of all shards of an input must have the same one. The shard itself, the connection, limits of
    /// changes and files that are only looked up are not among these options. A condition counts as it was
    /// written, so that ages such as `14d ago` are equal in jobs that begin a few seconds apart.
    ///
    /// - Parameter input: The rows, whose delimiter and encoding may be given.
    /// - Returns: The digest.
    func decisionsSHA256(of input: PlanInput) -> String {
        var parts: [String] = []
        func add(_ name: String, _ values: [String]) {
            parts.append(name)
            parts.append("\(values.count)")
            parts += values
        }
        let source =
            switch source {
            case .live: "live"
            case .snapshot: "snapshot"
            case .none: "none"
            }
        add("source", [source])
        add(
            "input",
            [
                input.format?.rawValue ?? "", input.delimiter.map { "\($0)" } ?? "",
                input.encoding?.rawValue ?? "",
            ])
        if let only = columns.only { add("only", only.map(\.rawValue).sorted()) }
        add("ignored", columns.ignored.map(ColumnRole.plain).sorted())
        add(
            "meanings",
            columns.meanings.sorted { ColumnRole.plain($0.column) < ColumnRole.plain($1.column) }
                .flatMap { [ColumnRole.plain($0.column), $0.name] })
        add("conditions", selection.conditions.map(\.text))
        add("limit", selection.limit.map { ["\($0)"] } ?? [])
        add("sample", selection.sample.map { ["\($0)", "\(selection.seed)"] } ?? [])
        add(
            "maps",
            maps.sorted { $0.field.rawValue < $1.field.rawValue }
                .flatMap { [$0.field.rawValue, $0.unmapped.rawValue, $0.sha256] })
        add(
            "fills",
            fills.sorted { $0.field.rawValue < $1.field.rawValue }
                .flatMap {
                    [$0.field.rawValue, $0.scope == .all ? "all" : "blank", $0.text ?? "null"]
                })
        add("onDuplicate", [onDuplicate.rawValue])
        add("handOff", [allowsHandOff ? "allowed" : "held"])
        add("unread", [unread?.rawValue ?? ""])
        // A length before each text, so that no two lists of texts have one digest.
        return SHA256.hexDigest(of: parts.flatMap { Array("\($0.utf8.count):\($0)".utf8) })
    }
}
