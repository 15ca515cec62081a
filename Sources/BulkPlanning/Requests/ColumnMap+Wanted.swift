import BulkPlan
import BulkSystem
import MavaAPI

// Columns whose names say that they hold what is wanted, or what was there before, beside one with the known name.

extension ColumnMap {
    /// A column that seems to hold what is wanted of a field for which another column is read.
    struct WantedColumn: Sendable {
        /// Its place.
        var column: Int
        /// The places of the columns that are read, the surest first.
        var read: [Int]
        /// What it would mean.
        var role: ColumnRole
        /// Whether its name is what programs make of the second of two columns, of which a file can have many.
        var isJoined = false
    }

    /// A question about the first column whose name is nearly one that asks for a change.
    var meantChange: String {
        for (name, role) in zip(names, roles) where role == .unknown {
            guard let meant = Self.wantedRole(of: name) else { continue }
            return "column \(quoted(name)): did you mean \(meant.names[0])? "
        }
        for (name, role) in zip(names, roles) where role == .unknown {
            guard let close = ColumnRole.closestName(to: name), !Self.isOfThePast(name),
                ColumnRole(columnName: close).isChange
            else { continue }
            return "column \(quoted(name)): did you mean \(close)? "
        }
        return ""
    }

    /// Whether a name says that the column holds what was there before.
    private static func isOfThePast(_ name: String) -> Bool {
        let plain = ColumnRole.plain(name)
        return ["old", "previous", "prior", "former", "before", "current", "from"].contains {
            plain.hasPrefix($0) || plain.hasSuffix($0)
        }
    }

    /// The field whose wanted value a column holds, as its name says; `nil` for any other name.
    private static func wantedRole(of name: String) -> ColumnRole? {
        var plain = ColumnRole.plain(name).filter { $0.isLetter || $0.isNumber }
        for verb in ["set", "change"] where plain.hasPrefix(verb) && plain.hasSuffix("to") {
            plain = String(plain.dropFirst(verb.count))
        }
        if assignments.contains(plain) { return .assignee }
        if let meant = joinedRole(of: name) { return meant }
        for word in wantedWords {
            let rest: String
            if plain.hasPrefix(word) {
                rest = String(plain.dropFirst(word.count))
            } else if plain.hasSuffix(word) {
                rest = String(plain.dropLast(word.count))
            } else {
                continue
            }
            let meant = ColumnRole(columnName: rest)
            if meant.isChange { return meant }
        }
        return nil
    }

    /// The field of the second of two columns that a program joined; `nil` for any other column.
    private static func joinedRole(of name: String) -> ColumnRole? {
        guard let joined = joinedName(name) else { return nil }
        let meant = ColumnRole(columnName: joined)
        // Joined twice, or the second of two that say what is wanted: `status_y.1`, `New status 2`.
        return meant.isChange ? meant : wantedRole(of: joined)
    }

    /// The name that was given to two columns, where this is what a program made of the second one.
    ///
    /// Two tables were joined: pandas writes `status_y` or `status.1`, R `status.y`, polars `status_right`, DuckDB
    /// `status_1`, SQLite `status:1`, csvkit and spreadsheets `status2`, and people `b.status` or `status (copy)`.
    private static func joinedName(_ name: String) -> String? {
        var rest = Array(name.utf8)[...]
        // No name of a column is long.
        guard rest.count <= 64 else { return nil }
        if let start = rest.firstIndex(where: { ".:_".utf8.contains($0) }),
            beginnings.contains(String(decoding: rest[..<start], as: UTF8.self).lowercased())
        {
            return String(decoding: rest[(start + 1)...], as: UTF8.self)
        }
        let isClosed = rest.last == UInt8(ascii: ")")
        if isClosed { rest.removeLast() }
        let digits = rest.reversed().prefix { 0x30...0x39 ~= $0 }.count
        // Programs number the second column 1 or 2.
        let isNumber = digits == 1 && "12".utf8.contains(rest.last ?? 0)
        guard isNumber || digits == 0 else { return nil }
        let word = rest.reversed().prefix { 0x61...0x7A ~= $0 | 0x20 }.count
        if !isNumber {
            let text = String(decoding: rest.suffix(word), as: UTF8.self).lowercased()
            guard endings.contains(text) else { return nil }
        }
        rest.removeLast(isNumber ? digits : word)
        if isClosed {
            guard rest.last == UInt8(ascii: "(") else { return nil }
            rest.removeLast()
        }
        let isApart = rest.last.map(" ._:#-".utf8.contains) ?? false
        if isApart { rest.removeLast() }
        return isApart || isNumber ? String(decoding: rest, as: UTF8.self) : nil
    }

