package import BulkSystem

extension PlanHeader {
    /// Reads a plan's first line.
    ///
    /// - Parameters:
    ///   - line: The line's bytes, without the newline.
    ///   - path: The plan's file, for messages.
    /// - Returns: The header.
    /// - Throws: A ``PlanError`` when the line is not a header, was changed, or has a newer
    ///   version.
    static func read(
        _ line: UnsafeRawBufferPointer, path: String
    ) throws(PlanError) -> PlanHeader {
        var cursor = JSONCursor(line)
        var format: String?
        var version: Int?
        let whole: Void? = cursor.object { key, value in
            switch key {
            case "format": format = value.string()
            case "version": version = value.integer()
            default: return value.skip()
            }
            return true
        }
        guard format == Self.format else {
            throw PlanError(
                code: .notAPlan,
                message: "this is not a plan: a plan's first line starts with \(beginning)",
                path: path)
        }
        if let version, version > currentVersion {
            throw PlanError(
                code: .planTooNew,
                message: "the plan has format version \(version), this program knows up to "
                    + "\(currentVersion): apply it with the program that made it, or plan again",
                path: path)
        }
        guard whole != nil, version != nil, hasValidCheck(line),
            let header = PlanHeader(fields: line)
        else {
            throw PlanError(
                code: .headerChanged,
                message: "the plan's header does not fit its checksum, so it was changed after the "
                    + "plan was made: plan again", path: path, line: 1)
        }
        return header
    }

