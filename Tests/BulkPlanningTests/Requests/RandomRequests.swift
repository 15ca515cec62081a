import BulkTestSupport

/// Random inputs as people write them, valid and invalid, whose records can depend on earlier ones.
struct RandomRequests {
    var random: SeededGenerator

    private let names = [
        "Ada", "grace@acme.com", "Zoë", "null", "unassigned", " a b ", "x\ny", "", "7",
    ]

    private mutating func hex(_ count: Int) -> String {
        String((0..<count).map { _ in random.pick(Array("0123456789abcdefABCDEF")) })
    }

    private mutating func ticket() -> String {
        switch random.below(12) {
        case 0: String(random.below(1_000_000))
        case 1: "6.63E+23"
        case 2: "'" + hex(24)
        case 3: "T-\(random.below(20))"
        case 5: "https://dashboard.mava.app/dashboard/ticket?id=" + hex(24)
        case 4: random.pick(["", " ", "two words", hex(25)])
        default: hex(24)
        }
    }

    private mutating func name() -> String {
        random.chance(70) ? "agent\(random.below(30))@acme.com" : random.pick(names)
    }

    private mutating func value(_ column: String) -> String {
        if random.chance(10) { return "" }
        switch column {
        case "ticketId", "id": return ticket()
        case "status", "expectStatus":
            return random.pick([
                "Open", "Resolved", "Pending", "Waiting", "open", "Snoozed", "null",
            ])
        case "priority", "expectPriority":
            return random.pick(["1", "2", "3", "3", "high", "1.0", "01", "4", "9", "null"])
        case "expectUpdatedAt": return random.pick(["2026-03-01T09:30:00Z", "2026-03-01", "soon"])
        default: return name()
        }
    }

    /// Makes a CSV input.
    mutating func csv() -> [UInt8] {
        var columns = ["ticketId", "status", "priority", "category", "assignedTo"]
        for other in ["expectStatus", "expectAssignedTo", "expectCategoryId", "note"]
        where random.chance(25) {
            columns.insert(other, at: random.below(columns.count + 1))
        }
        if random.chance(20) { columns += ["expectUpdatedAt", "expectPriority"] }
        let lineBreak = random.pick(["\n", "\n", "\n", "\r\n", "\r"])
        var text = columns.joined(separator: ",") + lineBreak
        // Sometimes there are more rows than are read together.
        for _ in 0..<random.below(random.chance(5) ? 400 : 40) {
            var fields = columns.map { value($0) }
            if random.chance(3) { fields.removeLast() }
            let row = fields.map { field in
                let isQuoted = field.contains("\n") || random.chance(5)
                return isQuoted ? "\"\(field)\"" : field
            }
            text += row.joined(separator: ",")
            if random.chance(2) { text += "\"" }
            if random.chance(1) { text += ",\"" }
            text += random.chance(3) ? lineBreak + lineBreak : lineBreak
        }
        return Array(text.utf8)
    }

    /// Makes a JSON Lines input with varying keys.
    mutating func json() -> [UInt8] {
        let columns = [
            "status", "priority", "category", "categoryId", "assignedTo", "expectStatus",
        ]
        var text = ""
        // Objects of the same keys are read together, in any order and with some of them missing.
        let isUniform = random.chance(50)
        for row in 0..<random.below(isUniform ? 200 : 40) {
            var keys = ["ticketId", "status", "priority", "category", "assignedTo"]
            if random.chance(isUniform ? 5 : 20) { keys.swapAt(1, random.below(keys.count)) }
            if isUniform {
                if random.chance(5) { keys.remove(at: random.below(keys.count)) }
                if random.chance(5) { keys.append("note") }
            } else {
                if random.chance(30) { keys[0] = "id" }
                if random.chance(10) { keys.removeFirst() }
                if random.chance(20) { keys.append(random.pick(columns)) }
                if random.chance(10) { keys.append("note\(row)") }
            }
            let members = keys.map { key in
                let value = value(key)
                let isNumber =
                    Int(value) != nil && value.count < 9
                    && random.chance(key == "priority" ? 80 : 30)
                let escaped = value.split(separator: "\n", omittingEmptySubsequences: false)
                    .joined(separator: "\\n")
                let written =
                    isNumber && !value.hasPrefix("0")
                    ? value
                    : random.chance(3)
                        ? "null"
                        : random.chance(2)
                            ? "[1]" : random.chance(2) ? "\"\\u0041da\"" : "\"\(escaped)\""
                return "\"\(key)\":\(written)"
            }
            text += "{" + members.joined(separator: random.chance(90) ? "," : ", ") + "}"
            if random.chance(isUniform ? 1 : 3) { text += "," }
            text += random.pick(["\n", "\n", "\n", "\n", "\n", "\r\n", "\n\n"])
        }
        return Array(text.utf8)
    }
}
