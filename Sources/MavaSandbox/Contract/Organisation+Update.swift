// PUT /api/ticket. The order of the checks is fixed and documented in docs/sandbox.md: ticket,
// category, status and priority, assignee. All checks run before anything is written.

extension Organisation {
    /// The outcome of an update: the answer and what was changed.
    struct UpdateResult {
        var reply: Reply
        var ticketID: [UInt8]?
        var changes = 0
    }

    /// The values that an update would write, as references.
    private struct Wanted {
        var status: StringPool.Reference?
        var priority: UInt8?
        var category: StringPool.Reference?
        /// The reference 0 unassigns.
        var assignedTo: StringPool.Reference?
    }

    /// Answers an update, and writes the fields that differ if nothing is wrong.
    ///
    /// - Parameters:
    ///   - body: The request's body.
    ///   - now: The time in milliseconds since 1970.
    /// - Returns: The answer and what was changed.
    mutating func update(_ body: UnsafeBufferPointer<UInt8>, now: Int64) -> UpdateResult {
        var cursor = JSONCursor(body)
        let update: TicketUpdate
        do throws(JSONFailure) {
            update = try TicketUpdate.read(&cursor)
        } catch {
            return UpdateResult(
                reply: .internalError(
                    "the body is not a JSON object: \(error.message), at byte \(error.offset)"))
        }
        guard case .text(let id) = update.ticketID else {
            return UpdateResult(reply: .ticketNotFound)
        }
        let ticketID = cursor.decoded(id)
        guard let place = ticketID.withUnsafeBufferPointer({ self.place(of: $0) }) else {
            return UpdateResult(reply: .ticketNotFound, ticketID: ticketID)
        }
        if tickets[place].requests < .max { tickets[place].requests += 1 }
        var wanted = Wanted()
        if let refusal = check(update, cursor, &wanted) {
            return UpdateResult(reply: refusal, ticketID: ticketID)
        }
        let changes = write(wanted, to: place, now: now)
        return UpdateResult(reply: .updated, ticketID: ticketID, changes: changes)
    }

    private func check(
        _ update: TicketUpdate, _ cursor: JSONCursor, _ wanted: inout Wanted
    ) -> Reply? {
        switch update.categoryID {
        case .absent: break
        case .text(let text):
            guard let reference = cursor.withBytes(of: text, { pool.find($0) }),
                choosable.contains(reference)
            else { return .categoryNotFound }
            wanted.category = reference
        case .null, .number, .other: return .categoryNotFound
        }
        switch update.status {
        case .absent: break
        case .text(let text):
            guard let reference = cursor.withBytes(of: text, { pool.find($0) }),
                statuses.contains(reference)
            else { return .invalidValue }
            wanted.status = reference
        case .null, .number, .other: return .invalidValue
        }
        switch update.priority {
        case .absent: break
        case .number(let number):
            guard let number, (1...3).contains(number) else { return .invalidValue }
            wanted.priority = UInt8(number)
        case .null, .text, .other: return .invalidValue
        }
        switch update.assignedTo {
        case .absent: break
        case .null: wanted.assignedTo = 0
        case .text(let text):
            guard let reference = cursor.withBytes(of: text, { pool.find($0) }),
                assignable.contains(reference)
            else { return .assigneeNotFound }
            wanted.assignedTo = reference
        case .number, .other: return .assigneeNotFound
        }
        return nil
    }

    /// Writes the fields that differ, with an audit entry for each.
    ///
    /// - Returns: How many fields differed.
    private mutating func write(_ wanted: Wanted, to place: Int, now: Int64) -> Int {
        let before = tickets[place]
        var changes = 0
        if let status = wanted.status, status != before.status {
            note(.status, from: before.status, to: status, place, now)
            tickets[place].status = status
            changes += 1
        }
        if let priority = wanted.priority, priority != before.priority {
            note(.priority, from: UInt32(before.priority), to: UInt32(priority), place, now)
            tickets[place].priority = priority
            changes += 1
        }
        if let category = wanted.category, category != before.category {
            note(.category, from: before.category, to: category, place, now)
            tickets[place].category = category
            changes += 1
        }
        if let assignee = wanted.assignedTo, assignee != before.assignedTo {
            note(.assignedTo, from: before.assignedTo, to: assignee, place, now)
            tickets[place].assignedTo = assignee
            changes += 1
            // An assignment takes the ticket away from the AI. Removing the assignee does not.
            if assignee != 0, isHandledByAI(before.aiStatus) {
                tickets[place].aiStatus = handedOff
            }
        }
        if changes > 0 { tickets[place].updatedAt = now }
        return changes
    }

    private mutating func note(
        _ field: AuditedField, from: UInt32, to: UInt32, _ place: Int, _ now: Int64
    ) {
        audit.append(
            AuditEntry(
                at: now, ticket: UInt32(place), previous: tickets[place].lastAudit, from: from,
                to: to, field: field))
        tickets[place].lastAudit = UInt32(audit.count)
    }

    /// Whether the AI is handling a ticket with this `aiStatus`.
    ///
    /// Assumption: the values are not documented. The sandbox writes `Active` and `HandedOff`. It
    /// treats any other value in a workspace as handling too, unless the value says that the AI has
    /// resolved the ticket.
    private func isHandledByAI(_ aiStatus: StringPool.Reference) -> Bool {
        guard aiStatus != 0, aiStatus != handedOff else { return false }
        return pool.text(aiStatus) != "Resolved"
    }
}
