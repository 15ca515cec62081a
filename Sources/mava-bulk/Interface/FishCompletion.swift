/// The completion script of fish.
enum FishCompletion {
    static var script: String {
        let commands = CommandTable.shown
        let pairs = commands.map(\.name).filter { $0.contains(" ") }
        var lines = [
            "# fish completion for mava-bulk, made by: mava-bulk completions fish",
            "function __mava_bulk_at --description 'Whether the command is one of these'",
            "    set -l words (commandline -opc)",
            "    set -l command $words[2]",
            "    if contains -- \"$words[2..3]\" \(pairs.map(quoted).joined(separator: " "))",
            "        set command \"$words[2..3]\"",
            "    end",
            "    contains -- \"$command\" $argv",
            "end",
            "function __mava_bulk_words --description 'Whether so many words are before the cursor'",
            "    test (count (commandline -opc)) -eq $argv[1]",
            "end",
            "function __mava_bulk_listed --description 'What the program lists for a completion'",
            "    set -l words (commandline -opc)",
            "    set -l current (commandline -ct)",
            "    $words[1] __complete $argv \"$current\" $words[2..] 2>/dev/null",
            "end",
            "function __mava_bulk_pair --description 'A name, =, and a file if the first word is files'",
            "    set -l parts (string split -m 1 -- = (commandline -ct))",
            "    if test (count $parts) -lt 2",
            "        printf '%s=\\n' $argv[2..]",
            "    else if test $argv[1] = files",
            "        printf \"$parts[1]=%s\\n\" (__fish_complete_path $parts[2])",
            "    end",
            "end",
            "complete -c mava-bulk -f",
            "complete -c mava-bulk -n '__mava_bulk_words 1' -l help -d 'show the help'",
            "complete -c mava-bulk -n '__mava_bulk_words 1' -l version -d 'print the version'",
        ]
        for command in commands where !command.name.contains(" ") {
            lines.append(
                "complete -c mava-bulk -n '__mava_bulk_words 1' -a \(quoted(command.name)) "
                    + "-d \(quoted(command.summary))")
            for second in CommandTable.subcommands(of: command) {
                let word = String(second.name.dropFirst(command.name.count + 1))
                lines.append(
                    "complete -c mava-bulk -n '__mava_bulk_words 2; and __mava_bulk_at \(command.name)' "
                        + "-a \(quoted(word)) -d \(quoted(second.summary))")
            }
        }
        for command in commands {
            guard let operand = command.operands.first else { continue }
            let value = arguments(CompletionKind(placeholder: operand), isOption: false)
            guard !value.isEmpty else { continue }
            lines.append("complete -c mava-bulk -n \(condition([command.name])) \(value)")
        }
        for option in OptionTable.groups.flatMap(\.options) {
            lines += self.lines(of: option, commands)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A line for all commands that share an option, and one for each that has its own.
    private static func lines(
        of option: OptionSpecification, _ commands: [CommandSpecification]
    ) -> [String] {
        let having = commands.filter { $0.options.contains(option.id) }
        let own = having.filter { command in command.ownOptions.contains { $0.id == option.id } }
        let sharing = having.filter { command in !own.contains { $0.name == command.name } }
        var uses = own.map { (OptionTable.specification(option.id, of: $0), [$0.name]) }
        if !sharing.isEmpty { uses.insert((option, sharing.map(\.name)), at: 0) }
        return uses.map { option, commands in
            let short = option.short.map { " -s \($0)" } ?? ""
            let value =
                option.argument == .none ? "" : " " + arguments(option.completion, isOption: true)
            return
                "complete -c mava-bulk -n \(condition(commands))\(short) -l \(option.id.rawValue)\(value) "
                + "-d \(quoted(option.help))"
        }
    }

    private static func condition(_ commands: [String]) -> String {
        let names = commands.map { $0.contains(" ") ? "\"\($0)\"" : $0 }
        return "'__mava_bulk_at \(names.joined(separator: " "))'"
    }

    private static func arguments(_ kind: CompletionKind, isOption: Bool) -> String {
        let exclusive = isOption ? "-x " : ""
        return switch kind {
        case .nothing: isOption ? "-x" : ""
        case .files: isOption ? "-r -F" : "-F"
        case .pair(let names, let isFile):
            exclusive + "-a '(__mava_bulk_pair \(isFile ? "files" : "nothing") "
                + "\(names.joined(separator: " ")))'"
        case .directories: exclusive + "-a '(__fish_complete_directories)'"
        case .words(let words): exclusive + "-a \(quoted(words.joined(separator: " ")))"
        case .dynamic(.runs):
            exclusive + "-a '(__mava_bulk_listed runs; __fish_complete_directories)'"
        case .dynamic(let kind): exclusive + "-a '(__mava_bulk_listed \(kind.rawValue))'"
        }
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
