import MavaAPI

extension SettingName {
    /// The options of the command line that set this, as messages name them.
    var options: String {
        switch self {
        case .stopOnConflict: "--on-conflict stop"
        case .overwriteOnConflict: "--on-conflict overwrite"
        case .allowHandOff: "--allow-ai-handoff"
        case .sendUnread: "--unread send"
        case .unmapped: "--unmapped"
        case .conditions: "--where"
        case .column(let column, let meaning): "--column '\(column)=\(meaning)'"
        case .ignoredColumns: "--ignore"
        case .lastDuplicate: "--on-duplicate last"
        case .allowEmpty: "--allow-empty"
        case .readNever: "--read never"
        case .windows1252: "--encoding windows-1252"
        case .lookups: "--lookups FILE"
        case .waiver(let rule, let count): "--waive \(rule)=\(count)"
        case .strict: "--strict"
        case .runDirectory: "--run-dir"
        case .authorities: "--ca-file"
        case .undoneFields, .chosenFields: "--only"
        case .label: "--label"
        }
    }
}
