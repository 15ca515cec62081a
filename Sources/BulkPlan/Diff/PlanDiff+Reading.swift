import MavaAPI

extension PlanDiff {
    /// Compares two saved plans, after checking that both are complete and unchanged.
    ///
    /// If both were made from the same input, their rows are read side by side in constant memory. Otherwise the
    /// rows are matched by their tickets, which takes some 70 bytes for each row of A and the different changes of
    /// A's rows.
    ///
    /// - Parameters:
    ///   - pathA: The file of plan A.
    ///   - pathB: The file of plan B.
    /// - Throws: A ``PlanError`` for a file that is not a plan or was changed; a `FileError` when one cannot be read.
    public init(_ pathA: String, _ pathB: String) throws {
        let a = try PlanFile(path: pathA)
        let b = try PlanFile(path: pathB)
        headerA = a.header
        headerB = b.header
        matching = a.header.input.sha256 == b.header.input.sha256 ? .row : .ticket
        facts = Self.facts(a.header, b.header)
        // The id is the digest of all rows.
        if a.header.id == b.header.id {
            counts.equal = a.header.counts.rows
            return
        }
        var tally = DiffTally()
        switch matching {
        case .row: try tally.matchRows(a, b)
        case .ticket: try tally.matchTickets(a, b)
        }
        counts = tally.counts
        rowsInOtherGroups = tally.others
        groups = tally.groups(NameDirectory(a.header), NameDirectory(b.header))
    }
}

/// What a plan does with a row: all that is compared.
private struct RowContent: Hashable {
    var disposition: Disposition
    var changes: [FieldChange]
    var expectation: PlanExpectation?
    /// The row that carries the changes; 0 for any other row if the two plans number their rows differently.
    var carrier: Int?
    var isUndiffed: Bool
    var code: RowIssue.Code?

    init(_ entry: PlanEntry, keepsNumbers: Bool) {
        disposition = entry.disposition
        changes = entry.changes
        expectation = entry.expectation
        carrier = entry.mergedInto.map { keepsNumbers ? $0 : 0 }
        isUndiffed = entry.isUndiffed
        code = entry.issue?.code
    }

    func aspects(_ other: RowContent, hasSameTicket: Bool) -> [PlanDiff.Aspect] {
        PlanDiff.Aspect.allCases.filter { aspect in
            switch aspect {
            case .ticket: !hasSameTicket
            case .disposition: disposition != other.disposition
            case .changes: changes != other.changes
            case .expectation: expectation != other.expectation
            case .carrier: carrier != other.carrier
            case .undiffed: isUndiffed != other.isUndiffed
            case .code: code != other.code
            }
        }
    }
}

/// Matches rows, counts them, and groups those that differ.
private struct DiffTally {
    /// What the rows of a group have in common.
    private struct Key: Hashable {
        struct Side: Hashable {
            var disposition: Disposition
            var changes: [FieldChange]
            var code: RowIssue.Code?

            init(_ content: RowContent) {
                (disposition, changes, code) = (content.disposition, content.changes, content.code)
            }
        }

        var a: Side?
        var b: Side?
        var aspects: [PlanDiff.Aspect]
    }

    private(set) var counts = PlanDiff.Counts()
    /// Rows in groups beyond the limit.
    private(set) var others = 0
    private var found: [Key: (rows: Int, samples: [PlanDiff.Sample])] = [:]

    mutating func matchRows(_ a: PlanFile, _ b: PlanFile) throws {
        var readerA = try PlanReader(a)
        var readerB = try PlanReader(b)
        while true {
            let (left, right) = (try readerA.next(), try readerB.next())
            if left == nil, right == nil { return }
            compare(
                left.map { RowContent($0, keepsNumbers: true) },
                right.map { RowContent($0, keepsNumbers: true) },
                hasSameTicket: left?.ticketID == right?.ticketID,
                .init(rowA: left?.row, rowB: right?.row, ticketID: (left ?? right)?.ticketID))
        }
    }

    mutating func matchTickets(_ a: PlanFile, _ b: PlanFile) throws {
        var index = TicketIndex()
        var readerA = try PlanReader(a)
        while let entry = try readerA.next() { index.add(entry) }
        var readerB = try PlanReader(b)
        while let entry = try readerB.next() {
            let match = index.consume(entry.ticketID)
            compare(
                match?.content, RowContent(entry, keepsNumbers: false), hasSameTicket: true,
                .init(rowA: match?.row, rowB: entry.row, ticketID: entry.ticketID))
        }
        guard index.hasUntaken else { return }
        var again = try PlanReader(a)
        var row = 0
        while let entry = try again.next() {
            defer { row += 1 }
            if index.isTaken(row) { continue }
            compare(
                RowContent(entry, keepsNumbers: false), nil, hasSameTicket: true,
                .init(rowA: entry.row, rowB: nil, ticketID: entry.ticketID))
        }
    }

