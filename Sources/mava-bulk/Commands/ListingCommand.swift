import BulkSystem
import MavaBulk

/// `mava-bulk agents` and `mava-bulk categories`: what names and ids the account has, and how many tickets.
enum ListingCommand {
    /// One agent or category.
    private struct Entry {
        var id: String
        /// The names, in the order of the columns behind the id.
        var names: [String?]
        var count: TicketCounts.Count?
        var isListed = true
    }

    static func agents(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        try await run(arguments, console, .agents)
    }

    static func categories(_ arguments: ParsedArguments, _ console: Console) async throws
        -> ExitCode
    {
        try await run(arguments, console, .categories)
    }

    /// What is listed.
    private enum Kind {
        case agents, categories

        var names: [String] {
            self == .agents ? ["username", "email", "walletAddress"] : ["name"]
        }
    }

    private static func run(
        _ arguments: ParsedArguments, _ console: Console, _ kind: Kind
    ) async throws -> ExitCode {
        try checkForm(arguments)
        let isCounted = arguments.has(.count) || arguments.has(.map)
        let filter = try ExportArguments(arguments, now: CurrentProcess.now)
        let connection = try CommandConnection(arguments, console)
        let session = CommandSession(
            console, connection.mava,
            unfinished: isCounted ? "not all tickets were read" : "no update was sent")
        if isCounted { sayPrice(connection, console) }
        let (entries, none, problems) = try await session.watch {
            defer { session.prepared() }
            let listed = try await list(kind, connection.mava.reader)
            guard isCounted else { return (listed.entries, nil as Int?, listed.problems) }
            let counts = try await count(filter, connection.mava, session)
            let entries = joined(listed.entries, kind, counts)
            let none = kind == .agents ? counts.unassigned : counts.uncategorized
            return (entries, none.tickets, listed.problems)
        }
        connection.warnOfLostLedger(console)
        if isCounted { filter.warnOfMissingTags(console) }
        for problem in problems { console.warn(TerminalText.escaped("\(problem)")) }
        try print(entries, kind, arguments, console)
        if let none {
            console.say(
                "\(Words.tickets(none)) \(none == 1 ? "has" : "have") no "
                    + (kind == .agents ? "agent" : "category"))
        }
        return .success
    }

    private static func checkForm(_ arguments: ParsedArguments) throws {
        let forms = [OptionID.map, .csv, .json].filter(arguments.has)
        if forms.count > 1 {
            throw CommandFailure.usage(
                "--\(forms[0].rawValue) and --\(forms[1].rawValue) contradict each other")
        }
        guard !arguments.has(.count), !arguments.has(.map) else { return }
        if let filter = CommandTable.countFilters.first(where: {
            arguments.has($0) || !arguments.list($0).isEmpty
        }) {
            throw CommandFailure.usage(
                "--\(filter.rawValue) selects the tickets to count: give --count as well")
        }
    }

    /// Says what counting costs before it begins.
    private static func sayPrice(_ connection: CommandConnection, _ console: Console) {
        let quota = connection.mava.quota
        let seconds = 1000 * quota.window.components.seconds / Int64(max(quota.share, 1))
        console.say(
            "counting reads the tickets: a request for each 100 of them, so 100,000 tickets take about "
                + "\(Words.wait(seconds: max(1, seconds))) at \(quota)")
    }

    // MARK: Reading

    private static func list(
        _ kind: Kind, _ reader: MavaClient
    ) async throws -> (entries: [Entry], problems: [ListingProblem]) {
        switch kind {
        case .agents:
            let agents = try await reader.agents()
            let entries = agents.elements.map {
                Entry(id: $0.id, names: [$0.username, $0.email, $0.walletAddress])
            }
            return (entries, agents.problems)
        case .categories:
            let categories = try await reader.categories()
            return (
                categories.elements.map { Entry(id: $0.id, names: [$0.name]) }, categories.problems
            )
        }
    }

    private static func count(
        _ filter: ExportArguments, _ mava: MavaConnection, _ session: CommandSession
    ) async throws -> TicketCounts {
        let options = try filter.resolved(try await mava.lookups())
        var counts = TicketCounts()
        _ = try await mava.readTickets(options.filter, progress: session.reading) {
            counts.add($0)
            return true
        }
        return counts
    }

