// Parses a page of the listing without JSONDecoder, which would take most of the time of an export. Anything
// that does not have the form described in docs/export.md is an error and never a missing value. Otherwise an
// export could lose a ticket or have a wrong value, and be applied unnoticed.

import BulkPlan
import BulkSystem
package import MavaAPI

extension ListedTicketPage {
    /// Parses the body of an answer: `{"tickets":[…]}`, `{"data":[…]}` or a bare array.
    ///
    /// - Parameters:
    ///   - body: The JSON text.
    ///   - skip: The number of tickets that the request skipped.
    /// - Throws: An `EntryError` when the body is not a page, or a ticket on it cannot be parsed.
    package init(body: [UInt8], skip: Int = 0) throws(EntryError) {
        let result = body.withUnsafeBytes { Self.read($0) }
        self = try result.get()
        if tickets.isEmpty, let total, total > skip {
            throw EntryError(reason: "it is empty, and says that there are \(total)")
        }
    }

    private static func read(_ text: UnsafeRawBufferPointer) -> Result<Self, EntryError> {
        var page = ListedTicketPage()
        var problem: EntryError?
        var hasList = false
        var cursor = JSONCursor(text)
        let first = text.first { $0 > 0x20 }
        guard first == UInt8(ascii: "{") else {
            guard page.parseTickets(&cursor, &problem), cursor.isAtEndOfText() else {
                return .failure(problem ?? Self.foreign)
            }
            return .success(page)
        }
        // `tickets` counts before `data`, whichever comes first, as in the reading of all other listings.
        var data: JSONCursor?
        let whole: Void? = cursor.object { key, value in
            switch key {
            case "error":
                if value.null() { return true }
                problem = EntryError(reason: "it says that it failed")
                return false
            case "success" where value.isFalse():
                problem = EntryError(reason: "it says that it failed")
                return false
            case "tickets" where value.isArray():
                guard !hasList else {
                    problem = EntryError(reason: "it has two arrays under tickets")
                    return false
                }
                hasList = true
                return page.parseTickets(&value, &problem)
            case "data" where value.isArray():
                data = value
                return value.skip()
            case "total", "totalCount", "count": return value.total(&page.total)
            case "pagination":
                return value.tolerantly {
                    $0.object { key, value in
                        key == "total" ? value.total(&page.total) : value.skip()
                    } != nil
                }
            default: return value.skip()
            }
        }
        if problem == nil, whole != nil, !hasList, var data {
            hasList = page.parseTickets(&data, &problem)
        }
        if let problem { return .failure(problem) }
        guard whole != nil, hasList, cursor.isAtEndOfText() else { return .failure(foreign) }
        return .success(page)
    }

    private static var foreign: EntryError {
        EntryError(reason: "it has no array under tickets", isForeign: true)
    }

    private mutating func parseTickets(
        _ cursor: inout JSONCursor, _ problem: inout EntryError?
    ) -> Bool {
        var found: [ListedTicket] = []
        found.reserveCapacity(TicketQuery.maximumLimit)
        var reason: EntryError?
        let whole: Void? = cursor.array { element in
            do throws(EntryError) {
                found.append(try ListedTicket(reading: &element))
                return true
            } catch {
                reason = EntryError(
                    reason: "entry \(found.count + 1) of the list cannot be read: \(error.reason)")
                return false
            }
        }
        tickets = found
        problem = reason
        return whole != nil
    }
}

extension JSONCursor {
    /// Whether only blanks are left.
    fileprivate mutating func isAtEndOfText() -> Bool {
        while consume(" ") || consume("\n") || consume("\r") || consume("\t") {}
        return isAtEnd
    }
}

extension ListedTicket {
    fileprivate init(reading cursor: inout JSONCursor) throws(EntryError) {
        var ticket: ListedTicket?
        var fields = ListedTicket(id: ListedTicket.placeholder)
        var wrong: String?
        var idRank = 0
        let whole: Void? = cursor.object { key, value in
            switch key {
            case "_id", "id":
                let rank = key == "_id" ? 2 : 1
                guard let text = value.string() else { return value.skip() }
                if rank > idRank, let id = TicketID(text) {
                    idRank = rank
                    fields.id = id
                    ticket = fields
                }
                return true
            case "status": return value.text(&fields.status) || note("status", &wrong)
            case "priority": return value.number(&fields.priority) || note("priority", &wrong)
            case "category":
                return value.reference(&fields.categoryID, &fields.categoryName)
                    || note("category", &wrong)
            case "assignedTo":
                return value.reference(&fields.assignedTo, &fields.assigneeName)
                    || note("assignedTo", &wrong)
            case "aiStatus": return value.looseText(&fields.aiStatus)
            case "createdAt": return value.text(&fields.createdAt) || note("createdAt", &wrong)
            case "updatedAt": return value.text(&fields.updatedAt) || note("updatedAt", &wrong)
            case "sourceType", "origin":
                var origin: String?
                guard value.looseText(&origin) else { return false }
                fields.origin = fields.origin ?? origin
                return true
            case "tags": return value.tolerantly { $0.tags(&fields.tags, &fields.tagIDs) }
            case "customer":
                var id: String?
                var name: String?
                guard value.tolerantly({ $0.reference(&id, &name) }) else { return false }
                fields.customer = name ?? id
                return true
            case "subject": return value.looseText(&fields.subject)
            case "csat": return value.tolerantly { $0.rating(&fields.satisfaction) }
            default: return value.skip()
            }
        }
        if let wrong { throw EntryError(reason: "\(fields.id): its \(wrong) has another form") }
        guard whole != nil else { throw EntryError(reason: "it is not an object") }
        guard ticket != nil else {
            throw EntryError(reason: "it has no id of 1 to 128 visible characters")
        }
        self = fields
    }

