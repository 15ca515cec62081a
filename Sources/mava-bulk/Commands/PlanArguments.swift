import MavaBulk

/// The planning options of a command line.
enum PlanArguments {
    /// How plans are to be made.
    static func options(_ arguments: ParsedArguments) throws -> PlanOptions {
        var options = PlanOptions()
        switch (arguments[.snapshot], arguments.has(.noRead)) {
        case (nil, false): options.source = .live
        case (let path?, false): options.source = .snapshot(path: path)
        case (nil, true): options.source = .none
        case (_?, true):
            throw CommandFailure.usage("--snapshot and --no-read contradict each other")
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
            options.agents = lookups.agents
            options.categories = lookups.categories
        }
        options.unread = arguments[.unread].flatMap(UnreadPolicy.init)
        options.allowsEmpty = arguments.has(.allowEmpty)
        options.allowsHandOff = arguments.has(.allowAIHandoff)
        options.guards = PlanGuards(
            maxChanges: try arguments.integer(.maxChanges, in: 0...Int.max),
            maxChangePercent: try arguments.percent(.maxChangePercent),
            isStrict: arguments.has(.strict))
        return options
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
        throw CommandFailure.usage(
            "--\(option.rawValue) is for making a plan, and \(arguments.operands[0]) is one already: "
                + "leave it out")
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
            guard text.utf8.count == 1, let byte = text.utf8.first else {
                throw CommandFailure.usage("--delimiter takes one ASCII character, or `tab`")
            }
            return byte
        }
    }
}