    /// The entries with their counts, most tickets first; what tickets hold and no list has comes as well.
    private static func joined(
        _ listed: [Entry], _ kind: Kind, _ counts: TicketCounts
    ) -> [Entry] {
        let byID = kind == .agents ? counts.byAgent : counts.byCategory
        let known = Set(listed.map(\.id))
        let unlisted = byID.keys.filter { !known.contains($0) }.sorted().map {
            Entry(id: $0, names: kind.names.map { _ in nil }, isListed: false)
        }
        let entries = (listed + unlisted).map { entry in
            var entry = entry
            entry.count = byID[entry.id] ?? TicketCounts.Count()
            return entry
        }
        // A sort that keeps the order of the listing among equals.
        return entries.enumerated().sorted {
            ($1.element.count?.tickets ?? 0, $0.offset) < (
                $0.element.count?.tickets ?? 0, $1.offset
            )
        }.map(\.element)
    }

    // MARK: Printing

    private static func print(
        _ entries: [Entry], _ kind: Kind, _ arguments: ParsedArguments, _ console: Console
    ) throws {
        let isCounted = arguments.has(.count)
        if arguments.has(.json) {
            var buffer = OutputBuffer()
            for entry in entries { append(entry, kind, isCounted, to: &buffer) }
            return try console.data(&buffer, as: .json)
        }
        var header = ["id"] + kind.names
        if isCounted { header += ["tickets", "unresolved"] }
        if arguments.has(.map) {
            header = ["from", "to", "name", "email", "tickets", "unresolved"]
        }
        let rows = entries.map { entry in
            arguments.has(.map) ? mapRow(entry, kind) : row(entry, isCounted)
        }
        if arguments.has(.map) || arguments.has(.csv) {
            var csv = CSVWriter()
            csv.escapesApostrophes = true
            for row in [header] + rows {
                for cell in row { csv.cell(cell) }
                csv.endRow()
            }
            var buffer = OutputBuffer(capacity: csv.buffer.count)
            csv.drain { buffer.append($0) }
            return try console.exactData(&buffer, as: .text)
        }
        var buffer = OutputBuffer()
        let shown = [header] + rows.map { $0.map { TerminalText.value($0 ?? "-") } }
        let widths = widths(shown)
        for row in shown { append(row, widths: widths, to: &buffer) }
        try console.data(&buffer)
    }

    private static func row(_ entry: Entry, _ isCounted: Bool) -> [String?] {
        var row = [entry.id] + entry.names
        if !entry.isListed { row[1] = "not listed" }
        if isCounted {
            row += [entry.count?.tickets, entry.count?.unresolved].map { "\($0 ?? 0)" }
        }
        return row
    }

    /// A row of a map: the id as `from`, an empty `to`, and what says to people whose it is.
    private static func mapRow(_ entry: Entry, _ kind: Kind) -> [String?] {
        // An agent who signed up with a wallet may have no other name.
        let name = entry.isListed ? entry.names[0] ?? entry.names.last ?? nil : "not listed"
        let email = kind == .agents ? entry.names[1] : nil
        return [entry.id, "", name, email]
            + [entry.count?.tickets, entry.count?.unresolved].map { "\($0 ?? 0)" }
    }

    private static func append(
        _ entry: Entry, _ kind: Kind, _ isCounted: Bool, to buffer: inout OutputBuffer
    ) {
        for (index, key) in (["id"] + kind.names).enumerated() {
            buffer.append(index == 0 ? "{" : ",")
            buffer.append(jsonString: key)
            buffer.append(":")
            if let value = index == 0 ? entry.id : entry.names[index - 1] {
                buffer.append(jsonString: value)
            } else {
                buffer.append("null")
            }
        }
        if isCounted {
            buffer.append(",\"tickets\":")
            buffer.append(decimal: entry.count?.tickets ?? 0)
            buffer.append(",\"unresolved\":")
            buffer.append(decimal: entry.count?.unresolved ?? 0)
            buffer.append(entry.isListed ? ",\"listed\":true" : ",\"listed\":false")
        }
        buffer.append("}\n")
    }

    private static func widths(_ rows: [[String]]) -> [Int] {
        rows.reduce(into: []) { widths, row in
            for (index, cell) in row.enumerated() {
                if index == widths.count { widths.append(0) }
                widths[index] = max(widths[index], TerminalText.width(cell))
            }
        }
    }

    private static func append(_ row: [String], widths: [Int], to buffer: inout OutputBuffer) {
        for (index, cell) in row.enumerated() {
            buffer.append(text: cell)
            if index == row.count - 1 { break }
            buffer.append(
                text: String(repeating: " ", count: widths[index] - TerminalText.width(cell) + 2))
        }
        buffer.append("\n")
    }
}
