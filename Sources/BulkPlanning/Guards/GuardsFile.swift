import BulkPlan
import BulkSystem
import MavaAPI

extension PlanGuards {
    /// Reads guards from the bytes of a JSON file.
    init(bytes: [UInt8], path: String) throws(PlanError) {
        let file = GuardsFile(bytes: bytes, path: path)
        let value: PlacedJSON
        do throws(JSONMistake) {
            value = try PlacedJSONReader.read(bytes)
        } catch {
            throw file.error(error.message, at: error.offset)
        }
        self = try file.guards(value)
        self.path = path
    }
}

/// The contents of a file of guards, and the places in it.
private struct GuardsFile {
    let bytes: [UInt8]
    let path: String

    func error(_ message: String, at offset: Int) -> PlanError {
        let line = bytes.prefix(offset).reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
        return PlanError(code: .guardsUnusable, message: message, path: path, line: line)
    }

    func guards(_ value: PlacedJSON) throws(PlanError) -> PlanGuards {
        var guards = PlanGuards()
        let names = [
            "rules", "maxChanges", "maxChangePercent", "maxOfLastRuns", "protect", "fill",
            "$schema",
        ]
        for member in try members(value, "the file", names) {
            switch member.name {
            case "maxChanges":
                guards.maxChanges = try wholeNumber(member.value, member.name)
            case "maxChangePercent": guards.maxChangePercent = try percent(member.value)
            case "maxOfLastRuns": guards.maxOfLastRuns = try lastRuns(member.value)
            case "protect": guards.protected = try protected(member.value)
            case "fill": guards.fillOnly = try fields(member.value)
            case "rules": guards.rules = try rules(member.value)
            default: _ = try text(member.value, member.name)
            }
        }
        return guards
    }

    // MARK: Parts

    private func lastRuns(_ value: PlacedJSON) throws(PlanError) -> LastRunsGuard {
        var (percent, runs): (Double?, Int?)
        for member in try members(value, "maxOfLastRuns", ["percent", "runs"]) {
            let place = "maxOfLastRuns.\(member.name)"
            if member.name == "percent" {
                guard case .number(let text) = member.value.content, let number = Double(text),
                    (0...1_000_000).contains(number)
                else {
                    throw error(
                        "\(place) takes a number from 0, such as 150", at: member.value.offset)
                }
                percent = number
            } else {
                let number = try wholeNumber(member.value, place)
                guard number >= LastRunsGuard.fewestRuns else {
                    throw error(
                        "\(place) takes a whole number from \(LastRunsGuard.fewestRuns): the median "
                            + "of fewer runs says little", at: member.value.offset)
                }
                runs = number
            }
        }
        guard let percent, let runs else {
            throw error(
                "maxOfLastRuns has no `\(percent == nil ? "percent" : "runs")`", at: value.offset)
        }
        return LastRunsGuard(percent: percent, runs: runs)
    }

    private static let mostRules = 1000

    private func rules(_ value: PlacedJSON) throws(PlanError) -> [GuardRule] {
        var rules: [GuardRule] = []
        var names: Set<String> = []
        for (index, element) in try elements(value, "rules").enumerated() {
            guard index < Self.mostRules else {
                // Each rule looks at each change.
                throw error(
                    "there are more than \(Words.number(Self.mostRules)) rules", at: element.offset)
            }
            let rule = try rule(element, "rules[\(index)]")
            guard names.insert(rule.name).inserted else {
                throw error(
                    "another rule has the name \(rule.name): a waiver must name one rule",
                    at: element.offset)
            }
            rules.append(rule)
        }
        return rules
    }

    private func rule(_ value: PlacedJSON, _ place: String) throws(PlanError) -> GuardRule {
        var (name, field): (String?, TicketField?)
        var (from, to): ([String?]?, [String?]?)
        var most: Int?
        var each = false
        for member in try members(value, place, ["name", "field", "from", "to", "most", "each"]) {
            let place = "\(place).\(member.name)"
            switch member.name {
            case "name": name = try text(member.value, place)
            case "field": field = try self.field(member.value, place)
            case "from": from = try values(member.value, place)
            case "to": to = try values(member.value, place)
            case "most": most = try wholeNumber(member.value, place)
            default:
                guard case .bool(let isEach) = member.value.content else {
                    throw error("\(place) is true or false", at: member.value.offset)
                }
                each = isEach
            }
        }
        guard let name, let field, let most else {
            let missing = name == nil ? "name" : field == nil ? "field" : "most"
            throw error("\(place) has no `\(missing)`", at: value.offset)
        }
        do throws(FieldValueError) {
            var rule = try GuardRule(
                name: name, field: field, from: from, to: to, most: most, each: each)
            rule.line = error("", at: value.offset).line
            return rule
        } catch {
            throw self.error("\(place): \(error.message)", at: value.offset)
        }
    }

