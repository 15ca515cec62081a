import BulkSystem
import MavaAPI

extension SettingName {
    /// The options or the command of the command line for this, as messages name them.
    var options: String {
        switch self {
        case .stopOnConflict: "--on-conflict stop"
        case .overwriteOnConflict: "--on-conflict overwrite"
        case .allowHandOff: "--allow-ai-handoff"
        case .sendUnread: "--unread send"
        case .unmapped: "--unmapped"
        case .conditions: "--where"
        case .column(let column, let meaning):
            "--column \(ShellWord.inQuotes("\(column)=\(meaning)"))"
        case .ignoredColumns: "--ignore"
        case .lastDuplicate: "--on-duplicate last"
        case .allowEmpty: "--allow-empty"
        case .readNever: "--read never"
        case .windows1252: "--encoding windows-1252"
        case .lookups: "--lookups FILE"
        case .waiver(let rule, let count): "--waive \(rule)=\(count)"
        case .strict: "--strict"
        case .maxChanges: "--max-changes"
        case .maxChangePercent: "--max-change-percent"
        case .runDirectory: "--run-dir"
        case .authorities: "--ca-file"
        case .timeout: "--timeout"
        case .unencryptedHost: "--allow-http HOST"
        case .allowedSigners: "--allowed-signers FILE"
        case .undoneFields, .chosenFields: "--only"
        case .label: "--label"
        case .resuming(let path): NextCommand.resume(path)
        case .showing(let path): "mava-bulk runs show \(ShellWord.operand(path))"
        case .verifying: "`mava-bulk verify`"
        case .listing(let agents): "`mava-bulk \(agents ? "agents" : "categories")`"
        case .writingLookups: "`mava-bulk lookups`"
        case .exporting: "`mava-bulk export`"
        }
    }
}
