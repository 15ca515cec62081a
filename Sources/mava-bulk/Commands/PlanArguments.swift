import BulkSystem
import MavaBulk

/// The planning options of a command line.
enum PlanArguments {
    /// How plans are to be made.
    static func options(_ arguments: ParsedArguments) throws -> PlanOptions {
        var options = PlanOptions()
        if arguments.has(.noRead), let read = arguments[.read], read != "never" {
            throw CommandFailure.usage("--no-read and --read \(read) contradict each other")
        }
        options.readsAlways = arguments[.read] == "always"
        switch (arguments[.snapshot], arguments.readsNothing) {
        case (nil, false): options.source = .live
        case (let path?, false): options.source = .snapshot(path: path)
        case (nil, true): options.source = .none
        case (_?, true):
            throw CommandFailure.usage(
                "--snapshot and \(arguments.readingOff) contradict each other"
            )
        }
        let standardInput = ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]
        if let path = arguments[.snapshot], standardInput.contains(path),
            standardInput.contains(arguments.operands[0])
        {
            throw CommandFailure.usage(
                "standard input cannot be both the rows and the snapshot: put one of them in a file"
            )
        }
        if let policy = arguments[.onDuplicate].flatMap(DuplicatePolicy.init) {
            options.onDuplicate = policy
        }
        if let path = arguments[.lookups] {
            let lookups = try lookups(path)
            options.lookups = .init(
                path: path, baseURL: lookups.baseURL, createdAt: lookups.createdAt)
            options.agents = lookups.agents
            options.categories = lookups.categories
        }
        try parseColumns(arguments, &options)
        try parseValues(arguments, &options)
        try parseSelection(arguments, &options)
        options.unread = arguments[.unread].flatMap(UnreadPolicy.init)
        if options.unread == .hold, arguments.readsNothing {
            throw CommandFailure.usage(
                "--unread hold and \(arguments.readingOff) contradict each other: no ticket is looked for"
            )
        }
        options.allowsEmpty = arguments.has(.allowEmpty)
        options.allowsHandOff = arguments.has(.allowAIHandoff)
        options.guards = try guards(arguments)
        try requireOwnHistory(arguments, options.guards)
        try options.guards.readLastRuns(
            of: RunArguments.label(arguments), from: RunArguments.history(arguments))
        return options
    }

    /// Refuses a label or a directory of runs from a project's file where a guard of the user counts earlier runs.
    ///
    /// Such a guard compares a plan with earlier runs of its label. Another label, or another directory, has none, so
    /// a project's file could switch the guard off.
    private static func requireOwnHistory(
        _ arguments: ParsedArguments, _ guards: PlanGuards
    ) throws {
        guard guards.maxOfLastRuns != nil, arguments.configured.origins[.guards]?.isProject != true
        else { return }
        for option in [OptionID.label, .runsDirectory] {
            guard let origin = arguments.configured.origins[option], origin.isProject else {
                continue
            }
            throw CommandFailure.usage(
                "your guards limit changes by earlier runs (maxOfLastRuns), and \(origin.text) says which runs "
                    + "these are: a project's file cannot; say it with --\(option.rawValue)")
        }
    }

    /// Refuses two forms of output at once.
    static func refuseTwoForms(_ arguments: ParsedArguments) throws {
        guard arguments.has(.json), arguments.has(.markdown) else { return }
        throw CommandFailure.usage("--json and --markdown contradict each other")
    }

    /// The guards of a file, with the limits that options give; the stricter one counts.
    private static func guards(_ arguments: ParsedArguments) throws -> PlanGuards {
        var guards = try arguments[.guards].map(guards(in:)) ?? PlanGuards()
        if let limit = try arguments.integer(.maxChanges, in: 0...Int.max) {
            guards.maxChanges = min(limit, guards.maxChanges ?? limit)
        }
        if let limit = try arguments.percent(.maxChangePercent) {
            guards.maxChangePercent = min(limit, guards.maxChangePercent ?? limit)
        }
        guards.isStrict = arguments.has(.strict)
        for text in arguments.list(.waive) {
            let (rule, written) = try pair(text, .waive, "RULE=N, such as max-changes=100")
            guard guards.ruleNames.contains(rule) else {
                let meant = closest(to: rule.lowercased(), among: guards.ruleNames) { $0 }
                throw CommandFailure.usage(
                    "--waive \(text): no guard has the name `\(rule)`; "
                        + (meant.map { "did you mean `\($0)`?" }
                            ?? "there is \(guards.ruleNames.joined(separator: ", "))"))
            }
            guard let number = Int(written), number >= 0 else {
                throw CommandFailure.usage(
                    "--waive takes RULE=N with a whole number of tickets from 0, not `\(text)`")
            }
            guard !guards.waivers.contains(where: { $0.rule == rule }) else {
                throw CommandFailure.usage("--waive names \(rule) twice: leave one out")
            }
            guards.waivers.append(GuardWaiver(rule: rule, number: number))
        }
        return guards
    }

    /// Reads a file of guards.
    ///
    /// - Parameter path: The file.
    /// - Returns: The guards.
    /// - Throws: A ``CommandFailure`` of an unusable input.
    static func guards(in path: String) throws -> PlanGuards {
        do {
            return try PlanGuards(reading: path)
        } catch {
            throw CommandFailure.unusable(.guardsUnusable, error)
        }
    }

    private static func lookups(_ path: String) throws -> Lookups {
        do {
            return try Lookups(path: path)
        } catch {
            throw CommandFailure(.unusableInput, "\(error)")
        }
    }

    /// Refuses options that have no effect on a finished plan.
    static func refuse(_ options: [OptionID], _ arguments: ParsedArguments) throws {
        guard let option = arguments.firstGiven(of: options) else { return }
        // Without it, the plan has more rows than were asked for.
        let choosing: [OptionID] = [.where, .limit, .sample, .shard]
        let plan = ShellWord.operand(arguments.operands[0])
        let advice =
            choosing.contains(option)
            ? "choose rows of the plan with mava-bulk plan edit \(plan) --keep-where CONDITION "
                + "--output NEW, or plan again"
            : option == .only ? "plan again with it" : "leave it out"
        throw CommandFailure.usage(
            "--\(option.rawValue) is for making a plan, and \(arguments.operands[0]) is one already: "
                + advice)
    }

    /// The rows to plan.
    static func input(_ arguments: ParsedArguments) throws -> PlanInput {
        var input = PlanInput(path: arguments.operands[0], delimiter: try delimiter(arguments))
        if let name = arguments[.encoding] {
            guard let encoding = TextEncoding(name: name) else {
                throw CommandFailure.usage(
                    "--encoding takes \(TextEncoding.allCases.map(\.rawValue).joined(separator: ", ")), "
                        + "not `\(name)`")
            }
            input.encoding = encoding
        }
        return input
    }

    /// The delimiter of CSV, where one is given.
    static func delimiter(_ arguments: ParsedArguments) throws -> UInt8? {
        switch arguments[.delimiter] {
        case nil: return nil
        case "tab"?, "\\t"?: return UInt8(ascii: "\t")
        case let text?:
            guard text.utf8.count == 1, let byte = text.utf8.first, !"\"\r\n\0".utf8.contains(byte)
            else {
                throw CommandFailure.usage(
                    "--delimiter takes one ASCII character, or `tab`, and no quote or line break")
            }
            return byte
        }
    }
}

