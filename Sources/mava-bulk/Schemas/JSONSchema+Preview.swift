extension JSONSchema {
    /// A plan's preview.
    static let previewText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "The preview of a plan",
          "description": "What plan --json prints. docs/planning.md describes it.",
          "type": "object",
          "required": [
            "format", "version", "plan", "groups", "otherGroups", "ticketsInOtherGroups", "secondLook", "problems"
          ],
          "properties": {
            "format": { "const": "mava-bulk-preview" },
            "version": { "const": 1 },
            "plan": { "$ref": "#/$defs/header" },
            "groups": { "type": "array", "items": {"$ref": "#/$defs/group"} },
            "otherGroups": { "$ref": "#/$defs/count" },
            "ticketsInOtherGroups": { "$ref": "#/$defs/count" },
            "secondLook": { "type": "array", "items": {"$ref": "#/$defs/notice"} },
            "problems": { "type": "array", "items": {"$ref": "#/$defs/problem"} },
            "approvals": { "type": "array", "items": {"$ref": "#/$defs/approval"}, "minItems": 1 },
            "production": {
              "description": "Where the profile in force is a production one.",
              "type": "object",
              "required": ["baseURL"],
              "properties": { "profile": {"type": "string"}, "baseURL": {"type": "string"} }
            },
            "schedule": {
              "type": "object",
              "required": ["words"],
              "properties": {
                "words": {"type": "string"},
                "begin": {
                  "description": "When the next hours begin; missing within the hours.",
                  "$ref": "#/$defs/time"
                },
                "end": {"$ref": "#/$defs/time"}
              }
            },
            "next": { "description": "The command that applies the plan.", "type": "string" },
            "rows": {
              "description": "With --rows: the plan's rows.",
              "type": "array",
              "items": { "$ref": "#/$defs/row" }
            }
          },
          "$defs": {
            "texts": { "type": "array", "items": {"type": "string"} },
            "group": {
              "description": "Tickets that change in the same way.",
              "type": "object",
              "required": ["tickets", "changes", "samples"],
              "properties": {
                "tickets": { "type": "integer", "minimum": 1 },
                "changes": { "$ref": "#/$defs/changes" },
                "samples": { "$ref": "#/$defs/texts" },
                "map": { "type": "string" }
              }
            },
            "notice": {
              "type": "object",
              "required": ["kind", "count", "message", "tickets"],
              "properties": {
                "kind": { "$ref": "#/$defs/code" },
                "count": { "$ref": "#/$defs/count" },
                "message": { "type": "string" },
                "tickets": { "$ref": "#/$defs/texts" }
              }
            },
            "problem": {
              "description": "Rows that are not carried out for the same reason.",
              "type": "object",
              "required": [
                "code", "do", "rows", "samples", "values", "otherValues", "otherValuesCount", "countsAreExact"
              ],
              "properties": {
                "code": { "$ref": "#/$defs/code" },
                "do": { "enum": ["invalid", "conflict", "held", "excluded"] },
                "rows": { "type": "integer", "minimum": 1 },
                "samples": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": ["row", "message"],
                    "properties": {
                      "row": { "type": "integer", "minimum": 1 },
                      "undoneRow": { "type": "integer", "minimum": 1 },
                      "line": { "type": "integer", "minimum": 1 },
                      "message": { "type": "string" },
                      "column": { "type": "string" }
                    }
                  }
                },
                "values": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": ["value", "count"],
                    "properties": {
                      "value": { "type": "string" },
                      "column": { "type": "string" },
                      "count": { "$ref": "#/$defs/count" },
                      "suggestion": { "type": "string" }
                    }
                  }
                },
                "otherValues": { "type": ["integer", "null"], "minimum": 0 },
                "otherValuesCount": { "$ref": "#/$defs/count" },
                "countsAreExact": { "type": "boolean" }
              }
            },
            \#(Definition.changes),
            \#(Definition.planHeader),
            \#(Definition.planRow),
            \#(Definition.approval),
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
