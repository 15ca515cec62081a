import BulkPlan

/// The cells that a plan's rows keep where options say more about the input than its columns do.
///
/// A report's file of rows to apply again holds these cells. So that it means the same without the options, it has
/// the values wanted in columns of their proper names, and what the input's own columns say under names that ask for
/// nothing.
///
/// Where several columns say what is wanted of a field, a row that contradicts itself or names nothing has each of
/// their values again, in columns that are as sure as the input's. So it is refused again until it is corrected.
struct CellLayout {
    /// What a cell holds.
    enum Source {
        /// What a column of the input holds.
        case column(Int)
        /// The value wanted of a field, and the columns in which the input says it, the surest first.
        ///
        /// A value that means nothing is written as one of them has it.
        case wanted(FieldSet, columns: [Int], written: Int?)
        /// What a column of the input says of a field, where it means nothing.
        case written(FieldSet, column: Int)
        /// What a column of the input says that must not disagree with another one, where the row was refused.
        case compared(column: Int)
    }

    private(set) var cells: [(name: String, source: Source)] = []

    var names: [String] { cells.map(\.name) }

    /// Finds the cells; `nil` where the input's columns say all.
    init?(_ columns: ColumnMap, _ options: PlanOptions) {
        guard !options.columns.isEmpty || !options.maps.isEmpty || !options.fills.isEmpty else {
            return nil
        }
        var wanted: [TicketField: [Int]] = [:]
        for fill in options.fills { wanted[fill.field] = [] }
        for (index, role) in columns.roles.enumerated() {
            if let field = role.field { wanted[field, default: []].append(index) }
        }
        let fields = TicketField.allCases.filter { wanted[$0] != nil }
        var names = LayoutNames(columns, fields)
        let empty = Set(columns.empty)
        for (index, role) in columns.roles.enumerated() where !empty.contains(index) {
            cells.append((names.name(of: index, role), .column(index)))
        }
        for field in fields {
            let sources = (wanted[field] ?? []).sorted {
                (columns.ranks[$0], $0) < (columns.ranks[$1], $1)
            }
            append(field, sources, columns, &names)
            for (column, role) in columns.otherWordColumns where role.field == field {
                cells.append((names.ownName(of: column, role), .compared(column: column)))
            }
        }
        // A value in such a column is refused at the end, too.
        for index in columns.empty {
            cells.append((columns.names[index], .column(index)))
        }
    }

    private mutating func append(
        _ field: TicketField, _ sources: [Int], _ columns: ColumnMap, _ names: inout LayoutNames
    ) {
        let set = FieldSet(field)
        guard sources.count > 1 else {
            let source = Source.wanted(set, columns: sources, written: sources.first)
            return cells.append((field.rawValue, source))
        }
        // In CSV the columns differ in how sure they are, and no second one may be as sure as the wanted value's. Keys
        // of JSON can be equally sure, which makes an object with both of them invalid.
        let shared =
            columns.hasHeader
            ? sources[0] : sources.first { columns.names[$0] == field.rawValue }
        cells.append((field.rawValue, .wanted(set, columns: sources, written: shared)))
        for source in sources where source != shared {
            let name = names.ownName(of: source, columns.roles[source])
            cells.append((name, .written(set, column: source)))
        }
    }
}

/// The names of a layout's cells, of which no two are the same.
private struct LayoutNames {
    private let columns: ColumnMap
    private var free: FreeNames

    init(_ columns: ColumnMap, _ fields: [TicketField]) {
        self.columns = columns
        let kept = zip(columns.names, columns.roles).filter { $1 == .unknown || $1 == .reserved }
        free = FreeNames(taken: kept.map(\.0) + fields.map(\.rawValue))
    }

    /// The name of the cell that holds what a column says.
    mutating func name(of column: Int, _ role: ColumnRole) -> String {
        let name = columns.names[column]
        if role == .unknown || role == .reserved { return name }
        // It must not name another ticket, also without the options.
        if columns.otherTicketColumns.contains(column) { return ownName(of: column, .ticketID) }
        if role.field != nil || role == .ignored {
            return free.take(ColumnMap.passivePrefix + name)
        }
        let isAlone = columns.roles.count { $0 == role } == 1
        return isAlone ? free.take(role.names[0]) : ownName(of: column, role)
    }

    /// A name that says what a column means, as surely as the column does.
    mutating func ownName(of column: Int, _ role: ColumnRole) -> String {
        let name = columns.names[column]
        if ColumnRole(columnName: name) == role { return free.take(name) }
        let rank = columns.ranks[column]
        // Where names are compared, `_` does not matter.
        var proper = role.names.first { role.rank(ofName: $0) == rank } ?? role.names[0]
        while !free.isFree(proper) { proper += "_" }
        return free.take(proper)
    }
}
