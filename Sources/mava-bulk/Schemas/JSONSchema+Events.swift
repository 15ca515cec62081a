extension JSONSchema {
    /// The events of a command.
    static let eventsText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "An event of a command",
          "description": "docs/events.md describes the lines of --events. Later versions may add kinds of events.",
          "oneOf": [
            {
              "type": "object",
              "required": ["event", "time", "format", "version", "tool", "command"],
              "properties": {
                "event": { "const": "hello" },
                "time": { "$ref": "#/$defs/time" },
                "format": { "const": "mava-bulk-events" },
                "version": { "const": 1 },
                "tool": { "type": "string" },
                "command": { "type": "string" }
              }
            },
            {
              "type": "object",
              "required": [
                "event", "time", "plan", "input", "rows", "update", "unchanged", "invalid", "conflict",
                "held", "excluded", "requests"
              ],
              "properties": {
                "event": { "const": "planned" },
                "time": { "$ref": "#/$defs/time" },
                "plan": { "$ref": "#/$defs/sum" },
                "input": { "type": "string" },
                "rows": { "$ref": "#/$defs/count" },
                "update": { "$ref": "#/$defs/count" },
                "unchanged": { "$ref": "#/$defs/count" },
                "invalid": { "$ref": "#/$defs/count" },
                "conflict": { "$ref": "#/$defs/count" },
                "held": { "$ref": "#/$defs/count" },
                "excluded": { "$ref": "#/$defs/count" },
                "shard": { "$ref": "#/$defs/shard" },
                "otherShards": { "$ref": "#/$defs/count" },
                "requests": { "$ref": "#/$defs/count" }
              }
            },
            {
              "type": "object",
              "required": ["event", "time", "directory"],
              "properties": {
                "event": { "const": "started" },
                "time": { "$ref": "#/$defs/time" },
                "directory": { "type": "string" }
              }
            },
            {
              "type": "object",
              "required": ["event", "time", "row", "outcome", "attempts"],
              "properties": {
                "event": { "const": "row" },
                "time": { "$ref": "#/$defs/time" },
                "row": { "type": "integer", "minimum": 1 },
                "outcome": {
                  "enum": [
                    "updated", "unchanged", "invalid", "conflict", "held", "excluded", "failed", "unknown",
                    "unsent"
                  ]
                },
                "attempts": { "type": "integer", "minimum": 0 },
                "httpStatus": { "type": "integer", "minimum": 100, "maximum": 999 },
                "errorCode": { "$ref": "#/$defs/code" },
                "message": { "type": "string" }
              }
            },
            {
              "type": "object",
              "required": ["event", "time", "reason"],
              "properties": {
                "event": { "const": "wait" },
                "time": { "$ref": "#/$defs/time" },
                "reason": { "$ref": "#/$defs/code" },
                "by": { "enum": ["server", "control"] },
                "until": { "$ref": "#/$defs/time" }
              }
            },
            {
              "type": "object",
              "required": ["event", "time", "command"],
              "properties": {
                "event": { "const": "control" },
                "time": { "$ref": "#/$defs/time" },
                "command": { "enum": ["pause", "resume", "quota", "stop"] },
                "requests": { "type": "integer", "minimum": 1 },
                "milliseconds": { "type": "integer", "minimum": 1 }
              }
            },
            {
              "type": "object",
              "required": ["event", "time", "done", "failed", "requests", "retries", "inFlight"],
              "properties": {
                "event": { "const": "progress" },
                "time": { "$ref": "#/$defs/time" },
                "total": { "type": "integer", "minimum": 0 },
                "done": { "type": "integer", "minimum": 0 },
                "failed": { "type": "integer", "minimum": 0 },
                "requests": { "type": "integer", "minimum": 0 },
                "retries": { "type": "integer", "minimum": 0 },
                "inFlight": { "type": "integer", "minimum": 0 },
                "secondsLeft": { "type": "integer", "minimum": 0 }
              }
            },
            {
              "type": "object",
              "required": ["event", "time", "reason"],
              "properties": {
                "event": { "const": "stopped" },
                "time": { "$ref": "#/$defs/time" },
                "reason": { "$ref": "#/$defs/code" }
              }
            },
            {
              "type": "object",
              "required": ["event", "time", "exitCode"],
              "properties": {
                "event": { "const": "end" },
                "time": { "$ref": "#/$defs/time" },
                "exitCode": { "type": "integer", "minimum": 0 },
                "reason": { "$ref": "#/$defs/code" },
                "rows": { "type": "integer", "minimum": 0 },
                "outcomes": { "$ref": "#/$defs/outcomes" },
                "directory": { "type": "string" },
                "report": { "type": "string" },
                "page": { "type": "string" },
                "error": { "$ref": "#/$defs/error" }
              }
            },
            {
              "type": "object",
              "required": ["event", "time"],
              "properties": {
                "event": {
                  "type": "string",
                  "not": {
                    "enum": [
                      "hello", "planned", "started", "row", "wait", "control", "progress", "stopped", "end"
                    ]
                  }
                },
                "time": { "$ref": "#/$defs/time" }
              }
            }
          ],
          "$defs": {
            "error": {
              "type": "object",
              "required": ["code", "message", "exitCode"],
              "properties": {
                "code": { "$ref": "#/$defs/code" },
                "message": { "type": "string" },
                "exitCode": { "type": "integer", "minimum": 1 },
                "details": { "type": "array", "items": {"type": "string"} }
              }
            },
            \#(Definition.sum),
            \#(Definition.time),
            \#(Definition.code),
            \#(Definition.count),
            \#(Definition.shard),
            \#(Definition.outcomes)
          }
        }

        """#
}