    private static let endings: Set<String> = ["right", "left", "copy", "x", "y", "r", "l", "b"]
    private static let beginnings: Set<String> = [
        "right", "left", "a", "b", "x", "y", "r", "l", "t1", "t2",
    ]

    private static let wantedWords = [
        "new", "target", "wanted", "desired", "next", "future", "updated", "changeto", "to",
        "corrected", "correct", "final", "after", "proposed", "setto", "tobe", "edited",
    ]

    /// Names that ask for an agent without naming the field.
    private static let assignments: Set<String> = [
        "assignto", "reassignto", "handoverto", "handoffto", "transferto",
    ]

    /// The most columns that are looked at: an input has one or two.
    private static let mostWanted = 8

    /// Notes what the last column is for a field of which another column seems to hold what is wanted.
    mutating func learnWanted() {
        let (roles, ranks) = (roles, ranks)
        let column = roles.count - 1
        let role = roles[column]
        if role.isChange {
            for index in possiblyWanted.indices {
                var read = possiblyWanted[index].read
                guard possiblyWanted[index].role.group == role.group,
                    read.count < Self.mostWanted
                else { continue }
                read.append(column)
                possiblyWanted[index].read = read.sorted { (ranks[$0], $0) < (ranks[$1], $1) }
            }
        } else if role == .unknown, let meant = Self.wantedRole(of: names[column]) {
            let isJoined = Self.joinedRole(of: names[column]) != nil
            guard possiblyWanted.count(where: { $0.isJoined == isJoined }) < Self.mostWanted else {
                return
            }
            let read = roles.indices.lazy.filter { roles[$0].group == meant.group }
                .prefix(Self.mostWanted).sorted { (ranks[$0], $0) < (ranks[$1], $1) }
            possiblyWanted.append(
                WantedColumn(column: column, read: read, role: meant, isJoined: isJoined))
        }
    }

    /// The columns that seem to hold what is wanted of a field for which another column is read.
    ///
    /// Several columns that a program seems to have joined for one field are a series, such as `Agent 1` and `Agent 2`.
    func findWanted() -> [WantedColumn] {
        possiblyWanted.compactMap { wanted in
            let isSeries =
                wanted.isJoined
                && possiblyWanted.count { $0.isJoined && $0.role.group == wanted.role.group } > 1
            if isSeries { return nil }
            var wanted = wanted
            wanted.read.removeAll { roles[$0].isPassive }
            return wanted.read.isEmpty ? nil : wanted
        }
    }

    /// The notes about the columns that seem to hold what is wanted.
    var wantedNotes: [String] {
        wanted.map { wanted in
            "the column \(quoted(names[wanted.column])) seems to hold what is wanted, and "
                + "\(quoted(names[wanted.read.min() ?? 0])), which is read, what is there now: to read the "
                + "other one, add "
                + "\(SettingName.column(names[wanted.column], meaning: wanted.role.names[0]))"
        }
    }
}

/// The values of columns that seem to hold what is wanted, where they differ from the values that are read.
package struct WantedValues: Hashable, Sendable {
    /// A column and what it would mean.
    struct Column: Hashable, Sendable {
        var name: String
        /// The surest column that is read.
        var read: String
        var role: ColumnRole
    }

    /// What a row holds in both.
    struct Pair: Hashable, Sendable {
        var wanted: String
        var read: String
    }

    /// The most pairs of a column that are kept: most columns have few different values, but a note can be in any row.
    private static let most = 10_000

    private(set) var columns: [Column] = []
    private(set) var pairs: [[Pair]] = []
    /// The same pairs, to find one.
    private var known: [Set<Pair>] = []

    /// Whether a column's values need not be looked at any more.
    func isFull(_ column: Column) -> Bool {
        columns.firstIndex(of: column).map { pairs[$0].count >= Self.most } ?? false
    }

    mutating func add(_ pair: Pair, of column: Column) {
        guard let place = columns.firstIndex(of: column) else {
            columns.append(column)
            pairs.append([pair])
            known.append([pair])
            return
        }
        guard pairs[place].count < Self.most, known[place].insert(pair).inserted else { return }
        pairs[place].append(pair)
    }

    mutating func add(_ other: WantedValues) {
        for (column, pairs) in zip(other.columns, other.pairs) {
            for pair in pairs { add(pair, of: column) }
        }
    }
}
