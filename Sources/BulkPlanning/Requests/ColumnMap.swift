import BulkSystem
package import BulkPlan
import MavaAPI

/// An error about an input's columns, after which nothing of the input is carried out.
public struct ColumnError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of causes.
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// No column names the ticket of a row.
        case ticketIDColumnMissing = "ticket_id_column_missing"
        /// Two columns have the same meaning.
        case columnDoubled = "column_doubled"
        /// A column's name is almost that of a precondition, so that it would protect nothing.
        case expectationUnknown = "expectation_unknown"
        /// A column's name looks like a known one and has other characters.
        case columnLookalike = "column_lookalike"
        /// A choice names a column that the input does not have.
        case columnUnknown = "column_unknown"
        /// An option gives a column an unknown meaning.
        case meaningUnknown = "meaning_unknown"
        /// No column requests a change.
        case nothingToChange = "nothing_to_change"
    }

    /// The cause.
    public var code: Code
    /// What is wrong and how to fix it.
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

/// A warning about an unknown column, because its name may be misspelt.
public struct UnknownColumn: Hashable, Sendable, CustomStringConvertible {
    /// The column's name as written in the input.
    public var name: String
    /// The closest known name; `nil` when none is close.
    public var closest: String?

    /// Makes a warning from its parts.
    public init(name: String, closest: String?) {
        self.name = name
        self.closest = closest
    }

    /// The text of the warning.
    public var description: String {
        let hint = closest.map { "; did you mean \($0)?" } ?? ""
        return "column \(quoted(name)) is not known and changes nothing\(hint)"
    }
}

