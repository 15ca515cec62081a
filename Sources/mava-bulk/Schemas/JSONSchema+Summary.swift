extension JSONSchema {
    /// A run's summary.
    static let summaryText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "summary.json of a run",
          "description": "docs/reports.md describes the file.",
          "type": "object",
          "required": [
            "format", "version", "tool", "plan", "input", "inputSha256", "reason", "rows", "outcomes",
            "updatesSent", "reads", "retries", "pauses", "startedAt", "finishedAt", "durationMs"
          ],
          "properties": {
            "format": { "const": "mava-bulk-summary" },
            "version": { "const": 1 },
            "tool": { "type": "string" },
            "plan": { "$ref": "#/$defs/sum" },
            "input": { "type": "string" },
            "inputSha256": { "$ref": "#/$defs/sum" },
            "baseURL": { "type": "string" },
            "reason": { "$ref": "#/$defs/code" },
            "message": { "type": "string" },
            "rows": { "type": "integer", "minimum": 0 },
            "outcomes": { "$ref": "#/$defs/outcomes" },
            "shard": { "$ref": "#/$defs/shard" },
            "otherShards": { "type": "integer", "minimum": 0 },
            "updatesSent": { "type": "integer", "minimum": 0 },
            "reads": { "type": "integer", "minimum": 0 },
            "retries": { "type": "integer", "minimum": 0 },
            "pauses": { "type": "integer", "minimum": 0 },
            "startedAt": { "$ref": "#/$defs/time" },
            "finishedAt": { "$ref": "#/$defs/time" },
            "durationMs": { "type": "integer", "minimum": 0 },
            "exitCode": { "type": "integer", "minimum": 0 },
            "waivers": { "type": "array", "items": {"$ref": "#/$defs/waiver"}, "minItems": 1 },
            "approvals": { "type": "array", "items": {"$ref": "#/$defs/approval"}, "minItems": 1 }
          },
          "$defs": {
            \#(Definition.sum),
            \#(Definition.time),
            \#(Definition.code),
            \#(Definition.count),
            \#(Definition.outcomes),
            \#(Definition.shard),
            \#(Definition.waiver),
            \#(Definition.approval)
          }
        }

        """#
}
