/// The completion script of zsh.
enum ZshCompletion {
    static var script: String {
        let commands = CommandTable.shown
        var lines = [
            "#compdef mava-bulk",
            "# zsh completion for mava-bulk, made by: mava-bulk completions zsh",
            "_mava-bulk_listed() {",
            "    local -a found",
            "    found=(${(f)\"$($program __complete $1 \"$PREFIX\" $asked 2>/dev/null)\"})",
            "    compadd -a found",
            "}",
            "_mava-bulk_pair() {",
            "    if compset -P '*='; then",
            "        if [[ $1 == files ]]; then", "            _files", "        fi", "    else",
            "        compadd -S = -- ${@[2,-1]}", "    fi",
            "}",
            "_mava-bulk() {",
            "    local program=$words[1] command=$words[2]",
            "    local -a commands asked",
            "    asked=(${words[2,CURRENT-1]})",
            "    if ((CURRENT == 2)) && [[ $PREFIX == -* ]]; then",
            "        compadd -- --help --version", "        return", "    fi",
            "    if ((CURRENT == 2)); then",
            "        commands=(",
        ]
        lines += commands.filter { !$0.name.contains(" ") }.map {
            "            '\($0.name):\(quoted($0.summary))'"
        }
        lines += [
            "        )", "        _describe command commands", "        return", "    fi",
            "    shift words", "    ((CURRENT--))",
        ]
        let pairs = commands.map(\.name).filter { $0.contains(" ") }
        if !pairs.isEmpty {
            lines += [
                "    case \"$command $words[2]\" in",
                "    \(pairs.map { "'\($0)'" }.joined(separator: " | ")))",
                "        if ((CURRENT > 2)); then",
                "            command=\"$command $words[2]\"", "            shift words",
                "            ((CURRENT--))", "        fi ;;", "    esac",
            ]
        }
        lines.append("    case $command in")
        for command in commands {
            lines.append("    '\(command.name)')")
            let second = CommandTable.subcommands(of: command)
            if !second.isEmpty {
                let described = second.map {
                    "'\($0.name.dropFirst(command.name.count + 1)):\(quoted($0.summary))'"
                }
                lines += [
                    "        if ((CURRENT == 2)); then",
                    "            commands=(\(described.joined(separator: " ")))",
                    "            _describe command commands", "        fi",
                ]
            }
            let specifications = command.specifications.map(line) + operands(of: command)
            lines.append("        _arguments -s -S : \\")
            lines += specifications.dropLast().map { "            \($0) \\" }
            lines.append("            \(specifications[specifications.count - 1]) ;;")
        }
        lines += [
            "    esac", "}",
            "if [[ $funcstack[1] == _mava-bulk ]]; then", "    _mava-bulk \"$@\"", "else",
            "    compdef _mava-bulk mava-bulk", "fi",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// An option as `_arguments` takes it.
    private static func line(_ option: OptionSpecification) -> String {
        let help = "[\(quoted(option.help))]"
        let value =
            option.argument == .none
            ? "" : ":\(quoted(option.placeholder ?? "")):\(action(option.completion))"
        let suffix = option.argument == .none ? ("", "") : ("+", "=")
        let names = option.names
        let long = names[names.count - 1] + suffix.1
        if option.isRepeatable { return "'*\(long)\(help)\(value)'" }
        guard names.count == 2 else { return "'\(long)\(help)\(value)'" }
        return
            "'(\(names.joined(separator: " ")))'{\(names[0])\(suffix.0),\(long)}'\(help)\(value)'"
    }

    private static func operands(of command: CommandSpecification) -> [String] {
        command.operands.enumerated().map { index, name in
            let place = name.contains("...") ? "*" : "\(index + 1)"
            let word = name.filter(\.isLetter)
            return "'\(place):\(word):\(action(CompletionKind(placeholder: name)))'"
        }
    }

    private static func action(_ kind: CompletionKind) -> String {
        switch kind {
        case .nothing: " "
        case .files: "_files"
        case .directories: "_files -/"
        case .pair(let names, let isFile):
            "{_mava-bulk_pair \(isFile ? "files" : "nothing") \(names.joined(separator: " "))}"
        case .words(let words): "(\(words.joined(separator: " ")))"
        case .dynamic(.runs): "{_mava-bulk_listed runs || _files -/}"
        case .dynamic(let kind): "{_mava-bulk_listed \(kind.rawValue)}"
        }
    }

    /// A text within single quotes, and within the brackets of `_arguments`.
    private static func quoted(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "'": result += "'\\''"
            case "\\", "[", "]", ":", "`", "$": result += "\\\(character)"
            default: result.append(character)
            }
        }
    }
}
