package import BulkSystem

extension PlanHeader {
    /// The most agent names, and the most category names, that a header lists.
    package static let nameLimit = 500

    /// Appends the header as one line, without its newline.
    ///
    /// The last member is the checksum of all bytes before it.
    package func append(to buffer: inout OutputBuffer) {
        let start = buffer.count
        buffer.append(text: Self.beginning)
        buffer.append(#","version":"#)
        buffer.append(decimal: version)
        buffer.append(",", "tool", text: tool)
        buffer.append(",", "id", text: id)
        if let parent { buffer.append(",", "parent", text: parent) }
        if let follows { append(follows, to: &buffer) }
        if let shard { append(shard, to: &buffer) }
        buffer.append(",", "createdAt", text: createdAt)
        buffer.append(#","input":{"#)
        buffer.append("", "name", text: input.name)
        buffer.append(",", "sha256", text: input.sha256)
        buffer.append(",", "format", text: input.format)
        if let delimiter = input.delimiter {
            buffer.append(",", "delimiter", text: delimiter)
        }
        if input.hasMark { buffer.append(#","mark":true"#) }
        if input.lineEnd != .lf { buffer.append(",", "lineEnd", text: input.lineEnd.rawValue) }
        buffer.append(",", "columns", texts: input.columns)
        buffer.append("}")
        buffer.append(",", "source", text: source.rawValue)
        if let baseURL { buffer.append(",", "baseURL", text: baseURL) }
        if let organisation {
            buffer.append(",", "organisation", texts: organisation.agents)
        }
        appendCounts(to: &buffer)
        appendPrice(to: &buffer)
        if !maps.isEmpty { appendMaps(to: &buffer) }
        if !waivers.isEmpty { appendWaivers(to: &buffer) }
        if namesNoObjectID { buffer.append(#","namesNoObjectId":true"#) }
        if takesNamesFromSnapshot { buffer.append(#","namesFrom":"snapshot""#) }
        buffer.append(",", "agents", names: agentNames)
        buffer.append(",", "categories", names: categoryNames)
        buffer.append(",", "notes", texts: notes)
        let check = buffer.withUnsafeBytes { bytes in
            CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        }
        buffer.append(",", "check", text: CRC32C.hex(check))
        buffer.append("}")
    }

    private func append(_ follows: Lineage, to buffer: inout OutputBuffer) {
        buffer.append(#","follows":{"#)
        buffer.append("", "kind", text: follows.kind.rawValue)
        buffer.append(#","runs":["#)
        for (index, run) in follows.runs.enumerated() {
            buffer.append(index > 0 ? ",{" : "{")
            buffer.append("", "name", text: run.name)
            buffer.append(",", "plan", text: run.plan)
            buffer.append("}")
        }
        buffer.append("]}")
    }

    private func append(_ shard: Shard, to buffer: inout OutputBuffer) {
        buffer.append(#","shard":{"#)
        buffer.append("", "index", number: shard.index)
        buffer.append(",", "count", number: shard.count)
        buffer.append(",", "optionsSha256", text: shard.optionsSHA256)
        buffer.append("}")
    }

    private func appendCounts(to buffer: inout OutputBuffer) {
        buffer.append(#","counts":{"#)
        buffer.append("", "rows", number: counts.rows)
        buffer.append(",", "update", number: counts.update)
        buffer.append(",", "unchanged", number: counts.unchanged)
        buffer.append(",", "invalid", number: counts.invalid)
        buffer.append(",", "conflict", number: counts.conflict)
        buffer.append(",", "held", number: counts.held)
        buffer.append(",", "excluded", number: counts.excluded)
        if shard != nil { buffer.append(",", "otherShards", number: counts.otherShards) }
        buffer.append("}")
        buffer.append(",", "requests", number: requests)
        buffer.append(",", "fieldChanges", number: fieldChanges)
        buffer.append(",", "undiffed", number: undiffed)
        buffer.append(",", "handOffs", number: handOffs)
        buffer.append(allowsHandOff ? #","allowsHandOff":true"# : #","allowsHandOff":false"#)
        if let unread { buffer.append(",", "unread", text: unread.rawValue) }
        if !conditions.isEmpty { buffer.append(",", "conditions", texts: conditions) }
        if lastRowCounts { buffer.append(#","onDuplicate":"last""#) }
        if expectsUpdateTimes { buffer.append(#","expectsUpdateTimes":true"#) }
        buffer.append(",", "blindAssignments", number: blindAssignments)
        if unassignedFromAI > 0 {
            buffer.append(",", "unassignedFromAI", number: unassignedFromAI)
        }
        buffer.append(",", "ticketsRead", number: ticketsRead)
        buffer.append(hasChanges ? #","hasChanges":true"# : #","hasChanges":false"#)
    }

    private func appendMaps(to buffer: inout OutputBuffer) {
        buffer.append(#","maps":["#)
        for (index, map) in maps.enumerated() {
            buffer.append(index > 0 ? ",{" : "{")
            buffer.append("", "field", text: map.field.rawValue)
            buffer.append(",", "file", text: map.file)
            buffer.append(",", "sha256", text: map.sha256)
            buffer.append(",", "unused", number: map.unused)
            buffer.append(#","lines":["#)
            for (index, line) in map.lines.enumerated() {
                buffer.append(index > 0 ? ",{" : "{")
                buffer.append("", "from", text: line.from)
                if let to = line.to { buffer.append(",", "to", text: to) }
                buffer.append(",", "line", number: line.line)
                buffer.append("}")
            }
            buffer.append("]}")
        }
        buffer.append("]")
    }

    private func appendWaivers(to buffer: inout OutputBuffer) {
        buffer.append(#","waivers":["#)
        for (index, waiver) in waivers.enumerated() {
            buffer.append(index > 0 ? ",{" : "{")
            buffer.append("", "rule", text: waiver.rule)
            buffer.append(",", "number", number: waiver.number)
            buffer.append(",", "count", number: waiver.count)
            buffer.append(",", "most", number: waiver.most)
            buffer.append("}")
        }
        buffer.append("]")
    }

    private func appendPrice(to buffer: inout OutputBuffer) {
        buffer.append(#","price":{"#)
        buffer.append("", "reads", number: price.reads)
        buffer.append(",", "writes", number: price.writes)
        if let writes = price.writesWithoutReading {
            buffer.append(",", "writesWithoutReading", number: writes)
        }
        buffer.append(",", "auditEntries", number: price.auditEntries)
        buffer.append(",", "quotaLimit", number: price.quotaLimit)
        buffer.append(",", "quotaSeconds", number: price.quotaSeconds)
        buffer.append(",", "seconds", number: price.seconds)
        buffer.append("}")
    }
}

extension OutputBuffer {
    fileprivate mutating func append(key: StaticString, after separator: StaticString) {
        append(separator)
        append("\"")
        append(key)
        append("\":")
    }

    fileprivate mutating func append(
        _ separator: StaticString, _ key: StaticString, text value: String
    ) {
        append(key: key, after: separator)
        append(jsonString: value)
    }

    fileprivate mutating func append(
        _ separator: StaticString, _ key: StaticString, number value: Int
    ) {
        append(key: key, after: separator)
        append(decimal: value)
    }

    fileprivate mutating func append(
        _ separator: StaticString, _ key: StaticString, texts values: [String]
    ) {
        append(key: key, after: separator)
        append("[")
        for (index, value) in values.enumerated() {
            if index > 0 { append(",") }
            append(jsonString: value)
        }
        append("]")
    }

    fileprivate mutating func append(
        _ separator: StaticString, _ key: StaticString, names: [String: String]
    ) {
        append(key: key, after: separator)
        append("{")
        for (index, (id, name)) in names.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { append(",") }
            append(jsonString: id)
            append(":")
            append(jsonString: name)
        }
        append("}")
    }
}
