import BulkPlan

extension PlanSummary {
    /// The lines of maps that led to a group's values, such as `handover.csv:2`.
    ///
    /// A value can come from several lines; the one that maps what the tickets hold now is preferred.
    ///
    /// - Parameter group: The group.
    /// - Returns: The lines; `nil` where no map led to it.
    func mapLines(of group: Group) -> String? {
        if header.maps.isEmpty { return nil }
        let places = group.changes.compactMap { change -> String? in
            guard let map = header.maps.first(where: { $0.field == change.field }) else {
                return nil
            }
            let to = Self.text(change.after)
            let lines = map.lines.filter { $0.to == to }
            let before = change.before.flatMap(Self.text)
            let exact = lines.filter { $0.from == before }
            let shown = (exact.isEmpty ? lines : exact).map { "\($0.line)" }
            guard !shown.isEmpty else { return nil }
            return "\(map.file):" + shown.prefix(3).joined(separator: ",")
                + (shown.count > 3 ? ",…" : "")
        }
        return places.isEmpty ? nil : places.joined(separator: ", ")
    }

    private static func text(_ value: FieldValue) -> String? {
        switch value {
        case .null: nil
        case .text(let text): text
        case .number(let number): "\(number)"
        }
    }
}
