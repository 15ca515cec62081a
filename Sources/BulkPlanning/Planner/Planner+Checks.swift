import BulkPlan
import BulkSystem
import MavaAPI

extension Planner {
    /// Whether an address is this machine's, as every rehearsal's is.
    private static func isLocal(_ address: String) -> Bool {
        ["http://127.0.0.1", "http://localhost", "http://[::1]"].contains { address.hasPrefix($0) }
    }

    /// Refuses a map for a file of failed rows whose values were mapped when their plan was made.
    func refuseMappingTwice(_ columns: [String], _ file: InputFile) throws(PlanError) {
        guard !options.maps.isEmpty,
            columns.contains(where: { ColumnRole(columnName: $0) == .reserved }),
            columns.contains(where: { $0.hasPrefix(ColumnMap.passivePrefix) })
        else { return }
        throw PlanError(
            code: .mapUnusable,
            message:
                "correct the values in this file and leave the map out: it is a file of failed rows, "
                + "and its values were mapped already", path: file.input.path)
    }

    /// How much larger than its input a plan may be because of cells that are empty.
    private static let sparseRatio = 100
    private static let sparseBytes = 64 << 20

    /// Refuses JSON objects of which each has few of very many keys: a plan has a cell for each key in each row.
    ///
    /// A run's own rows are not refused, because the input that they are of was accepted.
    func refuseSparseRecords(
        rows: Int, keys: Int, bytes: Int, _ file: InputFile
    ) throws(PlanError) {
        let emptyCell = #","""#.utf8.count
        guard file.input.rows == nil,
            rows * keys * emptyCell > Self.sparseBytes + Self.sparseRatio * bytes
        else { return }
        throw PlanError(
            code: .columnsUnusable,
            message:
                "\(Words.rows(rows)) have \(Words.number(keys)) different keys, of which each has few, and each "
                + "key would be a column of the report: leave out the keys that are not needed",
            path: file.input.path)
    }

    /// Refuses two maps, or two values, for one field.
    func checkValues() throws(PlanError) {
        if let lookups = options.lookups, let theirs = lookups.baseURL, let ours = options.baseURL,
            theirs != ours, !(Self.isLocal(theirs) && Self.isLocal(ours))
        {
            throw PlanError(
                code: .otherServer,
                message:
                    "the agents and categories in it are those of \(theirs), and the plan is for "
                    + "\(ours): write the file again with \(SettingName.writingLookups)",
                path: lookups.path)
        }
        let maps = Dictionary(grouping: options.maps, by: \.field)
        let fills = Dictionary(grouping: options.fills, by: \.field)
        if let twice = maps.values.first(where: { $0.count > 1 }) {
            throw PlanError(
                code: .mapUnusable, message: "there is another map for \(twice[0].field.rawValue)",
                path: twice[1].path)
        }
        if let twice = fills.values.first(where: { $0.count > 1 }) {
            throw PlanError(
                code: .valueUnusable,
                message: "\(twice[0].field.rawValue) is given twice: leave one out")
        }
    }

    /// Refuses a selection that asks for what cannot be known, or names agents or categories that do not exist.
    ///
    /// A misspelt name would leave all rows out, or none.
    func checkNames(
        of selection: RowSelection, _ directory: NameDirectory, _ values: CurrentValues
    ) throws {
        for (index, comparison) in selection.comparisons.enumerated() {
            guard let subject = SelectedValues.Subject(comparison.subject) else {
                if case .column = comparison.subject { continue }
                throw selection.error(
                    "planning does not read this of a ticket; \(SettingName.exporting) can choose by it",
                    at: index)
            }
            if subject.isOld, source == .none {
                throw selection.error(
                    "what tickets hold is not known, because they are not read", at: index)
            }
            if subject.isTime, let unknown = comparison.unknownTime {
                throw selection.error(unknown.message, at: index, literal: unknown.literal)
            }
            if let field = subject.field, let unknown = comparison.unknownWord(of: field) {
                throw selection.error(unknown.message, at: index, literal: unknown.literal)
            }
            if let thing = subject.thing, !directory.hasNames(of: thing),
                let place = comparison.firstName
            {
                throw selection.error(
                    "names cannot be looked up without a key: give \(SettingName.lookups), or write the id",
                    at: index, literal: place)
            }
            if let thing = subject.thing,
                let unknown = comparison.unknownName(of: thing, in: directory)
            {
                throw selection.error(unknown.message, at: index, literal: unknown.literal)
            }
        }
    }

    /// From how many tickets on it is odd that none of them is found.
    private static let fewestWanted = 5

    /// Refuses a plan when tickets were looked for and none of them was found: more likely the key, the file or
    /// the snapshot is another organisation's than that all tickets were deleted.
    func requireFound(_ draft: borrowing PlanDraft, _ file: InputFile) throws {
        guard draft.naming.source != .none, options.unread != .send else { return }
        var wanted = 0
        for number in 0..<draft.state.tickets.count {
            guard draft.state.tickets.creationTime(number) != nil,
                !draft.state.tickets.entries[number].flags.contains(.isLeftOut)
            else { continue }
            if draft.state.tickets.entries[number].flags.contains(.isRead) { return }
            wanted += 1
        }
        guard wanted >= Self.fewestWanted else { return }
        let place = draft.naming.source == .snapshot ? "in the snapshot" : "in Mava"
        let question =
            draft.naming.source == .snapshot
            ? "is it a snapshot of this organisation, and not an old one?"
            : "does the key belong to this organisation?"
        throw PlanError(
            code: .noTicketFound,
            message:
                "none of the \(Words.counted(wanted, "ticket")) was found \(place): \(question)",
            path: file.input.path)
    }
}
