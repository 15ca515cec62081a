import BulkSystem

/// The JSON of one `PUT /api/ticket`: an unchanged field is absent, and no assignee is an explicit null.
///
/// The same update always gives the same bytes.
struct UpdateBody {
    let update: TicketUpdate

    /// The bytes of the body.
    var bytes: [UInt8] {
        var json = OutputBuffer(capacity: 256)
        json.append(#"{"ticketId":"#)
        json.append(jsonString: update.ticketID.rawValue)
        if let status = update.status {
            json.append(#","status":"#)
            json.append(jsonString: status.rawValue)
        }
        if let priority = update.priority {
            json.append(#","priority":"#)
            json.append(decimal: priority.rawValue)
        }
        if let categoryID = update.categoryID {
            json.append(#","categoryId":"#)
            json.append(jsonString: categoryID)
        }
        switch update.assignedTo {
        case nil: break
        case .agent(let id):
            json.append(#","assignedTo":"#)
            json.append(jsonString: id)
        case .unassigned: json.append(#","assignedTo":null"#)
        }
        json.append("}")
        return json.withUnsafeBytes { Array($0) }
    }
}