    /// Whether a file that begins with these bytes was once a plan.
    ///
    /// A plan with damaged first bytes, or with a byte order mark before it, must not be treated as
    /// an input. It is refused as a plan.
    ///
    /// - Parameter bytes: The file's first bytes, as many as one read returns.
    /// - Returns: Whether it was a plan.
    package static func isBeginning(_ bytes: [UInt8]) -> Bool {
        if bytes.starts(with: beginning.utf8) { return true }
        func has(_ text: String) -> Bool { bytes.firstRange(of: Array(text.utf8)) != nil }
        let isObject =
            bytes.prefix(32).contains(UInt8(ascii: "{"))
            || bytes.prefix(32).contains(UInt8(ascii: "\""))
        guard isObject else { return false }
        let hasHeader =
            has("\"\(format)\"") || has(#","tool":"mava-bulk "#) && has(#","sha256":""#)
        return hasHeader || bytes.starts(with: #"{"row":"#.utf8) && has(#","do":""#)
    }

    /// The plan's id in the first bytes of a plan.
    ///
    /// The id is near the beginning, so that the first 4,096 bytes hold it even if the header is longer.
    ///
    /// - Parameter bytes: The first bytes of the file.
    /// - Returns: The id; `nil` when there is none.
    package static func id(inBeginning bytes: UnsafeRawBufferPointer) -> String? {
        var cursor = JSONCursor(bytes)
        var id: String?
        // The text may end within the header.
        _ = cursor.object { key, value in
            guard key == "id" else { return value.skip() }
            id = value.string()
            return false
        }
        return id
    }

    /// Whether the line ends with the checksum of everything before it, followed only by spaces.
    private static func hasValidCheck(_ line: UnsafeRawBufferPointer) -> Bool {
        var end = line.count
        while end > 0, line[end - 1] == UInt8(ascii: " ") { end -= 1 }
        let tail = #","check":""#.utf8.count + 8 + #""}"#.utf8.count
        guard end > tail else { return false }
        let body = UnsafeRawBufferPointer(rebasing: line[..<(end - tail)])
        let expected = #","check":""# + CRC32C.hex(CRC32C.checksum(body)) + #""}"#
        return line[(end - tail)..<end].elementsEqual(expected.utf8)
    }

    private init?(fields line: UnsafeRawBufferPointer) {
        self.init(
            tool: "", createdAt: "",
            input: Input(name: "", sha256: "", format: "", columns: []), source: .none,
            price: PlanPrice(reads: 0, writes: 0, auditEntries: 0))
        var cursor = JSONCursor(line)
        var header = self
        let whole: Void? = cursor.object { key, value in header.parse(key, &value) }
        guard whole != nil, header.counts.addUp, header.id.utf8.count == 64 else { return nil }
        self = header
    }

    /// Reads one member and ignores members that a later version adds.
    private mutating func parse(_ key: String, _ value: inout JSONCursor) -> Bool {
        switch key {
        case "version": return value.read(into: &version)
        case "tool": return value.read(into: &tool)
        case "id": return value.read(into: &id)
        case "parent":
            parent = value.string()
            return parent?.utf8.count == 64
        case "follows":
            follows = Lineage(reading: &value)
            return follows != nil
        case "shard":
            shard = Shard(reading: &value)
            return shard != nil
        case "organisation":
            var hashes: [String] = []
            guard value.read(into: &hashes) else { return false }
            organisation = OrganisationFingerprint(hashes: hashes)
            return organisation != nil
        case "createdAt": return value.read(into: &createdAt)
        case "input": return value.object { key, value in parseInput(key, &value) } != nil
        case "source":
            guard let source = value.string().flatMap(Source.init(rawValue:)) else { return false }
            self.source = source
            return true
        case "baseURL":
            baseURL = value.string()
            return baseURL != nil
        case "counts": return value.object { key, value in parseCount(key, &value) } != nil
        case "requests": return value.read(into: &requests)
        case "fieldChanges": return value.read(into: &fieldChanges)
        case "undiffed": return value.read(into: &undiffed)
        case "handOffs": return value.read(into: &handOffs)
        case "allowsHandOff":
            allowsHandOff = value.isTrue()
            return value.skip()
        case "unread":
            unread = value.string().flatMap(UnreadPolicy.init)
            return unread != nil
        case "conditions": return value.read(into: &conditions)
        case "onDuplicate":
            lastRowCounts = value.string() == "last"
            return lastRowCounts
        case "expectsUpdateTimes":
            expectsUpdateTimes = value.isTrue()
            return value.skip()
        case "blindAssignments": return value.read(into: &blindAssignments)
        case "unassignedFromAI": return value.read(into: &unassignedFromAI)
        case "ticketsRead": return value.read(into: &ticketsRead)
        case "price": return value.object { key, value in parsePrice(key, &value) } != nil
        case "namesNoObjectId":
            namesNoObjectID = value.isTrue()
            return value.skip()
        case "namesFrom":
            takesNamesFromSnapshot = value.string() == "snapshot"
            return true
        case "agents": return value.read(into: &agentNames)
        case "categories": return value.read(into: &categoryNames)
        case "maps": return value.array { parseMap(&$0) } != nil
        case "waivers": return value.array { parseWaiver(&$0) } != nil
        case "notes": return value.read(into: &notes)
        default: return value.skip()
        }
    }

    private mutating func parseInput(_ key: String, _ value: inout JSONCursor) -> Bool {
        switch key {
        case "name": value.read(into: &input.name)
        case "sha256": value.read(into: &input.sha256)
        case "format": value.read(into: &input.format)
        case "delimiter": readDelimiter(&value)
        case "mark":
            readFlag(&value, into: \.hasMark)
        case "lineEnd": readLineEnd(&value)
        case "columns": value.read(into: &input.columns)
        default: value.skip()
        }
    }

    private mutating func readDelimiter(_ value: inout JSONCursor) -> Bool {
        guard let text = value.string(), text.utf8.count == 1 else { return false }
        input.delimiter = text
        return true
    }

    private mutating func readLineEnd(_ value: inout JSONCursor) -> Bool {
        guard let lineEnd = value.string().flatMap(Input.LineEnd.init) else { return false }
        input.lineEnd = lineEnd
        return true
    }

    private mutating func readFlag(
        _ value: inout JSONCursor, into flag: WritableKeyPath<Input, Bool>
    ) -> Bool {
        input[keyPath: flag] = value.isTrue()
        return value.skip()
    }

    private mutating func parseCount(_ key: String, _ value: inout JSONCursor) -> Bool {
        switch key {
        case "rows": value.read(into: &counts.rows)
        case "update": value.read(into: &counts.update)
        case "unchanged": value.read(into: &counts.unchanged)
        case "invalid": value.read(into: &counts.invalid)
        case "conflict": value.read(into: &counts.conflict)
        case "held": value.read(into: &counts.held)
        case "excluded": value.read(into: &counts.excluded)
        case "otherShards": value.read(into: &counts.otherShards)
        default: value.skip()
        }
    }

    private mutating func parseMap(_ value: inout JSONCursor) -> Bool {
        var map = Map(field: .status, file: "", sha256: "")
        let isWhole: Void? = value.object { key, value in
            switch key {
            case "field":
                guard let field = value.string().flatMap(TicketField.init) else { return false }
                map.field = field
                return true
            case "file": return value.read(into: &map.file)
            case "sha256": return value.read(into: &map.sha256)
            case "unused": return value.read(into: &map.unused)
            case "lines": return value.array { Self.parse(&$0, of: &map) } != nil
            default: return value.skip()
            }
        }
        maps.append(map)
        return isWhole != nil
    }

    private mutating func parseWaiver(_ value: inout JSONCursor) -> Bool {
        var waiver = Waiver(rule: "", number: 0, count: 0, most: 0)
        let isWhole: Void? = value.object { key, value in
            switch key {
            case "rule": value.read(into: &waiver.rule)
            case "number": value.read(into: &waiver.number)
            case "count": value.read(into: &waiver.count)
            case "most": value.read(into: &waiver.most)
            default: value.skip()
            }
        }
        waivers.append(waiver)
        return isWhole != nil
    }

    private static func parse(_ value: inout JSONCursor, of map: inout Map) -> Bool {
        var line = Map.Line(from: "", to: nil, line: 0)
        let isWhole: Void? = value.object { key, value in
            switch key {
            case "from": return value.read(into: &line.from)
            case "to":
                line.to = value.string()
                return line.to != nil
            case "line": return value.read(into: &line.line)
            default: return value.skip()
            }
        }
        map.lines.append(line)
        return isWhole != nil
    }

    private mutating func readWritesWithoutReading(_ value: inout JSONCursor) -> Bool {
        price.writesWithoutReading = value.integer()
        return price.writesWithoutReading != nil
    }

    private mutating func parsePrice(_ key: String, _ value: inout JSONCursor) -> Bool {
        switch key {
        case "reads": value.read(into: &price.reads)
        case "writes": value.read(into: &price.writes)
        case "writesWithoutReading": readWritesWithoutReading(&value)
        case "auditEntries": value.read(into: &price.auditEntries)
        case "quotaLimit": value.read(into: &price.quotaLimit)
        case "quotaSeconds": value.read(into: &price.quotaSeconds)
        case "seconds": value.read(into: &price.seconds)
        default: value.skip()
        }
    }
}

extension PlanHeader.Lineage {
    /// Reads a lineage as a plan's header and run.json have it.
    package init?(reading value: inout JSONCursor) {
        var kind: Kind?
        var runs: [Run] = []
        let isWhole: Void? = value.object { key, value in
            switch key {
            case "kind":
                kind = value.string().flatMap(Kind.init)
                return kind != nil
            case "runs":
                return value.array { value in
                    var run = Run(name: "", plan: "")
                    let isWhole: Void? = value.object { key, value in
                        switch key {
                        case "name": value.read(into: &run.name)
                        case "plan": value.read(into: &run.plan)
                        default: value.skip()
                        }
                    }
                    runs.append(run)
                    return isWhole != nil
                } != nil
            default: return value.skip()
            }
        }
        guard isWhole != nil, let kind, !runs.isEmpty else { return nil }
        self.init(kind, runs)
    }
}

extension JSONCursor {
    /// Reads a count and refuses impossible ones, which would overflow when counts are added up.
    fileprivate mutating func read(into target: inout Int) -> Bool {
        guard let value = integer(), (0...1 << 53).contains(value) else { return false }
        target = value
        return true
    }

    fileprivate mutating func read(into target: inout String) -> Bool {
        guard let value = string() else { return false }
        target = value
        return true
    }

    fileprivate mutating func read(into target: inout [String]) -> Bool {
        var values: [String] = []
        let whole: Void? = array { element in
            guard let value = element.string() else { return false }
            values.append(value)
            return true
        }
        target = values
        return whole != nil
    }

    fileprivate mutating func read(into target: inout [String: String]) -> Bool {
        var values: [String: String] = [:]
        let whole: Void? = object { key, value in
            values[key] = value.string()
            return values[key] != nil
        }
        target = values
        return whole != nil
    }
}