extension ParsedArguments {
    /// Whether no ticket is to be read.
    var readsNothing: Bool { has(.noRead) || self[.read] == "never" }
    /// The option that says so, as it is written.
    fileprivate var readingOff: String { has(.noRead) ? "--no-read" : "--read never" }
}

// MARK: Columns, values and rows

extension PlanArguments {
    private static func parseColumns(
        _ arguments: ParsedArguments, _ options: inout PlanOptions
    ) throws {
        options.columns.only = try onlyFields(arguments)
        options.columns.ignored = arguments.list(.ignore)
        for text in arguments.list(.column) {
            let (column, meaning) = try pair(text, .column, "NAME=MEANING", last: true)
            do throws(ColumnError) {
                try options.columns.read(column, as: meaning)
            } catch {
                throw CommandFailure.usage("--column \(text): \(error.message)")
            }
        }
    }

    private static func parseValues(
        _ arguments: ParsedArguments, _ options: inout PlanOptions
    ) throws {
        let unmapped = arguments[.unmapped].flatMap(ValueMap.Unmapped.init)
        let maps = arguments.list(.map)
        if unmapped != nil, maps.isEmpty {
            throw CommandFailure.usage("--unmapped is for a map: give --map FIELD=FILE as well")
        }
        for text in maps {
            let (name, path) = try pair(text, .map, "FIELD=FILE")
            let field = try field(name, .map)
            guard !options.maps.contains(where: { $0.field == field }) else {
                throw CommandFailure.usage(
                    "--map names \(field.rawValue) twice: leave one out, or put their lines in one file"
                )
            }
            // Only an assignee can be cleared; the values of other fields are refused then.
            let policy =
                unmapped == .clear && field != .assignedTo && maps.count > 1
                ? .invalid : unmapped ?? .invalid
            do {
                options.maps.append(try ValueMap(reading: path, for: field, unmapped: policy))
            } catch {
                throw CommandFailure.unusable(.mapUnusable, error)
            }
        }
        for (option, scope) in [(OptionID.set, FieldFill.Scope.all), (.fallback, .blank)] {
            for text in arguments.list(option) {
                let (name, value) = try pair(text, option, "FIELD=VALUE")
                let field = try field(name, option)
                do throws(FieldValueError) {
                    options.fills.append(try FieldFill(field, value, scope: scope))
                } catch {
                    throw CommandFailure.usage("--\(option.rawValue) \(text): \(error.message)")
                }
            }
        }
        for name in arguments.list(.unset) {
            guard ColumnRole(columnName: name) == .assignee else {
                let meant = closest(to: name.lowercased(), among: ["assignee"]) { $0 }
                throw CommandFailure.usage(
                    "--unset takes assignee, not `\(name)`: no other field can be cleared"
                        + (meant.map { "; did you mean \($0)?" } ?? ""))
            }
            options.fills.append(try FieldFill(.assignedTo, "unassigned"))
        }
        let twice = Dictionary(grouping: options.fills, by: \.field)
        if let fill = twice.values.first(where: { $0.count > 1 })?.first {
            throw CommandFailure.usage("\(fill.field.rawValue) is given twice: leave one out")
        }
    }

