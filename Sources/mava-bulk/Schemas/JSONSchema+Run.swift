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
            "window": { "type": "string" },
            "notWindow": { "type": "string" },
            "outside": { "enum": ["wait", "stop"] },
            "concurrency": { "type": "integer", "minimum": 1 },
            "maxFailures": { "type": "integer", "minimum": 0 },
            "acceptFailures": { "type": "string", "pattern": "^([0-9.]{1,12}%|[0-9]{1,7}/[0-9]{1,7})$" },
            "onConflict": { "enum": ["skip", "overwrite", "stop"] },
            "caFile": { "type": "string" },
            "guards": { "type": "string" },
            "lookups": { "type": "string" },
            "keyFile": { "type": "string" },
            "keyVariable": { "type": "string" },
            "profile": { "type": "string" },
            "unattended": { "type": "boolean" },
            "label": { "type": "string" },
            "startedAt": { "$ref": "#/$defs/time" },
            "starter": { "$ref": "#/$defs/starter" },
            "follows": { "$ref": "#/$defs/follows" },
            "shard": { "$ref": "#/$defs/shard" },
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
            \#(Definition.sum),
            \#(Definition.time),
            \#(Definition.starter),
            \#(Definition.follows),
            \#(Definition.shard),
            \#(Definition.waiver),
            \#(Definition.approval)
          }
        }

        """#
}