    private static let placeholder = TicketID("unknown")!
}

/// Notes the field that has an unexpected form, and returns false, which ends the parsing of the ticket.
private func note(_ name: String, _ wrong: inout String?) -> Bool {
    wrong = name
    return false
}

extension JSONCursor {
    /// Reads a value that may have any form: where it cannot be read, it is skipped as a whole.
    ///
    /// - Returns: Whether there was a value.
    fileprivate mutating func tolerantly(_ read: (inout JSONCursor) -> Bool) -> Bool {
        var copy = self
        guard read(&copy) else { return skip() }
        self = copy
        return true
    }

    /// Reads the number of tickets of a query, unless it is known; anything but a number is skipped.
    fileprivate mutating func total(_ result: inout Int?) -> Bool {
        tolerantly {
            var number: Int?
            guard $0.number(&number) else { return false }
            if let number, number >= 0 { result = result ?? number }
            return true
        }
    }

    /// Reads a text or null.
    fileprivate mutating func text(_ result: inout String?) -> Bool {
        if let text = string() {
            result = text.isEmpty ? nil : text
            return true
        }
        return null()
    }

    /// Parses a whole number, written as a number or as text, or null.
    fileprivate mutating func number(_ result: inout Int?) -> Bool {
        if null() { return true }
        if let text = string() {
            result = Int(text)
            return result != nil || text.isEmpty
        }
        guard let raw = skippedText() else { return false }
        let text = String(decoding: raw, as: UTF8.self)
        result = Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
        return result != nil
    }

    /// Parses an id, an object with an id and possibly names, or null.
    fileprivate mutating func reference(_ id: inout String?, _ name: inout String?) -> Bool {
        if let text = string() {
            id = text.isEmpty ? nil : text
            return true
        }
        if null() { return true }
        var found: String?
        var names: [String?] = [nil, nil, nil]
        var plainID: String?
        let whole: Void? = object { key, value in
            switch key {
            case "_id": return value.text(&found) || value.skip()
            case "id": return value.text(&plainID) || value.skip()
            case "name": return value.text(&names[0]) || value.skip()
            case "username": return value.text(&names[1]) || value.skip()
            case "email": return value.text(&names[2]) || value.skip()
            default: return value.skip()
            }
        }
        guard whole != nil else { return false }
        id = found ?? plainID
        name = names.compactMap(\.self).first
        return id != nil || name != nil
    }

    /// Parses a text; any other value becomes its own JSON text.
    fileprivate mutating func looseText(_ result: inout String?) -> Bool {
        if let text = string() {
            result = text.isEmpty ? nil : text
            return true
        }
        if null() { return true }
        guard let raw = skippedText() else { return false }
        result = String(decoding: raw, as: UTF8.self)
        return true
    }

    /// Parses a list of texts, or of objects with an id and a name.
    fileprivate mutating func tags(_ names: inout [String], _ ids: inout [String]) -> Bool {
        if null() { return true }
        var found: [String] = []
        var foundIDs: [String] = []
        let whole: Void? = array { element in
            var id: String?
            var name: String?
            guard element.tolerantly({ $0.reference(&id, &name) }) else { return false }
            if let text = name ?? id { found.append(text) }
            if let id { foundIDs.append(id) }
            return true
        }
        guard whole != nil else { return false }
        (names, ids) = (found, foundIDs)
        return true
    }

    /// Parses a rating: a number, a numeric text, or an object with a `value`.
    fileprivate mutating func rating(_ result: inout Int?) -> Bool {
        var copy = self
        var value: Int?
        let whole: Void? = copy.object { key, inner in
            key == "value" ? inner.number(&value) || inner.skip() : inner.skip()
        }
        if whole != nil {
            self = copy
            result = value
            return true
        }
        return number(&result)
    }
}
