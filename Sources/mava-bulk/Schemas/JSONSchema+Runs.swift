extension JSONSchema {
    /// Past runs.
    static let runsText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "What runs --json and runs show --json print",
          "description": "docs/runs.md describes both: a list of runs, and one run.",
          "type": "object",
          "required": ["format", "version"],
          "properties": { "version": {"const": 1} },
          "oneOf": [
            {
              "type": "object",
              "required": ["format", "runs"],
              "properties": {
                "format": { "const": "mava-bulk-runs" },
                "runs": { "type": "array", "items": {"$ref": "#/$defs/run"} }
              }
            },
            {
              "allOf": [
                {
                  "type": "object",
                  "required": ["format"],
                  "properties": { "format": {"const": "mava-bulk-past-run"} }
                },
                { "$ref": "#/$defs/run" }
              ]
            }
          ],
          "$defs": {
            "run": {
              "type": "object",
              "required": ["name", "path", "state", "starter", "outcomes", "undoneBy", "retriedBy"],
              "properties": {
                "name": { "type": "string" },
                "path": { "type": "string" },
                "state": { "enum": ["finished", "resumable", "running", "pruned", "unreadable"] },
                "plan": { "$ref": "#/$defs/sum" },
                "label": { "type": "string" },
                "startedAt": { "$ref": "#/$defs/time" },
                "finishedAt": { "$ref": "#/$defs/time" },
                "starter": { "$ref": "#/$defs/starter" },
                "tool": { "type": "string" },
                "input": { "type": "string" },
                "reason": { "$ref": "#/$defs/code" },
                "shard": { "$ref": "#/$defs/shard" },
                "rows": { "type": "integer", "minimum": 0 },
                "outcomes": {
                  "type": "object",
                  "propertyNames": {
                    "enum": [
                      "updated", "unchanged", "invalid", "conflict", "held", "excluded", "failed",
                      "unknown", "unsent"
                    ]
                  },
                  "additionalProperties": { "$ref": "#/$defs/count" }
                },
                "updatesSent": { "type": "integer", "minimum": 0 },
                "follows": { "$ref": "#/$defs/follows" },
                "undoneBy": { "type": "array", "items": {"type": "string"} },
                "retriedBy": { "type": "array", "items": {"type": "string"} },
                "prunedAt": { "$ref": "#/$defs/time" },
                "bytesRemoved": { "type": "integer", "minimum": 0 },
                "reportSha256": { "$ref": "#/$defs/sum" },
                "problem": { "type": "string" }
              }
            },
            \#(Definition.sum),
            \#(Definition.time),
            \#(Definition.code),
            \#(Definition.count),
            \#(Definition.starter),
            \#(Definition.follows),
            \#(Definition.shard)
          }
        }

        """#
}
