import BulkRecords

/// A simple CSV parser that reads one byte after the other, with the whole input in memory.
///
/// It defines what the reader must return, and shares no code with it. It has no limits.
struct PlainCSV {
    /// Its result for one record: the line, the texts or the problem, and the bytes.
    struct Row: Hashable {
        var line: Int
        var start: Int
        var raw: [UInt8]
        var fields: [[UInt8]] = []
        var problem: RecordProblem.Code?
        var problemLine = 0
        var problemOffset = 0
        /// How many of its last fields are empty or contain only blanks.
        var emptyAtEnd = 0
        /// How many fields a row with too many or too few has.
        var fieldsFound = 0
    }

    private let bytes: [UInt8]
    private let delimiter: UInt8
    private let fieldCount: Int
    private var at: Int
    private var line: Int
    /// The surplus of delimiters at the end of every valid row of the beginning, compared with the
    /// header.
    private var delimitersMore = 0
    /// Whether each line has blanks between a delimiter and a quote.
    private var skipsBlanks = false

    /// Uses the bytes after a header.
    init(_ bytes: [UInt8], from start: Int, line: Int, fieldCount: Int, delimiter: UInt8) {
        self.bytes = bytes
        self.delimiter = delimiter
        self.fieldCount = fieldCount
        at = start
        self.line = line
        let lines = bytes[start...].prefix(64 << 10).split { $0 == 0x0A || $0 == 0x0D }
        var first = self
        skipsBlanks = first.next()?.problem == .strayQuote && lines.allSatisfy(hasBlankBeforeQuote)
        delimitersMore = countDelimitersMore(start)
    }

    private func hasBlankBeforeQuote(_ line: ArraySlice<UInt8>) -> Bool {
        line.split(separator: delimiter, omittingEmptySubsequences: false).dropFirst().contains {
            $0.first == 0x20 && $0.first { $0 != 0x20 } == 0x22
        }
    }

    private func countDelimitersMore(_ start: Int) -> Int {
        var rows = self
        var fewest: Int?
        while let row = rows.next(), rows.at - start <= 64 << 10 {
            switch row.problem {
            case nil: return 0
            case .strayQuote, .unclosedQuote: return fewest ?? 0
            case .raggedRow where row.fieldsFound > fieldCount:
                let more = row.fieldsFound - fieldCount
                if row.emptyAtEnd >= more {
                    fewest = min(more, fewest ?? more)
                }
            default: break
            }
        }
        return fewest ?? 0
    }

