public import BulkPlan
import BulkSystem

extension PlanDiff {
    /// The differences for programs: one JSON object.
    ///
    /// - Returns: One line, without a newline.
    public func json() -> String {
        var buffer = OutputBuffer()
        buffer.append(#"{"format":"mava-bulk-plan-diff","version":1"#)
        buffer.append(differs ? #","differs":true,"a":"# : #","differs":false,"a":"#)
        headerA.append(to: &buffer)
        buffer.append(#","b":"#)
        headerB.append(to: &buffer)
        buffer.append(#","matchedBy":"#)
        buffer.append(jsonString: matching.rawValue)
        buffer.append(#","equal":"#)
        buffer.append(decimal: counts.equal)
        buffer.append(#","different":"#)
        buffer.append(decimal: counts.different)
        buffer.append(#","onlyInA":"#)
        buffer.append(decimal: counts.onlyInA)
        buffer.append(#","onlyInB":"#)
        buffer.append(decimal: counts.onlyInB)
        buffer.append(#","header":["#)
        for (index, fact) in facts.enumerated() {
            buffer.append(index > 0 ? #",{"name":"# : #"{"name":"#)
            buffer.append(jsonString: fact.name)
            buffer.append(#","a":"#)
            buffer.append(fact.a)
            buffer.append(#","b":"#)
            buffer.append(fact.b)
            buffer.append("}")
        }
        buffer.append(#"],"groups":["#)
        for (index, group) in groups.enumerated() {
            if index > 0 { buffer.append(",") }
            buffer.append(group)
        }
        buffer.append(#"],"rowsInOtherGroups":"#)
        buffer.append(decimal: rowsInOtherGroups)
        buffer.append("}")
        return buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}

extension OutputBuffer {
    fileprivate mutating func append(_ value: PlanDiff.Fact.Value) {
        switch value {
        case .text(let text): append(jsonString: text)
        case .number(let number): append(decimal: number)
        }
    }

    fileprivate mutating func append(_ group: PlanDiff.Group) {
        append(#"{"rows":"#)
        append(decimal: group.rows)
        append(#","differs":["#)
        for (index, aspect) in group.aspects.enumerated() {
            if index > 0 { append(",") }
            append(jsonString: aspect.rawValue)
        }
        append("]")
        if let side = group.a {
            append(#","a":"#)
            append(side)
        }
        if let side = group.b {
            append(#","b":"#)
            append(side)
        }
        append(#","samples":["#)
        for (index, sample) in group.samples.enumerated() {
            append(index > 0 ? #",{"ticketId":"# : #"{"ticketId":"#)
            if let id = sample.ticketID { append(jsonString: id) } else { append("null") }
            if let row = sample.rowA {
                append(#","a":"#)
                append(decimal: row)
            }
            if let row = sample.rowB {
                append(#","b":"#)
                append(decimal: row)
            }
            append("}")
        }
        append("]}")
    }

    private mutating func append(_ side: PlanDiff.Side) {
        append(#"{"do":"#)
        append(jsonString: side.disposition.rawValue)
        append(#","changes":"#)
        append(side.changes)
        if let code = side.code {
            append(#","code":"#)
            append(jsonString: code.rawValue)
        }
        append("}")
    }
}
