import BulkPlan
import BulkSystem
import MavaAPI

/// Writes tickets as CSV rows or as JSON Lines, into a buffer that its owner empties.
package struct ExportWriter: ~Copyable {
    /// A cell: text, a number, a list of texts, or nothing.
    private enum Cell {
        case none
        case text(String)
        case number(Int)
        case list([String])
    }

    private let layout: ExportLayout
    private let format: ExportFormat
    private let wanted: WantedValues?
    private var names: ReferenceNames
    private var csv = CSVWriter()
    private var json = OutputBuffer()

    /// Makes a writer; for CSV, the header is already in the buffer.
    package init(_ options: ExportOptions, _ lookups: Lookups) {
        layout = ExportLayout(options)
        format = options.format
        wanted = options.wanted
        names = ReferenceNames(lookups)
        guard format == .csv else { return }
        csv.escapesApostrophes = true
        csv.begin(delimiter: options.delimiter, hasMark: options.hasMark, rowEnd: "\n")
        for (header, _) in layout.cells { csv.cell(header) }
        csv.endRow()
    }

    /// The number of bytes in the buffer.
    package var count: Int { format == .csv ? csv.buffer.count : json.count }

    /// Passes on the bytes in the buffer, which end with a complete row.
    package mutating func drain<E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        if format == .csv { try csv.drain(body) } else { try json.drain(body) }
    }

    /// Appends a ticket.
    package mutating func append(_ ticket: ListedTicket) {
        if format == .csv { appendRow(ticket) } else { appendObject(ticket) }
    }

    private mutating func appendRow(_ ticket: ListedTicket) {
        for index in layout.cells.indices {
            switch cell(layout.cells[index].content, ticket) {
            case .none: csv.cell("")
            case .text(let text): csv.cell(text)
            case .number(let number): csv.cell(number)
            case .list(let texts): csv.cell(texts.joined(separator: "; "))
            }
        }
        csv.endRow()
    }

    /// Appends an object; a missing value is left out, because `null` would be a request.
    private mutating func appendObject(_ ticket: ListedTicket) {
        var separator: StaticString = "{"
        for index in layout.cells.indices {
            let cell = cell(layout.cells[index].content, ticket)
            if case .none = cell { continue }
            json.append(separator)
            separator = ","
            json.append(jsonString: layout.cells[index].header)
            json.append(":")
            switch cell {
            case .none: break
            case .text(let text): json.append(jsonString: text)
            case .number(let number): json.append(decimal: number)
            case .list(let texts):
                json.append("[")
                for (place, text) in texts.enumerated() {
                    if place > 0 { json.append(",") }
                    json.append(jsonString: text)
                }
                json.append("]")
            }
        }
        json.append("}\n")
    }

    private mutating func cell(_ content: ExportLayout.Content, _ ticket: ListedTicket) -> Cell {
        switch content {
        case .held(let column): held(column, ticket)
        case .reference(.assignee):
            Self.text(ticket.assignedTo.map { names.agentReference($0) })
        case .reference: Self.text(ticket.categoryID.map { names.categoryReference($0) })
        case .wanted(let column): wantedValue(column)
        case .expected(let column): expected(column, ticket)
        }
    }

    private mutating func held(_ column: ExportColumn, _ ticket: ListedTicket) -> Cell {
        switch column {
        case .ticketID: .text(ticket.id.rawValue)
        case .status: Self.text(ticket.status.flatMap(Self.plannable))
        case .priority: Self.number(ticket.priority.flatMap(Self.plannable))
        case .categoryID: Self.text(ticket.categoryID)
        case .category:
            Self.text(
                ticket.categoryID.map { names.categoryName($0, listed: ticket.categoryName) }
                    ?? ticket.categoryName)
        case .assignedTo: Self.text(ticket.assignedTo)
        case .assignee:
            Self.text(
                ticket.assignedTo.map { names.agentName($0, listed: ticket.assigneeName) }
                    ?? ticket.assigneeName)
        case .createdAt: Self.text(ticket.createdAt)
        case .updatedAt: Self.text(ticket.updatedAt)
        case .aiStatus: Self.text(ticket.aiStatus)
        case .origin: Self.text(ticket.origin)
        case .tags: ticket.tags.isEmpty ? .none : .list(ticket.tags)
        case .customer: Self.text(ticket.customer)
        case .subject: Self.text(ticket.subject)
        case .csat: Self.number(ticket.satisfaction)
        case .link: .text(ticket.link)
        case .currentStatus: Self.text(ticket.status)
        }
    }

    /// A status that a plan takes for a ticket that has it; `nil` for any other.
    ///
    /// An input with another one would be invalid, although nothing was edited. Blank means unchanged.
    private static func plannable(_ status: String) -> String? {
        let statuses = TicketStatus.allCases.map(\.rawValue) + ["Spam"]
        return statuses.contains { $0.lowercased() == status.lowercased() } ? status : nil
    }

    /// A priority that a plan takes for a ticket that has it; `nil` for any other.
    private static func plannable(_ priority: Int) -> Int? {
        1...(TicketPriority.allCases.count + 1) ~= priority ? priority : nil
    }

    private func wantedValue(_ column: ExportColumn) -> Cell {
        switch column {
        case .status: Self.text(wanted?.status?.rawValue)
        case .priority: Self.number(wanted?.priority?.rawValue)
        case .categoryID: Self.text(wanted?.categoryID)
        default: Self.text(wanted?.assignee.map { $0.agentID ?? "unassigned" })
        }
    }

    /// The ticket's current value in the form of a precondition; empty when no precondition can express it.
    private func expected(_ column: ExportColumn, _ ticket: ListedTicket) -> Cell {
        switch column {
        case .status: Self.text(ticket.status)
        case .priority:
            ticket.priority == nil
                ? .text("null")
                : Self.number(ticket.priority.flatMap { TicketPriority(rawValue: $0)?.rawValue })
        case .categoryID: .text(ticket.categoryID ?? "null")
        case .assignedTo: .text(ticket.assignedTo ?? "unassigned")
        default: Self.text(ticket.updatedAt)
        }
    }

    private static func text(_ text: String?) -> Cell { text.map { .text($0) } ?? .none }

    private static func number(_ number: Int?) -> Cell { number.map { .number($0) } ?? .none }
}