    /// The next record; `nil` at the end.
    mutating func next() -> Row? {
        while at < bytes.count, isBreak(at) { passBreak() }
        guard at < bytes.count else { return nil }
        var row = Row(line: line, start: at, raw: [])
        while true {
            var field: [UInt8] = []
            if skipsBlanks, let quote = (at..<bytes.count).first(where: { bytes[$0] != 0x20 }),
                bytes[quote] == 0x22
            {
                at = quote
            }
            if at < bytes.count, bytes[at] == 0x22 {
                let (open, openLine) = (at, line)
                var afterFirstBreak: (break: Int, next: Int, line: Int)?
                at += 1
                var isClosed = false
                while at < bytes.count {
                    if bytes[at] == 0x22 {
                        at += 1
                        if at < bytes.count, bytes[at] == 0x22 {
                            field.append(0x22)
                            at += 1
                            continue
                        }
                        isClosed = true
                        break
                    }
                    if isBreak(at) {
                        let start = at
                        passBreak()
                        field += bytes[start..<at]
                        if afterFirstBreak == nil { afterFirstBreak = (start, at, line) }
                    } else {
                        field.append(bytes[at])
                        at += 1
                    }
                }
                let isProper =
                    isClosed && (at == bytes.count || bytes[at] == delimiter || isBreak(at))
                if !isProper {
                    let isStray = isClosed && afterFirstBreak == nil
                    row.fields = []
                    row.problem = isStray ? .strayQuote : .unclosedQuote
                    row.problemLine = openLine
                    row.problemOffset = isStray ? at : open
                    if let resume = afterFirstBreak {
                        row.raw = Array(bytes[row.start..<resume.break])
                        (at, line) = (resume.next, resume.line)
                    } else {
                        skipLine(&row)
                    }
                    return row
                }
            } else if let end = formulaEnd() {
                field = Array(bytes[at..<end])
                at = end
            } else {
                while at < bytes.count, bytes[at] != delimiter, !isBreak(at) {
                    if bytes[at] == 0x22 {
                        row.problem = .strayQuote
                        row.problemLine = line
                        row.problemOffset = at
                        skipLine(&row)
                        return row
                    }
                    field.append(bytes[at])
                    at += 1
                }
            }
            row.fields.append(field)
            if at < bytes.count, bytes[at] == delimiter {
                at += 1
                continue
            }
            row.raw = Array(bytes[row.start..<at])
            row.emptyAtEnd = row.fields.reversed().prefix { $0.allSatisfy { $0 == 0x20 } }.count
            // Surplus delimiters at the end, with nothing after them.
            if delimitersMore > 0, row.fields.count == fieldCount + delimitersMore,
                row.emptyAtEnd >= delimitersMore
            {
                row.fields.removeLast(delimitersMore)
            }
            let isBlank = row.raw.allSatisfy { $0 == delimiter }
            if !isBlank { check(&row) }
            if at < bytes.count { passBreak() }
            return isBlank ? next() : row
        }
    }

    /// Where a field `="…"` that starts here ends; `nil` for any other field.
    private func formulaEnd() -> Int? {
        guard at + 2 < bytes.count, bytes[at] == UInt8(ascii: "="), bytes[at + 1] == 0x22 else {
            return nil
        }
        var end = at + 2
        while end < bytes.count, bytes[end] != 0x22 {
            if bytes[end] == delimiter || bytes[end] <= 0x0D { return nil }
            end += 1
        }
        guard end < bytes.count, end - at <= 257 else { return nil }
        end += 1
        return end == bytes.count || bytes[end] == delimiter || isBreak(end) ? end : nil
    }

    private func check(_ row: inout Row) {
        let nul = row.raw.firstIndex(of: 0)
        let invalid = firstInvalid(row.raw)
        if let offset = [nul, invalid].compactMap({ $0 }).min() {
            row.problem = offset == nul ? .nulByte : .invalidUTF8
            row.problemOffset = row.start + offset
            var before = PlainCSV(
                Array(row.raw[..<offset]), from: 0, line: row.line, fieldCount: 0, delimiter: 0)
            while before.at < before.bytes.count {
                if before.isBreak(before.at) { before.passBreak() } else { before.at += 1 }
            }
            row.problemLine = before.line
        } else if row.fields.count != fieldCount {
            row.problem = .raggedRow
            row.fieldsFound = row.fields.count
            row.problemLine = row.line
            row.problemOffset = row.start
        }
        if row.problem != nil { row.fields = [] }
    }

    private mutating func skipLine(_ row: inout Row) {
        while at < bytes.count, !isBreak(at) { at += 1 }
        row.raw = Array(bytes[row.start..<at])
        row.fields = []
        if at < bytes.count { passBreak() }
    }

    private func isBreak(_ position: Int) -> Bool {
        bytes[position] == 0x0A || bytes[position] == 0x0D
    }

    private mutating func passBreak() {
        if bytes[at] == 0x0D, at + 1 < bytes.count, bytes[at + 1] == 0x0A { at += 1 }
        at += 1
        line += 1
    }

    /// The offset of the first error that the standard library's decoder finds.
    private func firstInvalid(_ bytes: [UInt8]) -> Int? {
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var offset = 0
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let scalar): offset += scalar.count
            case .error: return offset
            case .emptyInput: return nil
            }
        }
    }
}
