import BulkSystem
package import BulkPlan

/// Why the columns of an input cannot serve, so that nothing of it is carried out.
public struct ColumnError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of causes.
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// No column says which ticket a row is about.
        case ticketIDColumnMissing = "ticket_id_column_missing"
        /// Two columns say the same thing.
        case columnDoubled = "column_doubled"
        /// A column's name is nearly that of a precondition, which would protect nothing.
        case expectationUnknown = "expectation_unknown"
        /// No column asks for a change.
        case nothingToChange = "nothing_to_change"
    }

    /// The cause.
    public var code: Code
    /// What is wrong and how to fix it, in words.
    public var message: String
    /// The columns that were read.
    public var columns: [String]

    /// Makes an error from its parts.
    public init(code: Code, message: String, columns: [String] = []) {
        self.code = code
        self.message = message
        self.columns = columns
    }

    /// The message.
    public var description: String { message }
}

/// An unknown column: a warning, because it may be a misspelt one.
public struct UnknownColumn: Hashable, Sendable, CustomStringConvertible {
    /// The column's name as the input writes it.
    public var name: String
    /// The known name it is closest to; `nil` when it is close to none.
    public var closest: String?

    /// Makes a warning from its parts.
    public init(name: String, closest: String?) {
        self.name = name
        self.closest = closest
    }

    /// The warning in words.
    public var description: String {
        let hint = closest.map { "; did you mean \($0)?" } ?? ""
        return "column \(quoted(name)) is not known and changes nothing\(hint)"
    }
}

/// Which column of an input says what.
///
/// Of a CSV input the header fixes it. The keys of a JSON Lines input come as they are met.
package struct ColumnMap: Sendable {
    /// The columns' names as the input writes them.
    package private(set) var names: [String] = []
    /// The columns' roles.
    package private(set) var roles: [ColumnRole] = []

    /// Takes the header of a CSV input.
    ///
    /// - Parameter header: The columns' names.
    /// - Throws: ``ColumnError`` when the ticket's column is missing, two columns say the same, or none
    ///   asks for a change.
    package init(header: [String]) throws(ColumnError) {
        for name in Self.distinct(header) { append(name) }
        try checkDoubled()
        guard roles.contains(.ticketID) else {
            throw ColumnError(
                code: .ticketIDColumnMissing,
                message: (names.isEmpty ? "it is empty: " : "")
                    + "no column is named ticketId (or ticket, id, _id)" + hint(for: .ticketID)
                    + readNames, columns: names)
        }
        guard roles.contains(where: \.isChange) else {
            throw ColumnError(
                code: .nothingToChange,
                message: "no column asks for a change: name one status, priority, categoryId, "
                    + "category or assignedTo" + readNames)
        }
    }

    /// The names, with a number behind those of unknown columns that came before: `Comment`, `Comment.2`.
    private static func distinct(_ header: [String]) -> [String] {
        // Names are compared by their bytes: two that differ in their composition only are two.
        var seen: Set<[UInt8]> = []
        var taken = Set(header.map { Array($0.utf8) })
        // Where the search for a name's next number goes on.
        var numbers: [[UInt8]: Int] = [:]
        return header.map { name in
            guard !name.isEmpty, !seen.insert(Array(name.utf8)).inserted,
                ColumnRole(columnName: name) == .unknown
            else { return name }
            var number = numbers[Array(name.utf8)] ?? 2
            while !taken.insert(Array("\(name).\(number)".utf8)).inserted { number += 1 }
            numbers[Array(name.utf8)] = number + 1
            return "\(name).\(number)"
        }
    }

    /// Begins the map of a JSON Lines input, whose keys are added as they are met.
    package init() {}

    /// Adds the columns that came since the last time.
    mutating func append(newIn all: [String]) {
        for name in all.dropFirst(names.count) { append(name) }
    }

    private mutating func append(_ name: String) {
        names.append(name)
        roles.append(ColumnRole(columnName: name))
    }

    /// The unknown columns, in the input's order; unnamed ones and those of exports are left out.
    package var unknown: [UnknownColumn] {
        zip(names, roles).filter {
            $1 == .unknown && !ColumnRole.plain($0).isEmpty && !ColumnRole.isInformative($0)
        }.map {
            UnknownColumn(name: $0.0, closest: ColumnRole.closestName(to: $0.0))
        }
    }

    /// Refuses a column whose name is nearly that of a precondition: as an unknown one it would protect nothing.
    func checkExpectations() throws(ColumnError) {
        for column in unknown {
            guard let closest = column.closest, closest.hasPrefix("expect") else { continue }
            throw ColumnError(
                code: .expectationUnknown,
                message:
                    "did you mean \(closest)? The column \(quoted(column.name)) is not known, and a "
                    + "misspelt precondition protects nothing: correct or rename it", columns: names
            )
        }
    }

    /// Whether any column is unknown, so that its values travel through to the report.
    package var hasUnknown: Bool { roles.contains(.unknown) }

    /// The first column that names a ticket; `nil` when none does so far.
    var ticketColumn: String? { name(of: [.ticketID]) }

    /// The name of the first column that has one of some roles; `nil` when none does so far.
    func name(of wanted: [ColumnRole]) -> String? {
        zip(names, roles).first { wanted.contains($1) }?.0
    }

    private func checkDoubled() throws(ColumnError) {
        var seen: [ColumnRole: String] = [:]
        for (name, role) in zip(names, roles) {
            let other = role == .unknown || role == .reserved ? nil : seen[role.group]
            guard other != nil else {
                seen[role.group] = name
                continue
            }
            let both = "the columns \(quoted(other ?? name)) and \(quoted(name)) say the same thing"
            throw ColumnError(code: .columnDoubled, message: "\(both): remove or rename one")
        }
    }

    /// The columns that were read, for an error about them.
    private var readNames: String {
        guard !names.isEmpty else { return "" }
        let shown = names.prefix(8).map { quoted($0) }.joined(separator: ", ")
        return "; the columns read are \(shown)" + (names.count > 8 ? ", …" : "")
    }

    private func hint(for role: ColumnRole) -> String {
        for (name, known) in zip(names, roles) where known == .unknown {
            if let close = ColumnRole.closestName(to: name), role.names.contains(close) {
                return "; is it the column \(quoted(name))?"
            }
        }
        return ""
    }
}
