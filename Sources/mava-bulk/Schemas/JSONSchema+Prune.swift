extension JSONSchema {
    /// What pruning does or did.
    static let pruneText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "What runs prune --json prints",
          "description": "The runs whose files are removed, and those that are kept. docs/runs.md describes it.",
          "type": "object",
          "required": ["format", "version", "directory", "isDone", "bytes", "runs", "kept"],
          "properties": {
            "format": { "const": "mava-bulk-prune" },
            "version": { "const": 1 },
            "directory": { "type": "string" },
            "isDone": { "type": "boolean" },
            "bytes": { "$ref": "#/$defs/count" },
            "runs": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["name", "path", "bytes", "isPruned", "otherFiles"],
                "properties": {
                  "name": { "type": "string" },
                  "path": { "type": "string" },
                  "bytes": { "$ref": "#/$defs/count" },
                  "isPruned": { "type": "boolean" },
                  "problem": { "type": "string" },
                  "otherFiles": { "type": "array", "items": {"type": "string"} }
                }
              }
            },
            "kept": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["name", "reason"],
                "properties": {
                  "name": { "type": "string" },
                  "reason": { "$ref": "#/$defs/code" },
                  "of": { "type": "string" },
                  "problem": { "type": "string" }
                }
              }
            }
          },
          "$defs": {
            \#(Definition.code),
            \#(Definition.count)
          }
        }

        """#

    /// What is left of a run.
    static let resumeText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "What resume --dry-run --json prints",
          "description": "What is left of a run. docs/command-line.md describes it.",
          "type": "object",
          "required": [
            "format", "version", "updates", "done", "failed", "toSend", "changed", "laterRuns"
          ],
          "properties": {
            "format": { "const": "mava-bulk-resume" },
            "version": { "const": 1 },
            "updates": { "$ref": "#/$defs/count" },
            "done": { "$ref": "#/$defs/count" },
            "failed": { "$ref": "#/$defs/count" },
            "toSend": { "$ref": "#/$defs/count" },
            "changed": { "$ref": "#/$defs/count" },
            "laterRuns": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["name", "kind"],
                "properties": {
                  "name": { "type": "string" },
                  "kind": { "enum": ["undo", "retry"] },
                  "startedAt": { "$ref": "#/$defs/time" }
                }
              }
            }
          },
          "$defs": {
            \#(Definition.time),
            \#(Definition.count)
          }
        }

        """#
}