/// The meanings of an input's columns.
///
/// The header of a CSV input defines them. The keys of a JSON Lines input are added as they appear.
package struct ColumnMap: Sendable {
    /// The options, behind a reference, because the compiler visits every stored part of a map at each use.
    private final class Options: Sendable {
        let choices: ColumnChoices
        /// The names of columns to leave out, and those of columns with a meaning, by their plain names.
        let ignored: [String: [String]]
        let meanings: [String: [ColumnChoices.Meaning]]

        init(_ choices: ColumnChoices) {
            self.choices = choices
            ignored = Dictionary(grouping: choices.ignored, by: ColumnRole.plain)
            meanings = Dictionary(grouping: choices.meanings) { ColumnRole.plain($0.column) }
        }
    }

    /// What comes before the names of columns that files of failed rows keep and that ask for nothing.
    static let passivePrefix = "input."

    /// The columns' names as written in the input.
    package private(set) var names: [String] = []
    /// The columns' roles.
    package private(set) var roles: [ColumnRole] = []
    /// Whether each column would ask for a change, had no option left it out.
    private(set) var leftOut: [Bool] = []
    /// How certain each column's meaning is by its name; 0 is the most certain.
    private(set) var ranks: [UInt8] = []
    /// Whether several columns have the same meaning.
    private(set) var hasContested = false
    /// Notes about columns that are ignored because another column has the same meaning.
    private var lessSure: [String] = []
    private let options: Options
    /// The options about the columns.
    var choices: ColumnChoices { options.choices }
    /// The names of a header, byte for byte; empty where keys are added as they appear.
    private var header: Set<[UInt8]> = []
    /// The columns without a name in which a row can have no value: those behind the last one with a name, and
    /// those right behind one that asks for something, which may be theirs where cells of the header were merged.
    private(set) var empty: [Int] = []
    /// Notes about other columns without a name.
    private var namelessNotes: [String] = []
    /// The columns that seem to hold what is wanted of a field for which another column is read.
    private(set) var wanted: [WantedColumn] = []
    /// These columns, and those for a field for which no column is read so far.
    var possiblyWanted: [WantedColumn] = []
    /// The columns that name a ticket besides the one that is read, in order.
    ///
    /// They must not name another one.
    private(set) var otherTicketColumns: [Int] = []
    /// The columns for a status or a priority besides the one that is read, with their meanings.
    ///
    /// They must not say anything else.
    private(set) var otherWordColumns: [(column: Int, role: ColumnRole)] = []

    /// Reads the header of a CSV input.
    ///
    /// - Parameters:
    ///   - header: The columns' names.
    ///   - choices: The options about the columns.
    /// - Throws: ``ColumnError`` when the ticket's column is missing, two columns have the same meaning, none
    ///   requests a change, or a chosen column is missing.
    package init(
        header: [String], choices: ColumnChoices = ColumnChoices()
    ) throws(ColumnError) {
        options = Options(choices)
        self.header = Set(header.map { Array($0.utf8) })
        for name in distinct(header) { append(name) }
        findNameless()
        try checkChoices()
        try checkDoubled()
        leaveOutLessSure()
        findContested()
        wanted = findWanted()
        guard roles.contains(.ticketID) else {
            try checkLookalikes()
            throw ColumnError(
                code: .ticketIDColumnMissing,
                message: (names.isEmpty ? "it is empty: " : "")
                    + "no column is named ticketId (or ticket, id, _id)" + readNames, columns: names
            )
        }
        guard choices.allowsNoColumn || roles.contains(where: \.isChange) else {
            try checkLookalikes()
            throw ColumnError(
                code: .nothingToChange,
                message: meantChange
                    + "no column asks for a change: name one status, priority, categoryId, "
                    + "category or assignedTo" + readNames)
        }
    }

    /// The names, with numbers added to repeated names of unknown columns: `Comment`, `Comment.2`.
    ///
    /// Columns that are said to mean something keep their names, so that two of them are refused.
    private func distinct(_ header: [String]) -> [String] {
        // Names are compared by their bytes, so two names that differ only in Unicode composition are
        // different.
        var seen: Set<[UInt8]> = []
        var taken = Set(header.map { Array($0.utf8) })
        // The next number to try for each name.
        var numbers: [[UInt8]: Int] = [:]
        return header.map { name in
            guard !name.isEmpty, !seen.insert(Array(name.utf8)).inserted,
                ColumnRole(columnName: name) == .unknown,
                options.meanings[ColumnRole.plain(name)] == nil
            else { return name }
            var number = numbers[Array(name.utf8)] ?? 2
            while !taken.insert(Array("\(name).\(number)".utf8)).inserted { number += 1 }
            numbers[Array(name.utf8)] = number + 1
            return "\(name).\(number)"
        }
    }

    /// Makes the map of a JSON Lines input; keys are added as they appear.
    package init(choices: ColumnChoices = ColumnChoices()) { options = Options(choices) }

    /// Adds the columns that appeared since the last call.
    mutating func append(newIn all: [String]) {
        guard all.count > names.count else { return }
        for name in all.dropFirst(names.count) { append(name) }
        findContested()
        wanted = findWanted()
    }

    private mutating func append(_ name: String) {
        let natural = ColumnRole(columnName: name)
        let plain = ColumnRole.plain(name)
        names.append(name)
        let said = options.meanings[plain]?.first { isMeant(name, by: $0.column) }?.role
        let role = role(of: name, said, natural, plain)
        roles.append(role)
        leftOut.append(role == .ignored && (said ?? natural).isChange)
        ranks.append(said == nil ? natural.rank(ofName: name) : 0)
        learnWanted()
    }

    /// The role of a column, as its name and what was said about the columns have it.
    private mutating func role(
        of name: String, _ said: ColumnRole?, _ natural: ColumnRole, _ plain: String
    ) -> ColumnRole {
        if choices.isEmpty { return natural }
        let role = said ?? natural
        if role.isPassive && role != .unknown { return role }
        if options.ignored[plain]?.contains(where: { isMeant(name, by: $0) }) == true {
            return .ignored
        }
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

    /// Whether all columns are known from a header.
    var hasHeader: Bool { !header.isEmpty }

    /// Whether an option means a column by a name that has the same plain form.
    ///
    /// The column that has this very name is meant alone, if there is one.
    private func isMeant(_ name: String, by choice: String) -> Bool {
        StepCount.add()
        return name == choice || !header.contains(Array(choice.utf8))
    }

    /// Notes about names of columns to leave out that mean several.
    private var leftOutTogether: [String] {
        if choices.ignored.isEmpty { return [] }
        let alike = Dictionary(grouping: names, by: ColumnRole.plain)
        return choices.ignored.compactMap { choice in
            let names = alike[ColumnRole.plain(choice)] ?? []
            let meant = Set(names.filter { isMeant($0, by: choice) })
            guard meant.count > 1 else { return nil }
            let list = meant.sorted().map { quoted($0) }.joined(separator: " and ")
            return "\(SettingName.ignoredColumns) \(choice) leaves out \(list)"
        }
    }

    /// Refuses options about columns that the input does not have.
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

    /// Ignores columns for the ticket, status or priority when another column's meaning is more certain.
    private mutating func leaveOutLessSure() {
        for group in groups where group.count > 1 {
            guard ![.assignee, .categoryID].contains(roles[group[0]].group) else { continue }
            let role = roles[group[0]]
            let isTicket = role == .ticketID
            for column in group.dropFirst() {
                roles[column] = .ignored
                if isTicket {
                    otherTicketColumns.append(column)
                } else if role.isChange {
                    otherWordColumns.append((column, role))
                }
                let disagreement =
                    isTicket
                    ? "; a row in which they name two tickets"
                    : ", also where it is blank; a row in which they disagree"
                lessSure.append(
                    "the column \(quoted(names[column])) is not read, because "
                        + "\(quoted(names[group[0]])) is\(disagreement) is invalid"
                )
            }
        }
    }

    /// Finds the columns without a name, and what they mean for the rows.
    private mutating func findNameless() {
        let isNameless = names.map { $0.allSatisfy(\.isWhitespace) }
        let end = isNameless.lastIndex(of: false).map { $0 + 1 } ?? 0
        var isBehindRequest = false
        for column in names.indices {
            if !isNameless[column] {
                isBehindRequest = roles[column] != .ticketID && !roles[column].isPassive
            } else if column >= end || isBehindRequest {
                empty.append(column)
            } else if column > 0 {
                namelessNotes.append("column \(column + 1) has no name and changes nothing")
            }
        }
    }

    private mutating func findContested() {
        hasContested = groups.contains { $0.count > 1 }
    }

    /// The columns of each group, the most certain first.
    private var groups: [[Int]] {
        Dictionary(grouping: roles.indices.filter { !roles[$0].isPassive }) { roles[$0].group }
            .values.map { $0.sorted { (ranks[$0], $0) < (ranks[$1], $1) } }
            .sorted { $0[0] < $1[0] }
    }

    /// The unknown columns, in the input's order.
    ///
    /// Unnamed columns and columns that describe the ticket are not among them.
    package var unknown: [UnknownColumn] {
        unknownNames.map { UnknownColumn(name: $0, closest: ColumnRole.closestName(to: $0)) }
    }

    /// The names of the columns that may be misspelt.
    var unknownNames: [String] {
        let wanted = Set(self.wanted.map { names[$0.column] })
        let asked = Set(
            choices.selection.comparisons.compactMap { comparison -> String? in
                guard case .column(let name) = comparison.subject else { return nil }
                return ColumnRole.plain(name)
            })
        return zip(names, roles).filter {
            $1 == .unknown && !ColumnRole.plain($0).isEmpty && !ColumnRole.isInformative($0)
                && !wanted.contains($0) && !asked.contains(ColumnRole.plain($0))
        }.map(\.0)
    }

    /// Preview notes about columns that are not read because another column is read for the same field.
    var notes: [String] { wantedNotes + namelessNotes + lessSure + leftOutTogether }

    /// Whether any column is unknown, so that its values are copied to the report.
    package var hasUnknown: Bool { roles.contains(.unknown) || roles.contains(.ignored) }

    /// The first column that names a ticket; `nil` when there is none so far.
    var ticketColumn: String? { name(of: [.ticketID]) }

    /// The name of the first column with one of some roles; `nil` when there is none so far.
    func name(of wanted: [ColumnRole]) -> String? {
        zip(names, roles).first { wanted.contains($1) }?.0
    }

    /// Refuses two columns that have the same meaning with the same certainty.
    private func checkDoubled() throws(ColumnError) {
        for group in groups {
            for (column, next) in zip(group, group.dropFirst()) where ranks[column] == ranks[next] {
                let both =
                    "the columns \(quoted(names[column])) and \(quoted(names[next])) say the same thing"
                // An option would leave out both, if they have one name.
                let option =
                    names[column] == names[next]
                    ? "" : ", or leave it out with \(SettingName.ignoredColumns) by its exact name"
                throw ColumnError(
                    code: .columnDoubled, message: "\(both): remove or rename one\(option)")
            }
        }
    }

    /// The columns that were read, for an error about them.
    private var readNames: String {
        guard !names.isEmpty else { return "" }
        let shown = names.prefix(8).map { quoted($0) }.joined(separator: ", ")
        return "; the columns read are \(shown)" + (names.count > 8 ? ", …" : "")
    }
}
