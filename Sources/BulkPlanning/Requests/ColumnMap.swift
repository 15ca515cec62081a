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
        /// An option names a column that the input has not.
        case columnUnknown = "column_unknown"
        /// An option gives a column a meaning that there is not.
        case meaningUnknown = "meaning_unknown"
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
    /// How surely each column's name says what it means, 0 for the surest.
    private(set) var ranks: [UInt8] = []
    /// Whether several columns say the same thing.
    private(set) var hasContested = false
    /// What is said about columns that are left out because another one says the same.
    private var lessSure: [String] = []
    /// What was said about the columns beside their names.
    let choices: ColumnChoices

    /// Reads the header of a CSV input.
    ///
    /// - Parameters:
    ///   - header: The columns' names.
    ///   - choices: What is said about the columns beside their names.
    /// - Throws: ``ColumnError`` when the ticket's column is missing, two columns say the same, none
    ///   asks for a change, or a column chosen is missing.
    package init(
        header: [String], choices: ColumnChoices = ColumnChoices()
    ) throws(ColumnError) {
        self.choices = choices
        for name in Self.distinct(header) { append(name) }
        try checkChoices()
        try checkDoubled()
        leaveOutLessSure()
        findContested()
        guard roles.contains(.ticketID) else {
            throw ColumnError(
                code: .ticketIDColumnMissing,
                message: (names.isEmpty ? "it is empty: " : "")
                    + "no column is named ticketId (or ticket, id, _id)" + hint(for: .ticketID)
                    + readNames, columns: names)
        }
        guard choices.allowsNoColumn || roles.contains(where: \.isChange) else {
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
    package init(choices: ColumnChoices = ColumnChoices()) { self.choices = choices }

    /// Adds the columns that came since the last time.
    mutating func append(newIn all: [String]) {
        guard all.count > names.count else { return }
        for name in all.dropFirst(names.count) { append(name) }
        findContested()
    }

    private mutating func append(_ name: String) {
        let natural = ColumnRole(columnName: name)
        let plain = ColumnRole.plain(name)
        names.append(name)
        let said = choices.meanings.first { ColumnRole.plain($0.column) == plain }?.role
        roles.append(role(of: name, said, natural, plain))
        ranks.append(said == nil ? natural.rank(ofName: name) : 0)
    }

    /// The role of a column, as its name and what was said about the columns have it.
    private mutating func role(
        of name: String, _ said: ColumnRole?, _ natural: ColumnRole, _ plain: String
    ) -> ColumnRole {
        if choices.isEmpty { return natural }
        let role = said ?? natural
        if role.isPassive && role != .unknown { return role }
        if choices.ignored.contains(where: { ColumnRole.plain($0) == plain }) { return .ignored }
        if choices.leavesOut(role) { return .ignored }
        // A column that was said to have a meaning has it alone.
        guard said == nil,
            let other = choices.meanings.first(where: { $0.role.group == role.group })
        else { return role }
        lessSure.append(
            "the column \(quoted(name)) is not read, because \(quoted(other.column)) was said to mean "
                + "the same")
        return .ignored
    }

    /// Refuses choices of columns that the input has not.
    func checkChoices() throws(ColumnError) {
        let plain = Set(names.map(ColumnRole.plain))
        for name in choices.ignored + choices.meanings.map(\.column)
        where !plain.contains(ColumnRole.plain(name)) {
            let meant = closest(to: ColumnRole.plain(name), among: names, by: ColumnRole.plain)
            throw ColumnError(
                code: .columnUnknown,
                message: (meant.map { "did you mean \(quoted($0))? " } ?? "")
                    + "there is no column \(quoted(name))" + readNames, columns: names)
        }
    }

    /// Leaves out the columns that name the ticket, the status or the priority less surely than another one.
    private mutating func leaveOutLessSure() {
        for group in groups where group.count > 1 {
            guard ![.assignee, .categoryID].contains(roles[group[0]].group) else { continue }
            for column in group.dropFirst() {
                roles[column] = .ignored
                lessSure.append(
                    "the column \(quoted(names[column])) is not read, because "
                        + "\(quoted(names[group[0]])) says the same")
            }
        }
    }

    private mutating func findContested() {
        hasContested = groups.contains { $0.count > 1 }
    }

    /// The columns of each group, the surest first.
    private var groups: [[Int]] {
        Dictionary(grouping: roles.indices.filter { !roles[$0].isPassive }) { roles[$0].group }
            .values.map { $0.sorted { (ranks[$0], $0) < (ranks[$1], $1) } }
            .sorted { $0[0] < $1[0] }
    }

    /// The unknown columns, in the input's order; unnamed ones and those that describe the ticket are left
    /// out.
    package var unknown: [UnknownColumn] {
        let wanted = Set(wantedAndPresent.map(\.name))
        let asked = Set(
            choices.selection.comparisons.compactMap { comparison -> String? in
                guard case .column(let name) = comparison.subject else { return nil }
                return ColumnRole.plain(name)
            })
        return zip(names, roles).filter {
            $1 == .unknown && !ColumnRole.plain($0).isEmpty && !ColumnRole.isInformative($0)
                && !wanted.contains($0) && !asked.contains(ColumnRole.plain($0))
        }.map {
            UnknownColumn(name: $0.0, closest: ColumnRole.closestName(to: $0.0))
        }
    }

    /// What a preview says about columns that are not read, because another one says the same or less is clear.
    var notes: [String] { wantedAndPresent.map(\.note) + lessSure }

    /// Columns that seem to hold the wanted value of a field, while another one is read for it.
    private var wantedAndPresent: [(name: String, note: String)] {
        var notes: [(name: String, note: String)] = []
        for (name, role) in zip(names, roles) where role == .unknown {
            let plain = ColumnRole.plain(name).filter { $0.isLetter || $0.isNumber }
            for word in Self.wantedWords {
                let rest: String
                if plain.hasPrefix(word) {
                    rest = String(plain.dropFirst(word.count))
                } else if plain.hasSuffix(word) {
                    rest = String(plain.dropLast(word.count))
                } else {
                    continue
                }
                let meant = ColumnRole(columnName: rest)
                guard meant.isChange,
                    let present = zip(names, roles).first(where: { $1.group == meant.group })?.0
                else { continue }
                let note =
                    "the column \(quoted(name)) seems to hold what is wanted, and \(quoted(present)), "
                    + "which is read, what is there now: to read the other one, add "
                    + "--column '\(name)=\(meant.names[0])'"
                notes.append((name, note))
                break
            }
        }
        return notes
    }

    private static let wantedWords = [
        "new", "target", "wanted", "desired", "next", "future", "updated", "changeto", "to",
    ]

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
    package var hasUnknown: Bool { roles.contains(.unknown) || roles.contains(.ignored) }

    /// The first column that names a ticket; `nil` when none does so far.
    var ticketColumn: String? { name(of: [.ticketID]) }

    /// The name of the first column that has one of some roles; `nil` when none does so far.
    func name(of wanted: [ColumnRole]) -> String? {
        zip(names, roles).first { wanted.contains($1) }?.0
    }

    /// Refuses two columns that say the same thing equally surely.
    private func checkDoubled() throws(ColumnError) {
        for group in groups {
            for (column, next) in zip(group, group.dropFirst()) where ranks[column] == ranks[next] {
                let both =
                    "the columns \(quoted(names[column])) and \(quoted(names[next])) say the same thing"
                throw ColumnError(
                    code: .columnDoubled,
                    message: "\(both): remove or rename one, or leave it out with --ignore")
            }
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
