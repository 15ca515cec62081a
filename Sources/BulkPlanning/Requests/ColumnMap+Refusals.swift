import BulkPlan
import BulkSystem
import MavaAPI

// Unknown names that look so much like a known one that leaving the column out could change the wrong tickets.

extension ColumnMap {
    /// Refuses a column whose name is almost that of a precondition, because it would protect nothing, and what
    /// ``checkLookalikes()`` refuses.
    func checkUnknown() throws(ColumnError) {
        for column in unknown {
            if let meant = Self.meantExpectation(column) {
                throw ColumnError(
                    code: .expectationUnknown,
                    message:
                        "did you mean \(meant)? The column \(quoted(column.name)) is not known, and a "
                        + "misspelt precondition protects nothing: correct or rename it, or leave it out "
                        + "with \(SettingName.ignoredColumns)", columns: names)
            }
        }
        try checkLookalikes()
    }

    /// Refuses a column whose name looks like a known one and has other characters.
    func checkLookalikes() throws(ColumnError) {
        for name in unknownNames {
            let latin = LookalikeLetters.replaced(in: name)
            let role = ColumnRole(columnName: latin)
            if latin != name, !role.isPassive {
                throw ColumnError(
                    code: .columnLookalike,
                    message:
                        "did you mean \(role.names[0])? The column \(quoted(name)) looks like it, "
                        + "and has \(LookalikeLetters.list(in: name)): rename it, or leave it out with "
                        + "\(SettingName.ignoredColumns)", columns: names)
            }
        }
    }

    /// The precondition that a column seems to be; `nil` where it seems to be none.
    private static func meantExpectation(_ column: UnknownColumn) -> String? {
        let closest = column.closest.flatMap { $0.hasPrefix("expect") ? $0 : nil }
        let plain = ColumnRole.plain(column.name)
        guard plain.hasPrefix("expect") else { return closest }
        let endings = ["ation", "ed", "ing", "s"]
        let ending = endings.first { plain.dropFirst(6).hasPrefix($0) } ?? ""
        let rest = plain.dropFirst(6 + ending.count)
        if let name = expectations.first(where: { rest.contains($0.word) })?.name { return name }
        // `Expected Close Date` is a date of another help desk.
        return ending == "ed" && !rest.isEmpty && closest == nil
            ? nil : closest ?? "one of the columns " + ColumnRole.expectationNames
    }

    /// What names of preconditions contain.
    private static let expectations = [
        ("status", "expectStatus"), ("state", "expectStatus"), ("priority", "expectPriority"),
        ("categor", "expectCategory"), ("assign", "expectAssignee"), ("agent", "expectAssignee"),
        ("owner", "expectAssignee"), ("updated", "expectUpdatedAt"),
    ].map { (word: $0.0, name: $0.1) }
}

extension ColumnRole {
    /// The proper names of all preconditions.
    fileprivate static var expectationNames: String {
        let names = allCases.filter { $0.names.first?.hasPrefix("expect") == true }.map {
            $0.names[0]
        }
        return names.joined(separator: ", ")
    }
}
