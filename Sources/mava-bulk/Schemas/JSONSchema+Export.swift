extension JSONSchema {
    /// A ticket of an export.
    static let exportText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "A line of export --json",
          "description": "A ticket; what it does not have is left out. docs/export.md describes the members.",
          "type": "object",
          "required": ["ticketId"],
          "properties": {
            "ticketId": { "type": "string" },
            "status": { "description": "The status, or the wanted one with --set.", "type": "string" },
            "priority": { "type": "integer", "minimum": 1 },
            "categoryId": { "type": "string" },
            "category": { "type": "string" },
            "assignedTo": { "description": "An agent's id, or unassigned.", "type": "string" },
            "assignee": { "type": "string" },
            "expectStatus": { "description": "What was read, beside a wanted value.", "type": "string" },
            "expectPriority": { "type": ["integer", "string"] },
            "expectCategoryId": { "type": "string" },
            "expectAssignedTo": { "type": "string" },
            "expectUpdatedAt": { "type": "string" },
            "currentCategory": { "type": "string" },
            "currentAssignee": { "type": "string" },
            "currentStatus": { "type": "string" },
            "aiStatus": { "type": "string" },
            "origin": { "type": "string" },
            "tags": { "type": "array", "items": {"type": "string"} },
            "customer": { "type": "string" },
            "subject": { "type": "string" },
            "csat": { "type": "integer" },
            "createdAt": { "type": "string" },
            "updatedAt": { "type": "string" },
            "link": { "type": "string" }
          }
        }

        """#
}
