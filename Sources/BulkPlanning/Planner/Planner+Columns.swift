import BulkPlan
import BulkSystem
import MavaAPI

extension Planner {
    /// Refuses an input with a second header whose columns are in another order than those of the first.
    func refuseOtherHeader(_ line: Int?, _ file: InputFile) throws(PlanError) {
        guard let line else { return }
        throw PlanError(
            code: .columnsUnusable,
            message:
                "this line is a header with other columns than line 1, and the rows below it would be read "
                + "in the wrong columns: make two files of it, each with its header",
            path: file.input.path, line: line)
    }

    /// Refuses an input with a column that seems to hold what is wanted, where that can be sent and is not what the
    /// column says that is read.
    func refuseUnreadWishes(
        _ mapper: borrowing RequestMapper, _ directory: NameDirectory, _ file: InputFile
    ) throws(ColumnError) {
        let wishes = mapper.survey.wanted
        let words = wishes.columns.isEmpty ? [:] : columnChoices.words
        for (column, pairs) in zip(wishes.columns, wishes.pairs) {
            let pair = pairs.first { pair in
                guard let wanted = Self.meaning(of: pair.wanted, column.role, words, directory)
                else {
                    return false
                }
                return wanted != Self.meaning(of: pair.read, column.role, words, directory)
            }
            guard let pair else { continue }
            let option = SettingName.column(column.name, meaning: column.role.names[0])
            let found = pair.read.isEmpty ? "nothing" : quoted(pair.read)
            throw file.explained(
                ColumnError(
                    code: .columnDoubled,
                    message:
                        "the column \(quoted(column.name)) seems to hold what is wanted, such as "
                        + "\(quoted(pair.wanted)) where \(quoted(column.read)) says \(found): to read it, add "
                        + "\(option); to leave it out, add \(SettingName.ignoredColumns) "
                        + ShellWord.inQuotes(column.name), columns: mapper.columns.names))
        }
    }

    /// What a text means in a column, in one spelling; `nil` where it means nothing that can be sent.
    private static func meaning(
        of text: String, _ role: ColumnRole, _ words: [TicketField: WordMap],
        _ directory: NameDirectory
    ) -> String? {
        guard let field = role.field else { return nil }
        if let (code, _) = words[field]?[text] { return "\(code)" }
        switch try? FieldText(text, field) {
        case .number(let number)?: return "\(number)"
        case FieldText.none?: return ""
        case .name(let name)?:
            let thing: NamedThing = field == .assignedTo ? .agent : .category
            guard case .id(let id) = thing.match(name, in: directory, suggests: false) else {
                return nil
            }
            return id
        case nil: return nil
        }
    }
}
