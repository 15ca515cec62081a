extension JSONSchema {
    /// A journal's lines.
    static let journalText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "A line of a run's journal",
          "description": "docs/journal.md describes the file. Its first line has a header, every other one an event.",
          "if": { "required": ["format"] },
          "then": { "$ref": "#/$defs/header" },
          "else": { "$ref": "#/$defs/event" },
          "$defs": {
            "header": {
              "type": "object",
              "required": ["format", "version", "tool", "plan", "at", "c"],
              "properties": {
                "format": { "const": "mava-bulk-journal" },
                "version": { "const": 1 },
                "tool": { "type": "string" },
                "plan": { "$ref": "#/$defs/sum" },
                "at": { "$ref": "#/$defs/ms" },
                "revised": { "const": 1 },
                "c": { "$ref": "#/$defs/check" }
              }
            },
            "event": {
              "oneOf": [
                {
                  "type": "object",
                  "required": ["e", "row", "n", "at", "c"],
                  "properties": {
                    "e": { "const": "start" },
                    "row": { "type": "integer", "minimum": 1 },
                    "n": { "type": "integer", "minimum": 1 },
                    "at": { "$ref": "#/$defs/ms" },
                    "c": { "$ref": "#/$defs/check" }
                  }
                },
                {
                  "type": "object",
                  "required": ["e", "row", "n", "open", "f", "at", "c"],
                  "properties": {
                    "e": { "const": "again" },
                    "row": { "type": "integer", "minimum": 1 },
                    "n": { "type": "integer", "minimum": 1 },
                    "open": { "enum": [0, 1] },
                    "s": { "$ref": "#/$defs/status" },
                    "f": { "$ref": "#/$defs/code" },
                    "m": { "type": "string" },
                    "at": { "$ref": "#/$defs/ms" },
                    "c": { "$ref": "#/$defs/check" }
                  }
                },
                {
                  "type": "object",
                  "required": ["e", "row", "o", "n", "c"],
                  "properties": {
                    "e": { "enum": ["done", "decided", "settled"] },
                    "row": { "type": "integer", "minimum": 1 },
                    "o": {
                      "enum": [
                        "updated", "unchanged", "invalid", "conflict", "held", "excluded", "failed",
                        "unknown", "unsent"
                      ]
                    },
                    "n": { "type": "integer", "minimum": 0 },
                    "s": { "$ref": "#/$defs/status" },
                    "f": { "$ref": "#/$defs/code" },
                    "m": { "type": "string" },
                    "ms": { "type": "integer", "minimum": 0 },
                    "at": { "$ref": "#/$defs/ms" },
                    "code": { "$ref": "#/$defs/code" },
                    "why": { "type": "string" },
                    "column": { "type": "string" },
                    "c": { "$ref": "#/$defs/check" }
                  }
                },
                {
                  "type": "object",
                  "required": ["e", "reason", "at", "c"],
                  "properties": {
                    "e": { "const": "ended" },
                    "reason": { "$ref": "#/$defs/code" },
                    "at": { "$ref": "#/$defs/ms" },
                    "c": { "$ref": "#/$defs/check" }
                  }
                },
                {
                  "type": "object",
                  "required": ["e", "at", "c"],
                  "properties": {
                    "e": { "const": "resumed" },
                    "at": { "$ref": "#/$defs/ms" },
                    "revised": { "$ref": "#/$defs/sum" },
                    "c": { "$ref": "#/$defs/check" }
                  }
                }
              ]
            },
            "ms": { "description": "Milliseconds since 1970.", "type": "integer", "minimum": 0 },
            "status": { "description": "The status of an answer.", "type": "integer", "minimum": 100, "maximum": 999 },
            \#(Definition.sum),
            \#(Definition.code),
            \#(Definition.check)
          }
        }

        """#
}
