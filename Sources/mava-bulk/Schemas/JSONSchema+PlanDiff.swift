extension JSONSchema {
    /// The differences of two plans.
    static let planDiffText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "What plan diff --json prints",
          "description": "What differs between two saved plans, A and B. docs/plan-file.md describes it.",
          "type": "object",
          "required": [
            "format", "version", "differs", "a", "b", "matchedBy", "equal", "different", "onlyInA", "onlyInB",
            "header", "groups", "rowsInOtherGroups"
          ],
          "properties": {
            "format": { "const": "mava-bulk-plan-diff" },
            "version": { "const": 1 },
            "differs": { "type": "boolean" },
            "a": { "$ref": "#/$defs/header" },
            "b": { "$ref": "#/$defs/header" },
            "matchedBy": { "enum": ["row", "ticket"] },
            "equal": { "$ref": "#/$defs/count" },
            "different": { "$ref": "#/$defs/count" },
            "onlyInA": { "$ref": "#/$defs/count" },
            "onlyInB": { "$ref": "#/$defs/count" },
            "header": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["name", "a", "b"],
                "properties": {
                  "name": { "type": "string" },
                  "a": { "type": ["string", "integer"] },
                  "b": { "type": ["string", "integer"] }
                }
              }
            },
            "groups": { "type": "array", "items": {"$ref": "#/$defs/group"} },
            "rowsInOtherGroups": { "$ref": "#/$defs/count" }
          },
          "$defs": {
            "group": {
              "description": "Rows that differ in the same way.",
              "type": "object",
              "required": ["rows", "differs", "samples"],
              "properties": {
                "rows": { "type": "integer", "minimum": 1 },
                "differs": {
                  "type": "array",
                  "items": { "enum": ["ticketId", "do", "changes", "expect", "with", "undiffed", "code"] }
                },
                "a": { "$ref": "#/$defs/side" },
                "b": { "$ref": "#/$defs/side" },
                "samples": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": ["ticketId"],
                    "properties": {
                      "ticketId": { "type": ["string", "null"] },
                      "a": { "type": "integer", "minimum": 1 },
                      "b": { "type": "integer", "minimum": 1 }
                    }
                  }
                }
              }
            },
            "side": {
              "description": "What one plan does with the rows; absent where it does not have them.",
              "type": "object",
              "required": ["do", "changes"],
              "properties": {
                "do": { "enum": ["update", "unchanged", "invalid", "conflict", "held", "excluded"] },
                "changes": { "$ref": "#/$defs/changes" },
                "code": { "$ref": "#/$defs/code" }
              }
            },
            \#(Definition.changes),
            \#(Definition.planHeader),
            \#(Definition.sum),
            \#(Definition.time),
            \#(Definition.code),
            \#(Definition.count),
            \#(Definition.check),
            \#(Definition.waiver),
            \#(Definition.follows),
            \#(Definition.shard)
          }
        }

        """#
}