    private func protected(_ value: PlacedJSON) throws(PlanError) -> ProtectedTickets {
        var protected = ProtectedTickets()
        let known = ["tickets", "agents", "categories", "tags", "origins"]
        for member in try members(value, "protect", known) {
            let place = "protect.\(member.name)"
            var texts: [String] = []
            for element in try elements(member.value, place) {
                let text = try text(element, place)
                if member.name == "tickets" {
                    // An id of another form would most likely be a mistake, and protect nothing.
                    guard let id = GuardedTicketID.id(text), TicketID(id)?.isObjectID == true else {
                        throw error(
                            "\(quoted(text)) is not a ticket's id or link",
                            at: element.offset)
                    }
                    texts.append(id)
                } else {
                    guard text.contains(where: { !$0.isWhitespace }) else {
                        throw error("\(place) has a blank name", at: element.offset)
                    }
                    if member.name == "origins" { try requireOrigin(text, at: element.offset) }
                    texts.append(text)
                }
            }
            switch member.name {
            case "tickets": protected.tickets = texts
            case "agents": protected.agents = texts
            case "categories": protected.categories = texts
            case "tags": protected.tags = texts
            default: protected.origins = texts
            }
        }
        return protected
    }

    /// Refuses an origin that no ticket can have, because it would protect nothing.
    private func requireOrigin(_ text: String, at offset: Int) throws(PlanError) {
        let origins = TicketOrigin.known
        let plain = text.lowercased().filter { !$0.isWhitespace }
        guard !origins.contains(plain) else { return }
        let meant = closest(to: plain, among: origins) { $0 }
        throw error(
            "\(quoted(text)) is not an origin: "
                + (meant.map { "did you mean `\($0)`?" }
                    ?? "it is one of \(origins.joined(separator: ", "))"),
            at: offset)
    }

    private func fields(_ value: PlacedJSON) throws(PlanError) -> Set<TicketField> {
        var fields: Set<TicketField> = []
        for element in try elements(value, "fill") {
            fields.insert(try field(element, "fill"))
        }
        return fields
    }

    // MARK: Values

    private func members(
        _ value: PlacedJSON, _ place: String, _ known: [String]
    ) throws(PlanError) -> [PlacedJSON.Member] {
        guard case .object(let members) = value.content else {
            throw error("\(place) is an object, {…}", at: value.offset)
        }
        if let other = members.first(where: { !known.contains($0.name) }) {
            let prefix = place == "the file" ? "" : "\(place)."
            let meant = closest(to: other.name.lowercased(), among: known) { $0.lowercased() }
            throw error(
                "there is no guard \(quoted(prefix + other.name)): "
                    + (meant.map { "did you mean `\($0)`?" }
                        ?? "\(place) can have \(known.joined(separator: ", "))"),
                at: other.offset)
        }
        return members
    }

    private func elements(
        _ value: PlacedJSON, _ place: String
    ) throws(PlanError) -> [PlacedJSON] {
        guard case .array(let elements) = value.content else {
            throw error("\(place) is a list, […]", at: value.offset)
        }
        return elements
    }

    private func text(_ value: PlacedJSON, _ place: String) throws(PlanError) -> String {
        guard case .string(let text) = value.content else {
            throw error("\(place) takes text in quotes", at: value.offset)
        }
        return text
    }

    private func wholeNumber(_ value: PlacedJSON, _ place: String) throws(PlanError) -> Int {
        guard case .number(let text) = value.content, let number = Int(text), number >= 0 else {
            throw error("\(place) takes a whole number from 0", at: value.offset)
        }
        return number
    }

    private func percent(_ value: PlacedJSON) throws(PlanError) -> Double {
        guard case .number(let text) = value.content, let number = Double(text),
            (0...100).contains(number)
        else {
            throw error("maxChangePercent takes a number from 0 to 100", at: value.offset)
        }
        return number
    }

    private func field(_ value: PlacedJSON, _ place: String) throws(PlanError) -> TicketField {
        let name = try text(value, place)
        switch name {
        case "status": return .status
        case "priority": return .priority
        case "category", "categoryId": return .categoryID
        case "assignee", "assignedTo": return .assignedTo
        default:
            let fields = ["status", "priority", "category", "assignee"]
            let meant = closest(to: name.lowercased(), among: fields) { $0 }
            throw error(
                "\(place) takes status, priority, category or assignee, not \(quoted(name))"
                    + (meant.map { ": did you mean `\($0)`?" } ?? ""), at: value.offset)
        }
    }

    /// The values of `from` or `to`; `nil` for any.
    private func values(_ value: PlacedJSON, _ place: String) throws(PlanError) -> [String?]? {
        if case .string("*") = value.content { return nil }
        guard case .array(let elements) = value.content else {
            return [try self.value(value, place)]
        }
        guard !elements.isEmpty else {
            throw error("\(place) lists no value: leave it out for any", at: value.offset)
        }
        var values: [String?] = []
        for element in elements { values.append(try self.value(element, place)) }
        return values
    }

    private func value(_ value: PlacedJSON, _ place: String) throws(PlanError) -> String? {
        switch value.content {
        case .string("*"):
            throw error("\(place) lists \"*\" beside other values: leave one out", at: value.offset)
        case .string(let text): return text
        case .number(let text): return text
        case .null: return nil
        case .object, .array, .bool:
            throw error(
                "\(place) takes a value, a list of values, or \"*\" for any", at: value.offset)
        }
    }
}

/// The ids of tickets that guards name.
enum GuardedTicketID {
    /// The id that a text means: an id as it is, or the one in a link.
    ///
    /// - Parameter text: The text as written.
    /// - Returns: The id, of an ObjectId in lower case; `nil` for a text that is no id.
    static func id(_ text: String) -> String? {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            TicketIDText.withUnwrapped(trimmed(bytes)) { id in
                let text = String(decoding: id, as: UTF8.self)
                guard let id = TicketID(text), !text.contains("://") else { return nil }
                return id.isObjectID ? text.lowercased() : text
            }
        }
    }
}
