/// The completion script of bash, from version 3.2 on.
enum BashCompletion {
    static var script: String {
        let commands = CommandTable.shown
        let words = commands.map(\.name).filter { !$0.contains(" ") }
        var lines = [
            "# bash completion for mava-bulk, made by: mava-bulk completions bash",
            "_mava_bulk() {",
            "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}",
            "    local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]} kind= words= options= what= word",
            "    local place=$((COMP_CWORD - 1)) behind= isvalue=",
            "    # bash splits --option=value into three words, and --option name=value into four.",
            "    if [[ $current == = ]]; then",
            "        current= isvalue=1",
            "    elif [[ $previous == = ]]; then",
            "        place=$((place - 1)) isvalue=1",
            "    fi",
            "    if [[ $isvalue && ${COMP_WORDS[place]} != -* ]] && ((place > 2)); then",
            "        place=$((place - 1))",
            "        [[ ${COMP_WORDS[place]} == = ]] && place=$((place - 1))",
            "    else",
            "        isvalue=",
            "    fi",
            "    previous=${COMP_WORDS[place]}",
            "    COMPREPLY=()",
            "    if ((COMP_CWORD == 1)); then",
            "        words='\(words.joined(separator: " ")) --help --version'",
            "        COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))",
            "        return",
            "    fi",
        ]
        let pairs = commands.map(\.name).filter { $0.contains(" ") }
        if !pairs.isEmpty {
            lines += [
                "    case \"$command ${COMP_WORDS[2]}\" in",
                "    \(pairs.map { "'\($0)'" }.joined(separator: " | ")))",
                "        ((COMP_CWORD == 2)) || command=\"$command ${COMP_WORDS[2]}\" ;;",
                "    esac",
            ]
        }
        lines += ["    case $command in"]
        for command in commands {
            let options = command.specifications.flatMap(\.names).joined(separator: " ")
            lines.append("    '\(command.name)')")
            lines.append("        options='\(options)'")
            lines.append("        \(assignments(operands(of: command))) ;;")
        }
        lines += ["    *) return ;;", "    esac"]
        lines += ["    case \"$command $previous\" in"] + optionCases() + ["    esac"]
        lines += [
            "    if [[ $kind == value && $isvalue ]]; then",
            "        words= what=${behind:-$what}",
            "    elif [[ $behind ]]; then",
            "        compopt -o nospace 2>/dev/null",
            "    fi",
            "    if [[ $kind != value && $current == -* ]]; then",
            "        COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))",
            "        return",
            "    fi",
            // `compgen -W` expands its words, so it gets those of this script only.
            "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))",
            "    case $what in",
            "    \(CompletionKind.DynamicKind.allCases.map(\.rawValue).joined(separator: " | ")))",
            // Names are anybody's text; what is typed and what is offered are both quoted.
            "        while IFS= read -r word; do",
            "            [[ $word == *[!A-Za-z0-9_./:,@%+-]* ]] && word=$(printf %q \"$word\")",
            "            [[ $word == \"$current\"* ]] && COMPREPLY+=(\"$word\")",
            "        done < <(\"$program\" __complete \"$what\" \"$current\" "
                + "\"${COMP_WORDS[@]:1:COMP_CWORD-1}\" 2>/dev/null) ;;",
            "    esac",
            "    case $what in",
            "    files)",
            "        compopt -o filenames 2>/dev/null",
            "        while IFS= read -r word; do COMPREPLY+=(\"$word\"); done < <(compgen -f -- \"$current\") ;;",
            "    directories | runs)",
            "        ((${#COMPREPLY[@]} == 0)) || return",
            "        compopt -o filenames 2>/dev/null",
            "        while IFS= read -r word; do COMPREPLY+=(\"$word\"); done < <(compgen -d -- \"$current\") ;;",
            "    esac",
            "}",
            "complete -F _mava_bulk mava-bulk",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// What completes an operand of a command: the second words of commands, and its own kind.
    private static func operands(of command: CommandSpecification) -> (
        words: [String], kind: CompletionKind
    ) {
        let second = CommandTable.subcommands(of: command).map {
            String($0.name.dropFirst(command.name.count + 1))
        }
        return (second, command.operands.first.map { CompletionKind(placeholder: $0) } ?? .nothing)
    }

    private static func assignments(_ operand: (words: [String], kind: CompletionKind)) -> String {
        let what =
            switch operand.kind {
            case .nothing, .words: "what="
            // Behind the `=` bash completes a word of its own.
            case .pair(_, let isFile): "what= behind=\(isFile ? "files" : "nothing")"
            case .files: "what=files"
            case .directories: "what=directories"
            case .dynamic(let kind): "what=\(kind.rawValue)"
            }
        guard !operand.words.isEmpty else { return what }
        // The second word of a command comes at once behind the first one.
        return what
            + "\n        ((COMP_CWORD == 2)) && words='\(operand.words.joined(separator: " "))'"
    }

    /// The cases of options that have a value.
    private static func optionCases() -> [String] {
        var cases: [String] = []
        // The first pattern that fits counts, so options of one command come before those of all.
        for command in CommandTable.shown {
            for own in command.ownOptions
            where OptionTable.specifications[own.id]?.argument != own.argument {
                let option = OptionTable.specification(own.id, of: command)
                let patterns = option.names.map { "'\(command.name) \($0)'" }
                cases.append(
                    "    \(patterns.joined(separator: " | ")))\(option.argument == .none ? "" : value(of: option)) ;;"
                )
            }
        }
        for option in OptionTable.groups.flatMap(\.options) where option.argument != .none {
            let patterns = option.names.map { "*' \($0)'" }.joined(separator: " | ")
            cases.append("    \(patterns))\(value(of: option)) ;;")
        }
        return cases
    }

    private static func value(of option: OptionSpecification) -> String {
        let words =
            switch option.completion {
            case .words(let words): words
            case .pair(let names, _): names.map { $0 + "=" }
            case .nothing, .files, .directories, .dynamic: [String]()
            }
        return " kind=value words='\(words.joined(separator: " "))' "
            + assignments(([], option.completion))
    }
}
