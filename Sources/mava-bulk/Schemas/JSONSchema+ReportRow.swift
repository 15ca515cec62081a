extension JSONSchema {
    /// The rows of a report in JSON Lines.
    static let reportRowText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "A row of a report in JSON Lines",
          "description": "What report --format jsonl writes. docs/reports.md describes it. Unknown columns of the input are further members.",
          "type": "object",
          "required": ["row", "outcome", "changed", "attempts"],
          "properties": {
            "row": { "type": "integer", "minimum": 1 },
            "line": { "type": "integer", "minimum": 1 },
            "ticketId": { "type": "string" },
            "outcome": {
              "enum": [
                "updated", "unchanged", "invalid", "conflict", "held", "excluded", "failed", "unknown",
                "unsent"
              ]
            },
            "changed": { "type": "array", "items": {"enum": ["status", "priority", "categoryId", "assignedTo"]} },
            "before": { "$ref": "#/$defs/values" },
            "after": { "$ref": "#/$defs/values" },
            "attempts": { "type": "integer", "minimum": 0 },
            "httpStatus": { "type": "integer", "minimum": 100, "maximum": 999 },
            "errorCode": { "$ref": "#/$defs/code" },
            "message": { "type": "string" },
            "durationMs": { "type": "integer", "minimum": 0 },
            "finishedAt": { "$ref": "#/$defs/time" },
            "beforeNames": { "$ref": "#/$defs/names" },
            "afterNames": { "$ref": "#/$defs/names" }
          },
          "$defs": {
            "values": {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "status": { "type": ["string", "null"] },
                "priority": { "type": ["integer", "null"] },
                "categoryId": { "type": ["string", "null"] },
                "assignedTo": { "type": ["string", "null"] }
              }
            },
            "names": {
              "description": "The values in words: names of agents and categories.",
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "status": { "type": "string" },
                "priority": { "type": "string" },
                "categoryId": { "type": "string" },
                "assignedTo": { "type": "string" }
              }
            },
            \#(Definition.time),
            \#(Definition.code)
          }
        }

        """#
}
