import BulkPlanning
import BulkSystem

import CLibrary

/// A configuration file: defaults, and profiles with values of their own.
struct ConfigurationFile: Sendable {
    /// The version of the format that this program reads.
    static let version = 1
    /// Far more than any configuration needs.
    private static let longest = 1 << 20

    let path: String
    /// Whether it lies in the working directory, where other people's files are.
    let isProject: Bool
    private(set) var defaults: [Setting: PlacedSetting] = [:]
    private(set) var profiles: [String: [Setting: PlacedSetting]] = [:]
    private let bytes: [UInt8]
    /// Where each line begins.
    private let lineStarts: [Int]

    /// Reads a file; `nil` where there is none.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - isProject: Whether it lies in the working directory.
    /// - Throws: A ``CommandFailure`` of wrong usage with the line and the column of what is wrong.
    init?(_ path: String, isProject: Bool) throws {
        guard FilePath.isTaken(path) else { return nil }
        self.path = path
        self.isProject = isProject
        try Self.requireTrusted(path)
        let found: [UInt8]?
        do throws(FileError) {
            found = try FileReader.bytes(of: path, atMost: Self.longest)
        } catch {
            throw CommandFailure.usage("the configuration cannot be read: \(error)")
        }
        guard let found else {
            throw CommandFailure.usage("\(path): this is too long for a configuration file")
        }
        bytes = found
        lineStarts = [0] + found.indices.filter { found[$0] == 0x0A }.map { $0 + 1 }
        let value: PlacedJSON
        do throws(JSONMistake) {
            value = try PlacedJSONReader.read(bytes)
        } catch {
            throw mistake(error.message, at: error.offset)
        }
        try read(value)
    }

    /// The variables that hold a key, of all profiles.
    var keyVariables: [String] {
        ([defaults] + profiles.values).compactMap { settings in
            guard case .text(let name)? = settings[.keyVariable]?.value else { return nil }
            return name
        }
    }

