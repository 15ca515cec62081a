/// What the first object of a text shows about the layout of the whole text.
struct FirstObject {
    private let isTicketKey: (String) -> Bool
    /// Whether the object itself names a ticket.
    private var namesTicket = false
    /// The arrays of objects, and what these objects name.
    private var arrays: [WrappedRecords.Array] = []
    private var isSpread = false
    /// How it holds a table, if it is one.
    private var table: TableObject?
    private var keys = 0
    /// Whether the value of the first key is an object whose first key is a number.
    private var beginsWithCells = false
    private var hasColumns = false
    /// Whether any key of the object is no number.
    private var hasWords = false
    /// Where the object ends; `nil` if its end was not found in the examined part.
    private var end: Int?
    /// The object's open containers: the last key read, or `nil` for an array.
    private var open: [String?] = []
    /// How many of them are arrays.
    private var openArrays = 0

    init(_ isTicketKey: @escaping (String) -> Bool) { self.isTicketKey = isTicketKey }

    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
        var isKeyNext = false
        var at = start
        let lastNonBlank = bytes.lastIndex { !JSONLayout.isBlank($0) } ?? start
        while at < bytes.count {
            switch bytes[at] {
            case 0x22:
                let from = at + 1
                at = from
                while at < bytes.count, bytes[at] != 0x22 {
                    at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
                }
                if isKeyNext, at < bytes.count {
                    note(key: String(decoding: bytes[from..<at], as: UTF8.self))
                    isKeyNext = false
                }
            case UInt8(ascii: "{"):
                open.append("")
                isKeyNext = true
            case UInt8(ascii: "["):
                noteArray(bytes, at + 1)
                open.append(nil)
                openArrays += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if open.removeLast() == nil { openArrays -= 1 }
                isKeyNext = false
                if open.isEmpty {
                    end = at + 1
                    return
                }
            case UInt8(ascii: ","): isKeyNext = open.last != .some(nil)
            // A line break at the end of an object that was cut off spreads it over no lines.
            case 0x0A, 0x0D:
                isSpread = isSpread || at < lastNonBlank
            default: break
            }
            at += 1
        }
    }

    private mutating func note(key: String) {
        open[open.count - 1] = key
        if openArrays == 0 { noteTable(key) }
        guard isTicketKey(key) else { return }
        if open.count == 1 { namesTicket = true }
        // Only the array itself is between the record and the object that holds the array.
        guard openArrays == 1, let last = arrays.last, open.count == last.path.count + 2,
            open.prefix(last.path.count).elementsEqual(last.path.map { $0 })
        else { return }
        arrays[arrays.count - 1].note(ticketKey: key)
    }

    /// Notes a key by which the object is a table.
    private mutating func noteTable(_ key: String) {
        if open.count == 1 {
            keys += 1
            hasWords = hasWords || !Self.isNumber(key)
            hasColumns = hasColumns || key == "columns"
        } else if table == nil, open.count == 2, let outer = open[0] {
            beginsWithCells = beginsWithCells || keys == 1 && Self.isNumber(key)
            if isTicketKey(outer) {
                if Self.isNumber(key) { table = .columns }
            } else if isTicketKey(key), Self.isNumber(outer) {
                table = .rows
            }
        }
    }

    private static func isNumber(_ key: String) -> Bool {
        !key.isEmpty && key.utf8.allSatisfy { 0x30...0x39 ~= $0 }
    }

    /// The table that the object is; `nil` where it is something else, such as a record with objects in it.
    private var wholeTable: TableObject? {
        switch table {
        case .columns: beginsWithCells && arrays.isEmpty ? .columns : nil
        case .rows: hasWords || namesTicket ? nil : .rows
        case .split: namesTicket ? nil : .split
        case nil: nil
        }
    }

    /// Records an array that is empty or holds objects, and that can be reached by keys alone.
    private mutating func noteArray(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) {
        guard openArrays == 0, let last = open.last, let last else { return }
        var at = start
        JSONLayout.skipBlanks(bytes, &at)
        let first = at < bytes.count ? bytes[at] : UInt8(ascii: "]")
        if table == nil, open.count == 1, last == "data", hasColumns, first == UInt8(ascii: "[") {
            table = .split
        }
        guard
            first == UInt8(ascii: "{")
                || first == UInt8(ascii: "]") && WrappedRecords.isUsual(last)
        else { return }
        arrays.append(WrappedRecords.Array(path: open.compactMap { $0 }))
    }

    func layout(_ bytes: UnsafeBufferPointer<UInt8>) -> JSONLayout {
        if let table = wholeTable { return .object(table) }
        // A ticket may have arrays itself, such as its messages.
        let possible = arrays.enumerated().filter {
            !namesTicket || $0 == 0 || $1.path.contains(WrappedRecords.surestKey)
        }
        if let records = WrappedRecords(possible.map(\.element), isWhole: end != nil) {
            let isUsual = records.arrays.contains {
                $0.path.last.map(WrappedRecords.isUsual) ?? false
            }
            let namesRecords = records.arrays.contains(where: \.namesTicket)
            let isNested = records.arrays.contains { $0.path.count > 1 }
            let isWrapper =
                namesTicket || isNested ? isUsual && (namesRecords || !namesTicket) : true
            if isWrapper || isNested && !namesTicket && namesRecords { return .wrapped(records) }
        }
        if let end {
            var at = end
            while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
            if at < bytes.count, bytes[at] == UInt8(ascii: "{") { return .spread }
            JSONLayout.skipBlanks(bytes, &at)
            if at < bytes.count, bytes[at] == UInt8(ascii: ",") { return .separated }
        }
        return isSpread ? .spread : .lines
    }
}
