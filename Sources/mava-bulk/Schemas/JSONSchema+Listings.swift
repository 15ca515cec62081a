extension JSONSchema {
    /// An agent of the organisation.
    static let agentsText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "A line of agents --json",
          "description": "An agent. docs/export.md describes the listing.",
          "type": "object",
          "required": ["id", "username", "email", "walletAddress"],
          "properties": {
            "id": { "type": "string" },
            "username": { "type": ["string", "null"] },
            "email": { "type": ["string", "null"] },
            "walletAddress": { "type": ["string", "null"] },
            \#(Definition.ticketCounts)
          },
          "$defs": {
            \#(Definition.count)
          }
        }

        """#

    /// A category of the organisation.
    static let categoriesText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "A line of categories --json",
          "description": "A category. docs/export.md describes the listing.",
          "type": "object",
          "required": ["id", "name"],
          "properties": {
            "id": { "type": "string" },
            "name": { "type": ["string", "null"] },
            \#(Definition.ticketCounts)
          },
          "$defs": {
            \#(Definition.count)
          }
        }

        """#

    /// The first line of a sandbox, and what `--init` prints.
    static let sandboxText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "The first line of sandbox --json",
          "description": "The sandbox serves, or --init wrote the workspace. docs/sandbox.md describes it.",
          "type": "object",
          "required": ["format", "version"],
          "oneOf": [
            { "required": ["address", "apiKeys", "adminToken"] },
            { "required": ["workspace"] }
          ],
          "properties": {
            "format": { "const": "mava-bulk-sandbox" },
            "version": { "const": 1 },
            "address": { "type": "string", "pattern": "^http://" },
            "apiKeys": { "type": "array", "items": {"type": "string"} },
            "adminToken": { "type": "string" },
            "workspace": { "description": "With --init: the file that was written.", "type": "string" }
          }
        }

        """#

    /// Counts of rows, as `report` prints them.
    static let reportText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "What report --format summary prints",
          "description": "Counts of a run's rows, or of the rows of several runs. docs/reports.md describes it.",
          "type": "object",
          "required": ["format", "version", "input", "runs", "rows", "outcomes", "reasons", "missing"],
          "properties": {
            "format": { "const": "mava-bulk-report" },
            "version": { "const": 1 },
            "input": { "type": "string" },
            "runs": {
              "type": "array",
              "minItems": 1,
              "items": {
                "type": "object",
                "required": ["name", "plan", "state", "updatesSent"],
                "properties": {
                  "name": { "type": "string" },
                  "plan": { "$ref": "#/$defs/sum" },
                  "state": { "enum": ["finished", "resumable", "running", "pruned", "unreadable"] },
                  "reason": { "$ref": "#/$defs/code" },
                  "startedAt": { "$ref": "#/$defs/time" },
                  "finishedAt": { "$ref": "#/$defs/time" },
                  "updatesSent": { "$ref": "#/$defs/count" },
                  "shard": { "$ref": "#/$defs/shard" },
                  "undoneBy": { "type": "array", "items": {"type": "string"}, "minItems": 1 }
                }
              }
            },
            "rows": { "$ref": "#/$defs/count" },
            "outcomes": { "$ref": "#/$defs/outcomes" },
            "otherShards": { "$ref": "#/$defs/count" },
            "reasons": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["outcome", "rows"],
                "properties": {
                  "outcome": {
                    "enum": ["invalid", "conflict", "held", "failed", "unknown", "unsent"]
                  },
                  "errorCode": { "$ref": "#/$defs/code" },
                  "rows": { "type": "integer", "minimum": 1 }
                }
              }
            },
            "missing": { "type": "array", "items": {"type": "string"} }
          },
          "$defs": {
            \#(Definition.sum),
            \#(Definition.time),
            \#(Definition.code),
            \#(Definition.count),
            \#(Definition.outcomes),
            \#(Definition.shard)
          }
        }

        """#
}