    private static func parseSelection(
        _ arguments: ParsedArguments, _ options: inout PlanOptions
    ) throws {
        options.selection.conditions = try conditions(arguments)
        options.selection.shard = try arguments[.shard].map(shard)
        options.selection.limit = try arguments.integer(.limit, in: 1...Int.max)
        options.selection.sample = try arguments.integer(.sample, in: 1...Int.max)
        if options.selection.limit != nil, options.selection.sample != nil {
            throw CommandFailure.usage("--limit and --sample contradict each other")
        }
        let seed = try arguments.integer(.seed, in: 0...Int.max)
        if seed != nil, options.selection.sample == nil {
            throw CommandFailure.usage("--seed chooses a sample: give --sample N as well")
        }
        options.selection.seed = seed.map(UInt64.init) ?? 1
    }

    /// The shard of `--shard`: `2/5`, or `auto/5` for what an indexed job says.
    private static func shard(_ text: String) throws -> RowShard {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[1]) else {
            throw CommandFailure.usage(
                "--shard takes I/N, such as 2/5, or auto/N, not `\(text)`")
        }
        let number: Int
        if parts[0] == "auto" {
            let index = CurrentProcess.environment["JOB_COMPLETION_INDEX"] ?? ""
            guard let value = Int(index), 0..<RowShard.mostShards ~= value else {
                throw CommandFailure.usage(
                    "--shard \(text): JOB_COMPLETION_INDEX must be a whole number from 0, and it is "
                        + (index.isEmpty ? "not set" : "`\(index)`"))
            }
            number = value + 1
        } else if let value = Int(parts[0]) {
            number = value
        } else {
            throw CommandFailure.usage(
                "--shard takes I/N, such as 2/5, or auto/N, not `\(text)`")
        }
        guard let shard = RowShard(number, of: count) else {
            throw CommandFailure.usage(
                "--shard \(text): "
                    + (count > RowShard.mostShards
                        ? "there are at most \(Words.number(RowShard.mostShards)) shards"
                        : "shard \(number) is not one of 1 to \(count)"))
        }
        return shard
    }

    /// The conditions of `--where` or another option, with ages counted from now.
    static func conditions(
        _ arguments: ParsedArguments, _ option: OptionID = .where
    ) throws -> [RowCondition] {
        try arguments.list(option).map { text in
            do throws(ConditionError) {
                return try RowCondition(text, now: CurrentProcess.now)
            } catch {
                throw CommandFailure(error, of: option)
            }
        }
    }

    /// The fields of `--only`; `nil` when it is not given.
    static func onlyFields(_ arguments: ParsedArguments) throws -> Set<TicketField>? {
        guard let list = arguments[.only] else { return nil }
        return Set(try list.split(separator: ",").map { try field(String($0), .only) })
    }

    /// A field by one of the names that columns of it have.
    private static func field(_ name: String, _ option: OptionID) throws -> TicketField {
        switch ColumnRole(columnName: name) {
        case .status: return .status
        case .priority: return .priority
        case .categoryID, .categoryName: return .categoryID
        case .assignee: return .assignedTo
        default:
            let names = ["status", "priority", "category", "assignee"]
            let meant = closest(to: name.lowercased(), among: names) { $0 }
            throw CommandFailure.usage(
                "--\(option.rawValue) takes status, priority, category or assignee, not `\(name)`"
                    + (meant.map { "; did you mean \($0)?" } ?? ""))
        }
    }

    /// The two sides of a `=`; the last one counts where the left side may hold one.
    private static func pair(
        _ text: String, _ option: OptionID, _ form: String, last: Bool = false
    ) throws -> (String, String) {
        let place = last ? text.lastIndex(of: "=") : text.firstIndex(of: "=")
        guard let place, place != text.startIndex, text.index(after: place) != text.endIndex else {
            throw CommandFailure.usage("--\(option.rawValue) takes \(form), not `\(text)`")
        }
        return (String(text[..<place]), String(text[text.index(after: place)...]))
    }
}
