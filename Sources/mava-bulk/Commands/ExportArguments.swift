import BulkSystem
import MavaBulk

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a command line says about an export.
///
/// What needs no names is checked before anything is read; names are looked up before tickets are read.
struct ExportArguments {
    /// How the export is written, and the filters that need no names.
    var options = ExportOptions()
    private let assignees: [String]
    private let categories: [String]
    private let set: [(field: Field, value: String)]
    private let conditions: [TicketCondition]

    /// The fields that `--set` can write.
    private enum Field: String, CaseIterable {
        case status, priority, category, assignee

        /// The field of a name, as an input's columns are called.
        init?(name: String) {
            switch ColumnRole(columnName: name) {
            case .status: self = .status
            case .priority: self = .priority
            case .categoryID, .categoryName: self = .category
            case .assignee: self = .assignee
            default: return nil
            }
        }

        var ticketField: TicketField {
            switch self {
            case .status: .status
            case .priority: .priority
            case .category: .categoryID
            case .assignee: .assignedTo
            }
        }
    }

    /// The ratings of `--csat`.
    static let ratings = ["1", "2", "3", "4", "5", "no-rating"]
    /// What a listing can hold: the four statuses of an update, and one more that was seen.
    private static let statuses = TicketStatus.allCases.map(\.rawValue) + ["Spam"]

    /// Reads the command line.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - now: The current time.
    /// - Throws: A ``CommandFailure`` that says what is wrong.
    init(_ arguments: ParsedArguments, now: Date) throws {
        assignees = arguments.list(.assignee)
        categories = arguments.list(.category)
        set = try Self.wanted(arguments)
        conditions = try PlanArguments.conditions(arguments).map { condition in
            try TicketCondition(condition)
        }
        options.filter = try Self.filter(arguments, now)
        try parseForm(arguments)
        options.limit = try arguments.integer(.limit, in: 1...Int.max)
        options.sample = try arguments.integer(.sample, in: 1...1_000_000)
        if options.limit != nil, options.sample != nil {
            throw CommandFailure.usage("--limit and --sample contradict each other")
        }
        if let seed = try arguments.integer(.seed, in: 0...Int.max) {
            guard options.sample != nil else {
                throw CommandFailure.usage("--seed selects a sample: give --sample N as well")
            }
            options.seed = UInt64(seed)
        }
    }

    // MARK: Filters

    private static func filter(_ arguments: ParsedArguments, _ now: Date) throws -> TicketFilter {
        var filter = TicketFilter()
        filter.statuses = try arguments.list(.status).map {
            try word($0, among: statuses, option: .status)
        }
        filter.origins = try arguments.list(.origin).map {
            try word($0, among: TicketOrigin.known, option: .origin)
        }
        filter.satisfactions = try arguments.list(.csat).map { text in
            Int(try word(text, among: ratings, option: .csat)) ?? 0
        }
        filter.tags = arguments.list(.tag)
        if !filter.tags.isEmpty { filter.seenTags = SeenTags() }
        if let age = try age(.idle, arguments) { filter.unchangedSince = now - age }
        filter.createdFrom = try arguments[.since].map { try moment($0, .since, now) }
        filter.createdBefore = try arguments[.until].map { try moment($0, .until, now) }
        if let age = try age(.older, arguments) {
            // A ticket that is exactly so old counts.
            let end = now - age + 0.000_001
            filter.createdBefore = min(filter.createdBefore ?? end, end)
        }
        if let start = filter.createdFrom, let end = filter.createdBefore, start >= end {
            throw CommandFailure.usage(
                "no ticket can match: the time of --since is not before the end of the range")
        }
        if let path = arguments[.idFile] {
            do {
                filter.ids = try TicketIDFile.ids(path: path)
            } catch {
                throw CommandFailure(.unusableInput, "\(error)")
            }
            guard filter.ids?.isEmpty == false else {
                throw CommandFailure(.unusableInput, "\(path) holds no ticket's id")
            }
        }
        return filter
    }

    /// Warns of tags that no ticket had, because they may be misspelt.
    ///
    /// - Parameter console: The output.
    func warnOfMissingTags(_ console: Console) {
        for (tag, closest) in options.filter.seenTags?.missing(of: options.filter.tags) ?? [] {
            console.warn(
                "none of the tickets that were read has the tag `\(tag)`; "
                    + (closest.map { "did you mean `\($0)`?" }
                        ?? "the API has no list of tags to check it against"))
        }
    }