    private mutating func compare(
        _ a: RowContent?, _ b: RowContent?, hasSameTicket: Bool, _ sample: PlanDiff.Sample
    ) {
        if a == b, hasSameTicket {
            counts.equal += 1
            return
        }
        var aspects: [PlanDiff.Aspect] = []
        switch (a, b) {
        case (let a?, let b?):
            counts.different += 1
            aspects = a.aspects(b, hasSameTicket: hasSameTicket)
        case (_, nil): counts.onlyInA += 1
        case (nil, _): counts.onlyInB += 1
        }
        let key = Key(a: a.map(Key.Side.init), b: b.map(Key.Side.init), aspects: aspects)
        if found.count >= PlanDiff.groupLimit, found[key] == nil {
            others += 1
            return
        }
        found[key, default: (0, [])].rows += 1
        if found[key]!.samples.count < PlanDiff.Group.sampleLimit {
            found[key]!.samples.append(sample)
        }
    }

    func groups(_ a: NameDirectory, _ b: NameDirectory) -> [PlanDiff.Group] {
        func side(_ side: Key.Side?, _ directory: NameDirectory) -> PlanDiff.Side? {
            side.map { side in
                PlanDiff.Side(
                    disposition: side.disposition,
                    changes: side.changes.map { PlanSummary.Change($0, directory) }, code: side.code
                )
            }
        }
        // Each group has its own first row, so the order is the same in every run.
        func first(_ group: PlanDiff.Group) -> (Int, Int) {
            (group.samples[0].rowA ?? .max, group.samples[0].rowB ?? .max)
        }
        return found.map { key, value in
            PlanDiff.Group(
                rows: value.rows, a: side(key.a, a), b: side(key.b, b), aspects: key.aspects,
                samples: value.samples)
        }.sorted { $0.rows != $1.rows ? $0.rows > $1.rows : first($0) < first($1) }
    }
}

/// The rows of a plan by their tickets; the rows of one ticket are taken in their order.
private struct TicketIndex {
    private struct Key: Hashable {
        var high: UInt64
        var low: UInt64
    }

    private struct Row {
        /// The row's place among ``contents``; it is kept when the row is taken.
        var content: UInt32
        /// The next row of the same ticket, plus 1; 0 for none.
        var next: UInt32 = 0
        var isTaken = false
    }

    private var rows: [Row] = []
    private var contents: [RowContent] = []
    private var places: [RowContent: UInt32] = [:]
    /// The first and the last row of a ticket that are not taken, plus 1.
    private var byTicket: [Key: (first: UInt32, last: UInt32)] = [:]
    /// Numbers for ids of another form than Mava's.
    private var otherIDs: [String: UInt64] = [:]
    private var taken = 0

    var hasUntaken: Bool { taken < rows.count }

    /// Whether a row, 0 being the first, was taken.
    func isTaken(_ row: Int) -> Bool { rows[row].isTaken }

    mutating func add(_ entry: PlanEntry) {
        let content = RowContent(entry, keepsNumbers: false)
        let place = places[content] ?? UInt32(contents.count)
        if place == contents.count {
            places[content] = place
            contents.append(content)
        }
        rows.append(Row(content: place))
        let number = UInt32(rows.count)
        let key = key(entry.ticketID, addsID: true)!
        if let last = byTicket[key]?.last, last > 0 {
            rows[Int(last) - 1].next = number
            byTicket[key]!.last = number
        } else {
            byTicket[key] = (number, number)
        }
    }

    /// Consumes the first row of a ticket that is left; `nil` if none is.
    mutating func consume(_ ticket: String?) -> (row: Int, content: RowContent)? {
        guard let key = key(ticket, addsID: false), let found = byTicket[key], found.first > 0
        else { return nil }
        let index = Int(found.first) - 1
        rows[index].isTaken = true
        taken += 1
        let next = rows[index].next
        byTicket[key] = next == 0 ? (0, 0) : (next, found.last)
        return (index + 1, contents[Int(rows[index].content)])
    }

    private mutating func key(_ ticket: String?, addsID: Bool) -> Key? {
        guard let ticket else { return Key(high: 0, low: .max) }
        if TicketID(ticket)?.isObjectID == true, let high = UInt64(ticket.prefix(16), radix: 16),
            let low = UInt32(ticket.suffix(8), radix: 16)
        {
            return Key(high: high, low: UInt64(low))
        }
        if let number = otherIDs[ticket] { return Key(high: number, low: .max - 1) }
        guard addsID else { return nil }
        let number = UInt64(otherIDs.count)
        otherIDs[ticket] = number
        return Key(high: number, low: .max - 1)
    }
}
