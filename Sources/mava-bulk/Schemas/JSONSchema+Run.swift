extension JSONSchema {
    /// A run's settings.
    static let runText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "run.json of a run",
          "description": "docs/reports.md describes the file: what the run was begun with.",
          "type": "object",
          "required": [
            "format", "version", "tool", "plan", "quota", "timeout", "giveUpAfter", "concurrency",
            "onConflict", "unattended"
          ],
          "properties": {
            "format": { "const": "mava-bulk-run" },
            "version": { "const": 1 },
            "tool": { "type": "string" },
            "plan": { "$ref": "#/$defs/sum" },
            "baseURL": { "type": "string" },
            "sandbox": { "type": "string" },
            "quota": { "type": "string" },
            "quotaShare": { "type": "string", "pattern": "^\\d+/\\d+$" },
            "timeout": { "$ref": "#/$defs/span" },
            "giveUpAfter": { "$ref": "#/$defs/span" },
            "deadline": { "$ref": "#/$defs/span" },
            "drain": { "$ref": "#/$defs/span" },
            "concurrency": { "type": "integer", "minimum": 1 },
            "maxFailures": { "type": "integer", "minimum": 0 },
            "onConflict": { "enum": ["skip", "overwrite", "stop"] },
            "caFile": { "type": "string" },
            "guards": { "type": "string" },
            "lookups": { "type": "string" },
            "keyFile": { "type": "string" },
            "keyVariable": { "type": "string" },
            "unattended": { "type": "boolean" },
            "label": { "type": "string" },
            "startedAt": { "$ref": "#/$defs/time" },
            "starter": { "$ref": "#/$defs/starter" },
            "follows": { "$ref": "#/$defs/follows" },
            "requireApprovals": { "type": "integer", "minimum": 1 },
            "waivers": { "type": "array", "items": {"$ref": "#/$defs/waiver"}, "minItems": 1 },
            "approvals": { "type": "array", "items": {"$ref": "#/$defs/approval"}, "minItems": 1 }
          },
          "$defs": {
            "span": {
              "description": "A span of time, such as 30s.",
              "type": "string",
              "pattern": "^\\d+(\\.\\d+)?(ms|s|m|h|d)(\\d+(ms|s|m|h))*$"
            },
            "sum": { "description": "A SHA-256 in hexadecimal.", "type": "string", "pattern": "^[0-9a-f]{64}$" },
            "time": {
              "description": "RFC 3339 in UTC.",
              "type": "string",
              "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$"
            },
            "starter": {
              "type": "object",
              "required": [],
              "properties": {
                "user": { "type": "string" },
                "host": { "type": "string" },
                "command": { "type": "array", "items": {"type": "string"} },
                "job": { "type": "string" }
              }
            },
            "follows": {
              "type": "object",
              "required": ["kind", "runs"],
              "properties": {
                "kind": { "enum": ["undo", "retry"] },
                "runs": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": ["name", "plan"],
                    "properties": { "name": {"type": "string"}, "plan": {"$ref": "#/$defs/sum"} }
                  },
                  "minItems": 1
                }
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