/// The names of agents and categories, each looked up once.
private struct ReferenceNames {
    private let directory: NameDirectory
    private let agents: [String: Agent]
    private var agentReferences: [String: String] = [:]
    private var categoryReferences: [String: String] = [:]

    init(_ lookups: Lookups) {
        directory = NameDirectory(agents: lookups.agents, categories: lookups.categories)
        agents = Dictionary(lookups.agents.map { ($0.id, $0) }) { first, _ in first }
    }

    func agentName(_ id: String, listed: String?) -> String {
        directory.agentName(id) ?? listed ?? Lookups.notListed
    }

    func categoryName(_ id: String, listed: String?) -> String {
        directory.categoryName(id) ?? listed ?? Lookups.notListed
    }

    /// The first name by which the planner finds exactly this agent; otherwise the id.
    mutating func agentReference(_ id: String) -> String {
        if let known = agentReferences[id] { return known }
        let agent = agents[id]
        let names = [agent?.username, agent?.email, agent?.walletAddress].compactMap(\.self)
        let reference =
            names.first {
                Self.isName($0) && directory.agent($0, suggests: false) == .id(id)
                    && directory.agent(Self.cell($0), suggests: false) == .id(id)
            } ?? id
        agentReferences[id] = reference
        return reference
    }

    /// Whether a cell with a name is read as a name, and not as a word or as a spreadsheet's `="…"`.
    private static func isName(_ name: String) -> Bool {
        let text = cell(name)
        return !ColumnRole.clearingWords.contains(text.lowercased()) && !text.hasPrefix("=\"")
    }

    /// A name as the planner reads it from a cell: without the blanks around it.
    private static func cell(_ name: String) -> String {
        var text = name[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    mutating func categoryReference(_ id: String) -> String {
        if let known = categoryReferences[id] { return known }
        let name = directory.categoryName(id)
        let reference =
            name.flatMap {
                Self.isName($0) && directory.category($0, suggests: false) == .id(id)
                    && directory.category(Self.cell($0), suggests: false) == .id(id) ? $0 : nil
            } ?? id
        categoryReferences[id] = reference
        return reference
    }
}
