import BulkExecution
import BulkSystem
import MavaAPI

/// A member of a configuration file; the raw value is its name there.
enum Setting: String, CaseIterable, Sendable {
    case keyFile, keyCredential, keyCommand, keyVariable
    case baseURL, caFile
    case quota, quotaShare, concurrency
    case guards, runsDirectory, label
    case hooks, notifyFile, pingFile
    case production

    /// The members that say where the API key comes from; an object has at most one of them.
    static let keySources: [Setting] = [.keyFile, .keyCredential, .keyCommand, .keyVariable]

    /// The option that does the same; `nil` where there is none.
    var option: OptionID? {
        switch self {
        case .keyFile: .apiKeyFile
        case .baseURL: .baseURL
        case .caFile: .caFile
        case .quota: .quota
        case .quotaShare: .quotaShare
        case .concurrency: .concurrency
        case .guards: .guards
        case .runsDirectory: .runsDirectory
        case .label: .label
        case .hooks: .on
        case .notifyFile: .notifyFile
        case .pingFile: .pingFile
        case .keyCredential, .keyCommand, .keyVariable, .production: nil
        }
    }

    /// The variable of the environment that does the same; `nil` where there is none.
    var variable: String? {
        switch self {
        case .keyFile: "MAVA_BULK_API_KEY_FILE"
        case .baseURL: "MAVA_BASE_URL"
        case .caFile: "MAVA_BULK_CA_FILE"
        case .quota: "MAVA_BULK_QUOTA"
        case .quotaShare: "MAVA_BULK_QUOTA_SHARE"
        case .concurrency: "MAVA_BULK_CONCURRENCY"
        case .guards: "MAVA_BULK_GUARDS"
        case .runsDirectory: "MAVA_BULK_RUNS"
        case .label: "MAVA_BULK_LABEL"
        case .keyCredential, .keyCommand, .keyVariable, .hooks, .notifyFile, .pingFile, .production:
            nil
        }
    }

    /// Whether only the user's own file may hold the setting.
    ///
    /// A project's file comes with a directory that somebody else may have made: it must neither run a program,
    /// nor choose a key, nor say where a key or a message is sent.
    var isPersonal: Bool {
        Self.keySources.contains(self)
            || [.baseURL, .caFile, .hooks, .notifyFile, .pingFile].contains(self)
    }

    /// Whether the value is a path, which is relative to the file that holds it.
    var isPath: Bool {
        [.keyFile, .caFile, .guards, .runsDirectory, .notifyFile, .pingFile].contains(self)
    }

    /// Why a text cannot be the setting's value; `nil` where it can.
    func problem(with text: String) -> String? {
        switch self {
        case .quota where (try? QuotaTimetable(text)) == nil:
            "takes requests per time such as 90/30s, not \(quoted(text))"
        // An address with a user name can hold a password; it is refused later, without being shown.
        case .baseURL where HTTPEndpoint(url: text) == nil && !text.contains("@"):
            "takes an address such as https://app.mava.app, not \(quoted(text))"
        case .quotaShare where Quota.mava.sharing(text) == nil:
            "takes a part such as 1/3, 40% or 0.5, not \(quoted(text))"
        case .concurrency where Int(text).map { !(1...512).contains($0) } ?? true:
            "takes a whole number from 1 to 512, not \(quoted(text))"
        case .label where !RunArguments.isLabel(text):
            "takes up to 200 bytes of text on one line, without a slash, and not `last`"
        case .keyCredential where text.contains("/") || text.hasPrefix("."):
            "takes the name of a credential, without a slash"
        case .keyVariable where text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) == nil:
            "takes the name of a variable, such as MAVA_API_KEY"
        case .notifyFile where SecretAddress.isLikeAddress(text),
            .pingFile where SecretAddress.isLikeAddress(text):
            "takes a file that holds the address, and not the address itself, which is not shown"
        case _ where text.isEmpty: "takes text, and this one is empty"
        default: nil
        }
    }
}

/// The value of a setting in a configuration file.
enum SettingValue: Hashable, Sendable {
    case text(String)
    case words([String])
    case flag(Bool)

    /// The value in a line for people; a command's arguments are left out, because they can hold a secret.
    var shown: String {
        switch self {
        case .text(let text): text
        case .words(let words):
            words.count == 1
                ? words[0] : "\(words[0]) (\(Words.counted(words.count - 1, "argument")))"
        case .flag(let flag): flag ? "true" : "false"
        }
    }
}

/// Where the value of a setting comes from.
enum SettingOrigin: Hashable, Sendable {
    case option(OptionID)
    case variable(String)
    /// A line of a configuration file; the profile is `nil` for the file's defaults.
    case file(String, line: Int, profile: String?)
    case builtIn

    /// Whether it is the file of the working directory, which somebody else may have written.
    var isProject: Bool {
        if case .file(Configuration.projectPath, _, _) = self { true } else { false }
    }

    /// The origin in a few words, such as `--quota` or `config.json:4, profile acme`.
    var text: String {
        switch self {
        case .option(let id): "--\(id.rawValue)"
        case .variable(let name): name
        case .file(let path, let line, let profile):
            "\(path):\(line)" + (profile.map { ", profile \($0)" } ?? "")
        case .builtIn: "default"
        }
    }
}

/// A setting's value and where it comes from.
struct PlacedSetting: Hashable, Sendable {
    var value: SettingValue
    var origin: SettingOrigin

    /// The value as an option takes it; `nil` for one that no option takes.
    var text: String? { if case .text(let text) = value { text } else { nil } }
}