    /// Refuses a file that another user could have written.
    private static func requireTrusted(_ path: String) throws {
        var information = stat()
        guard stat(path, &information) == 0 else { return }
        guard information.st_mode & S_IFMT == S_IFREG else {
            throw CommandFailure.usage(
                "\(path) is not a file, and the configuration is one: move it away")
        }
        guard information.st_uid == geteuid() else {
            throw CommandFailure.usage(
                "\(path) belongs to another user, who could change settings for you: move it away, or copy "
                    + "it to a file of your own")
        }
        guard information.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
            throw CommandFailure.usage(
                "other users may write to \(path), and could change settings for you: "
                    + "chmod go-w \(ShellWord.operand(path))")
        }
    }

    private func mistake(_ message: String, at offset: Int) -> CommandFailure {
        let line = line(of: offset)
        let before = bytes.prefix(offset)[lineStarts[line - 1]...]
        let column = String(decoding: before, as: UTF8.self).count + 1
        return .usage("\(path):\(line):\(column): \(message)")
    }

    /// The number of the line in which a byte is, from 1.
    private func line(of offset: Int) -> Int {
        lineStarts.indices.partitionPoint { lineStarts[$0] <= offset }
    }

    private mutating func read(_ value: PlacedJSON) throws {
        guard case .object(let members) = value.content else {
            throw mistake("the configuration is an object, {…}", at: value.offset)
        }
        guard let version = members.first(where: { $0.name == "version" }) else {
            throw mistake("the version is missing: add \"version\": 1", at: value.offset)
        }
        guard case .number(String(Self.version)) = version.value.content else {
            throw mistake(
                "this program reads version \(Self.version) of the configuration",
                at: version.value.offset)
        }
        let own = ["version", "profiles", "$schema"]
        defaults = try settings(
            members.filter { !own.contains($0.name) }, profile: nil, besides: own)
        guard let profiles = members.first(where: { $0.name == "profiles" }) else { return }
        guard case .object(let named) = profiles.value.content else {
            throw mistake("profiles is an object, {\"NAME\": {…}}", at: profiles.value.offset)
        }
        for profile in named {
            guard profile.name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,63}/) != nil else {
                throw mistake(
                    "the profile name \(quoted(profile.name)) is not one: it begins with a letter or digit, and "
                        + "has at most 64 letters, digits, `.`, `_` and `-`",
                    at: profile.offset)
            }
            guard case .object(let members) = profile.value.content else {
                throw mistake("a profile is an object, {…}", at: profile.value.offset)
            }
            self.profiles[profile.name] = try settings(members, profile: profile.name, besides: [])
        }
    }

    private func settings(
        _ members: [PlacedJSON.Member], profile: String?, besides own: [String]
    ) throws -> [Setting: PlacedSetting] {
        var settings: [Setting: PlacedSetting] = [:]
        for member in members {
            guard let setting = Setting(rawValue: member.name) else {
                let known = Setting.allCases.map(\.rawValue) + own.filter { $0 != "$schema" }
                let meant = closest(to: member.name.lowercased(), among: known) { $0.lowercased() }
                throw mistake(
                    "there is no setting \(quoted(member.name)): "
                        + (meant.map { "did you mean `\($0)`?" }
                            ?? "it can be \(known.joined(separator: ", "))"),
                    at: member.offset)
            }
            if isProject, setting.isPersonal {
                throw mistake(
                    "\(setting.rawValue) is not read from a project's file, which others may have written: "
                        + "move it to \(Configuration.userPath ?? "your own configuration")",
                    at: member.offset)
            }
            if Setting.keySources.contains(setting),
                let other = Setting.keySources.first(where: { settings[$0] != nil })
            {
                throw mistake(
                    "\(other.rawValue) already says where the key is: leave one of the two out",
                    at: member.offset)
            }
            settings[setting] = PlacedSetting(
                value: try value(member.value, of: setting),
                origin: .file(path, line: line(of: member.offset), profile: profile))
        }
        return settings
    }

    private func value(_ value: PlacedJSON, of setting: Setting) throws -> SettingValue {
        switch (setting, value.content) {
        case (.production, .bool(let flag)): return .flag(flag)
        case (.production, _):
            throw mistake("production is true or false", at: value.offset)
        case (.keyCommand, .array(let elements)):
            let words = elements.compactMap { element in
                if case .string(let text) = element.content { text } else { nil }
            }
            guard words.count == elements.count, let program = words.first, !program.isEmpty,
                words.allSatisfy({ !$0.utf8.contains(0) })
            else { fallthrough }
            return .words(words)
        case (.keyCommand, _):
            throw mistake(
                "keyCommand is a list of texts, the program first: [\"pass\", \"show\", \"mava\"]; no shell "
                    + "reads it", at: value.offset)
        case (.hooks, .array(let elements)):
            return .words(try elements.map(hook))
        case (.hooks, _):
            throw mistake(
                "hooks is a list of texts: [\"finished=./mail.sh\"]", at: value.offset)
        case (.concurrency, .number(let text)):
            if let problem = setting.problem(with: text) {
                throw mistake("\(setting.rawValue) \(problem)", at: value.offset)
            }
            return .text(text)
        case (.concurrency, _):
            throw mistake("concurrency takes a whole number from 1 to 512", at: value.offset)
        case (_, .string(let text)):
            if let problem = setting.problem(with: text) {
                throw mistake("\(setting.rawValue) \(problem)", at: value.offset)
            }
            return .text(setting.isPath ? absolute(text) : text)
        default:
            throw mistake("\(setting.rawValue) takes text in quotes", at: value.offset)
        }
    }

    /// A command that runs when something happens, as `--on` takes it.
    private func hook(_ value: PlacedJSON) throws -> String {
        guard case .string(let text) = value.content else {
            throw mistake("a hook is a text: \"finished=./mail.sh\"", at: value.offset)
        }
        do throws(Hook.Problem) {
            _ = try Hook(text)
        } catch {
            throw mistake("hooks \(error.text)", at: value.offset)
        }
        return text
    }

    /// A path of the file; a relative one begins at the file's directory.
    private func absolute(_ text: String) -> String {
        if text.hasPrefix("/") { return text }
        if text.hasPrefix("~/"), let home = ProcessOwner.home(CurrentProcess.environment["HOME"]) {
            return FilePath.joining(home, String(text.dropFirst(2)))
        }
        return FilePath.joining(FilePath.directory(of: FilePath.absolute(path)), text)
    }
}