    /// One of a few words, in whatever case it is written.
    private static func word(
        _ text: String, among words: [String], option: OptionID
    ) throws -> String {
        let folded = text.lowercased()
        if let word = words.first(where: { $0.lowercased() == folded }) { return word }
        let meant = closest(to: folded, among: words) { $0.lowercased() }
        let advice =
            text.contains(",")
            ? "; give the option once for each" : meant.map { "; did you mean \($0)?" } ?? ""
        throw CommandFailure.usage(
            "--\(option.rawValue) takes \(words.joined(separator: ", ")), not `\(text)`\(advice)")
    }

    private static func age(
        _ option: OptionID, _ arguments: ParsedArguments
    ) throws -> TimeInterval? {
        if let text = arguments[option], let time = WrittenTime(text) {
            let date = WrittenTime.text(time.start, within: time.length)
            throw CommandFailure.usage(
                "--\(option.rawValue) takes an age such as 14d; "
                    + (option == .older
                        ? "--until \(date) takes a date"
                        : "--where 'updatedAt < \(date)' takes a date"))
        }
        let age = try arguments.duration(option, from: "1s", to: "1000y", needsUnit: true)
        return age.map { TimeInterval($0.components.seconds) }
    }

    private static func moment(_ text: String, _ option: OptionID, _ now: Date) throws -> Date {
        guard let moment = WrittenMoment.date(text, now: now) else {
            throw CommandFailure.usage(
                "--\(option.rawValue) takes a time such as 2026-03-01, 2026-03-01T09:30:00Z or 30d, "
                    + "not `\(text)`")
        }
        return moment
    }

    // MARK: Form

    private mutating func parseForm(_ arguments: ParsedArguments) throws {
        if let format: ExportFormat = try arguments.rowFormat() { options.format = format }
        options.hasMark = arguments.has(.bom)
        if let delimiter = try PlanArguments.delimiter(arguments) {
            guard ",;|\t".utf8.contains(delimiter) else {
                throw CommandFailure.usage("--delimiter of an export takes , ; | or tab")
            }
            options.delimiter = delimiter
        }
        if options.format == .jsonLines,
            let option = arguments.firstGiven(of: [.bom, .delimiter])
        {
            throw CommandFailure.usage("--\(option.rawValue) is for CSV, and JSON Lines has none")
        }
        guard let list = arguments[.columns] else { return }
        let columns = try list.split(separator: ",").map { try Self.column(String($0)) }
        options.columns = columns
        guard columns.contains(.ticketID) else {
            throw CommandFailure.usage(
                "--columns needs ticketId: without it the file cannot be applied")
        }
        var seen: Set<ExportColumn> = []
        if let doubled = columns.first(where: { !seen.insert($0).inserted }) {
            throw CommandFailure.usage("--columns names \(doubled.rawValue) twice")
        }
    }

    private static func column(_ name: String) throws -> ExportColumn {
        if let column = ExportColumn(name: name) { return column }
        let names = ExportColumn.allCases.map(\.rawValue)
        let meant = closest(to: name.lowercased(), among: names) { $0.lowercased() }
        throw CommandFailure.usage(
            "--columns has no column `\(name)`; "
                + (meant.map { "did you mean \($0)?" }
                    ?? "there are \(names.joined(separator: ", "))"))
    }

    // MARK: Wanted values

