extension JSONSchema {
    /// The result of a verification.
    static let verificationText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "What verify --json prints",
          "description": "Which tickets of a run still hold what it wrote. docs/history.md describes it.",
          "type": "object",
          "required": [
            "format", "version", "run", "plan", "rows", "holds", "moved", "gone", "not_read", "late",
            "causes", "notHolding"
          ],
          "properties": {
            "format": { "const": "mava-bulk-verification" },
            "version": { "const": 1 },
            "run": { "type": "string" },
            "plan": { "$ref": "#/$defs/sum" },
            "rows": { "$ref": "#/$defs/count" },
            "holds": { "$ref": "#/$defs/count" },
            "moved": { "$ref": "#/$defs/count" },
            "gone": { "$ref": "#/$defs/count" },
            "not_read": { "$ref": "#/$defs/count" },
            "late": { "$ref": "#/$defs/count" },
            "causes": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["rows", "state"],
                "properties": {
                  "rows": { "type": "integer", "minimum": 1 },
                  "state": { "enum": ["moved", "gone", "not_read", "late"] },
                  "was": { "$ref": "#/$defs/fields" },
                  "is": { "$ref": "#/$defs/fields" }
                }
              }
            },
            "notHolding": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["row", "ticketId", "outcome", "state"],
                "properties": {
                  "row": { "type": "integer", "minimum": 1 },
                  "ticketId": { "type": "string" },
                  "outcome": { "enum": ["updated", "unknown", "failed"] },
                  "state": { "enum": ["moved", "gone", "not_read", "late"] },
                  "was": { "$ref": "#/$defs/fields" },
                  "is": { "$ref": "#/$defs/fields" }
                }
              }
            }
          },
          "$defs": {
            "fields": {
              "type": "object",
              "minProperties": 1,
              "properties": {
                "status": { "type": "string" },
                "priority": { "type": ["integer", "null"] },
                "categoryId": { "type": ["string", "null"] },
                "assignedTo": { "type": ["string", "null"] }
              }
            },
            \#(Definition.sum),
            \#(Definition.count)
          }
        }

        """#

    /// What the runs did to a ticket.
    static let ticketHistoryText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "What runs find --json prints",
          "description": "What the runs did to one ticket. docs/runs.md describes it.",
          "type": "object",
          "required": ["format", "version", "ticket", "searched", "pruned", "unsearched", "rows"],
          "properties": {
            "format": { "const": "mava-bulk-ticket-history" },
            "version": { "const": 1 },
            "ticket": { "type": "string" },
            "searched": { "$ref": "#/$defs/count" },
            "pruned": { "$ref": "#/$defs/count" },
            "unsearched": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["run", "problem"],
                "properties": { "run": {"type": "string"}, "problem": {"type": "string"} }
              }
            },
            "rows": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["run", "path", "row", "line", "outcome", "changes"],
                "properties": {
                  "run": { "type": "string" },
                  "path": { "type": "string" },
                  "label": { "type": "string" },
                  "startedAt": { "$ref": "#/$defs/time" },
                  "user": { "type": "string" },
                  "row": { "type": "integer", "minimum": 1 },
                  "line": { "type": "integer", "minimum": 1 },
                  "outcome": {
                    "enum": [
                      "updated", "unchanged", "invalid", "conflict", "held", "excluded", "failed",
                      "unknown", "unsent"
                    ]
                  },
                  "mergedInto": { "type": "integer", "minimum": 1 },
                  "message": { "type": "string" },
                  "finishedAt": { "$ref": "#/$defs/time" },
                  "changes": { "$ref": "#/$defs/changes" }
                }
              }
            }
          },
          "$defs": {
            \#(Definition.changes),
            \#(Definition.time),
            \#(Definition.count)
          }
        }

        """#
}
