import BulkExecution
import MavaAPI
import Testing

@testable import mava_bulk

@Suite("The exit code of a run")
struct ExitCodeTests {
    @Test(
        "A rejected key comes before an interruption, that before an early end, that before rows",
        arguments: [
            (StopReason.keyRejected, 4), (.interrupted(signal: 1), 129),
            (.interrupted(signal: 2), 130), (.interrupted(signal: 15), 143), (.outage, 5),
            (.tooManyFailures, 5), (.deadline, 5), (.canary, 5), (.journalFailure, 5),
            (.planUnreadable, 5), (.untrustedServer, 5), (.transportUnavailable, 5),
            (.localShortage, 5),
        ] as [(StopReason, Int32)])
    func early(reason: StopReason, code: Int32) {
        #expect(ExitCode(reason, hasTroubledRows: true).rawValue == code)
        #expect(ExitCode(reason, hasTroubledRows: false).rawValue == code)
    }

    @Test("The exit code of a finished run follows from its rows")
    func finished() {
        #expect(ExitCode(.finished, hasTroubledRows: true) == .someRowsFailed)
        #expect(ExitCode(.finished, hasTroubledRows: false) == .success)
    }
}

@Suite("The names of settings in messages")
struct AdviceTextTests {
    @Test("The program names its options, and a library its Swift properties")
    func names() {
        let settings: [SettingName] = [
            .stopOnConflict, .overwriteOnConflict, .allowHandOff, .sendUnread, .unmapped,
            .conditions, .column("New Agent", meaning: "assignedTo"), .ignoredColumns,
            .lastDuplicate, .allowEmpty, .readNever, .windows1252, .lookups,
            .waiver(rule: "fill", count: 2), .strict, .runDirectory, .authorities,
            .undoneFields, .label, .chosenFields,
        ]
        for setting in settings {
            #expect(setting.options.contains("--"), "\(setting)")
            #expect(!setting.description.contains("--"), "\(setting)")
        }
        #expect(SettingName.waiver(rule: "fill", count: 2).options == "--waive fill=2")
    }

    @Test("An option that a message names is one that some command takes")
    func areOptions() {
        let known = Set(CommandTable.commands.flatMap(\.options).map { "--\($0.rawValue)" })
        let named: [SettingName] = [
            .stopOnConflict, .overwriteOnConflict, .allowHandOff, .sendUnread, .unmapped,
            .conditions, .ignoredColumns, .lastDuplicate, .allowEmpty, .readNever, .windows1252,
            .lookups, .waiver(rule: "fill", count: 2), .strict, .runDirectory, .authorities,
        ]
        for name in named {
            let option = name.options.split(separator: " ").first.map(String.init) ?? ""
            #expect(known.contains(option), "\(option)")
        }
    }
}