    private static func wanted(
        _ arguments: ParsedArguments
    ) throws -> [(field: Field, value: String)] {
        var wanted: [(field: Field, value: String)] = []
        for text in arguments.list(.set) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[1].isEmpty else {
                throw CommandFailure.usage(
                    "--set takes a field and its value, such as status=Resolved, not `\(text)`")
            }
            wanted.append((try field(String(parts[0]), .set), String(parts[1])))
        }
        for name in arguments.list(.unset) {
            guard Field(name: name) == .assignee else {
                let meant = closest(to: name.lowercased(), among: ["assignee"]) { $0 }
                throw CommandFailure.usage(
                    "--unset takes assignee, not `\(name)`: no other field can be cleared"
                        + (meant.map { "; did you mean \($0)?" } ?? ""))
            }
            wanted.append((.assignee, "unassigned"))
        }
        var seen: Set<Field> = []
        if let doubled = wanted.first(where: { !seen.insert($0.field).inserted }) {
            throw CommandFailure.usage("the \(doubled.field.rawValue) is set twice")
        }
        return wanted
    }

    private static func field(_ name: String, _ option: OptionID) throws -> Field {
        if let field = Field(name: name) { return field }
        let names = Field.allCases.map(\.rawValue)
        let meant = closest(to: name.lowercased(), among: names) { $0 }
        throw CommandFailure.usage(
            "--\(option.rawValue) takes \(names.joined(separator: ", ")), not `\(name)`"
                + (meant.map { "; did you mean \($0)?" } ?? ""))
    }

    // MARK: Names

    /// Replaces the names of agents and categories by their ids.
    ///
    /// - Parameter lookups: The agents and categories there are.
    /// - Returns: The export's options.
    /// - Throws: A ``CommandFailure`` that names the closest name.
    func resolved(_ lookups: Lookups) throws -> ExportOptions {
        var options = options
        let directory = NameDirectory(agents: lookups.agents, categories: lookups.categories)
        options.filter.assignees = try assignees.map { name in
            let match = directory.agent(name)
            if case .id(let id) = match, name.lowercased() != "unassigned" { return id }
            if Self.isNone(name) { return TicketFilter.unassigned }
            return try Self.id(name, match, "--assignee `\(name)`", takesUnlisted: true)
        }
        options.filter.categories = try categories.map { name in
            try Self.id(
                name, directory.category(name), "--category `\(name)`", takesUnlisted: true)
        }
        for condition in conditions { try condition.check(lookups) }
        let holds = conditions.map { $0.filter(lookups) }
        if !holds.isEmpty {
            options.filter.condition = { ticket in holds.allSatisfy { $0(ticket) } }
        }
        guard !set.isEmpty else { return options }
        var wanted = WantedValues()
        for (field, value) in set {
            let place = "--set \(field.rawValue)=\(value):"
            switch (field, try Self.meaning(of: value, field, place)) {
            case (.status, .number(let number)):
                wanted.status = TicketStatus.allCases[Int(number) - 1]
            case (_, .number(let number)):
                wanted.priority = TicketPriority(rawValue: Int(number))
            case (.category, .name(let name)):
                wanted.categoryID = try Self.id(
                    name, directory.category(name), "\(place) it", takesUnlisted: false)
            case (_, .name(let name)):
                let match = directory.agent(name)
                if case .unknown = match, NamedThing.meansNobody(name) {
                    throw CommandFailure.usage("\(place) did you mean unassigned?")
                }
                wanted.assignee = .agent(
                    try Self.id(name, match, "\(place) it", takesUnlisted: false))
            case (_, .none): wanted.assignee = .unassigned
            }
        }
        options.wanted = wanted
        return options
    }

    private static func isNone(_ text: String) -> Bool {
        ["unassigned", "none", "null"].contains(text.lowercased())
    }

    /// What a value of `--set` means: the same as in a plan.
    private static func meaning(
        of value: String, _ field: Field, _ place: String
    ) throws -> FieldText {
        do throws(FieldValueError) {
            return try FieldFill(field.ticketField, value).wanted
        } catch {
            throw CommandFailure.usage("\(place) \(error.message)")
        }
    }

    /// The id that a name means.
    ///
    /// - Parameters:
    ///   - name: The name as written.
    ///   - match: What the lists say of it.
    ///   - subject: How a message begins: where it was written.
    ///   - takesUnlisted: Whether an id that no list has is taken as it is: tickets can still have it.
    /// - Returns: The id.
    /// - Throws: A ``CommandFailure`` when it means nothing, or several things.
    private static func id(
        _ name: String, _ match: NameDirectory.Match, _ subject: String, takesUnlisted: Bool
    ) throws -> String {
        switch match {
        case .id(let id): return id
        case .ambiguous(let candidates):
            throw CommandFailure.usage(
                "\(subject) can be \(candidates.prefix(5).joined(separator: " or ")): "
                    + "write the id")
        case .unknown, .notListed, .notInSnapshot:
            if takesUnlisted, TicketID(name)?.isObjectID == true { return name }
            var meant: String?
            if case .unknown(let closest) = match { meant = closest }
            throw CommandFailure.usage(
                "\(subject) is not listed; "
                    + (meant.map { "did you mean \($0)?" }
                        ?? "`mava-bulk agents` and `mava-bulk categories` list the names"))
        }
    }
}
