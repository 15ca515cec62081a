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
            "sum": { "description": "A SHA-256 in hexadecimal.", "type": "string", "pattern": "^[0-9a-f]{64}$" },
            "time": {
              "description": "RFC 3339 in UTC.",
              "type": "string",
              "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$"
            },
            "code": {
              "description": "A code of docs/error-codes.md; new ones may come.",
              "type": "string",
              "pattern": "^[a-z_]+$"
            },
            "count": { "type": "integer", "minimum": 0 },
            "outcomes": {
              "type": "object",
              "required": [
                "updated", "unchanged", "invalid", "conflict", "held", "excluded", "failed", "unknown",
                "unsent"
              ],
              "properties": {
                "updated": { "$ref": "#/$defs/count" },
                "unchanged": { "$ref": "#/$defs/count" },
                "invalid": { "$ref": "#/$defs/count" },
                "conflict": { "$ref": "#/$defs/count" },
                "held": { "$ref": "#/$defs/count" },
                "excluded": { "$ref": "#/$defs/count" },
                "failed": { "$ref": "#/$defs/count" },
                "unknown": { "$ref": "#/$defs/count" },
                "unsent": { "$ref": "#/$defs/count" }
              }
            },
            "waiver": {
              "type": "object",
              "required": ["rule", "number", "count", "most"],
              "properties": {
                "rule": { "type": "string" },
                "number": { "type": "integer", "minimum": 0 },
                "count": { "type": "integer", "minimum": 0 },
                "most": { "type": "integer", "minimum": 0 }
              }
            },
            "approval": {
              "type": "object",
              "required": ["who", "at", "verified"],
              "properties": {
                "who": { "type": "string" },
                "at": { "$ref": "#/$defs/time" },
                "expires": { "$ref": "#/$defs/time" },
                "note": { "type": "string" },
                "verified": { "type": "boolean" }
              }
            }
          }
        }

        """#
}
