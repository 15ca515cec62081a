extension JSONSchema {
    /// Definitions that several schemas have, in the form of `$defs`.
    enum Definition {
        /// A SHA-256.
        static let sum = #"""
            "sum": { "description": "A SHA-256 in hexadecimal.", "type": "string", "pattern": "^[0-9a-f]{64}$" }
            """#
        /// A time.
        static let time = #"""
            "time": {
                  "description": "RFC 3339 in UTC.",
                  "type": "string",
                  "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$"
                }
            """#
        /// A code of an error or a reason.
        static let code = #"""
            "code": {
                  "description": "A code of docs/error-codes.md; new ones may come.",
                  "type": "string",
                  "pattern": "^[a-z_]+$"
                }
            """#
        /// A number of rows or requests.
        static let count = #"""
            "count": { "type": "integer", "minimum": 0 }
            """#
        /// How many tickets an agent or a category has, as properties: with --count.
        static let ticketCounts = #"""
            "tickets": { "description": "With --count.", "$ref": "#/$defs/count" },
                "unresolved": { "$ref": "#/$defs/count" },
                "listed": { "description": "False for one that only tickets name.", "type": "boolean" }
            """#
        /// A checksum of a line.
        static let check = #"""
            "check": { "description": "A CRC-32C in hexadecimal.", "type": "string", "pattern": "^[0-9a-f]{8}$" }
            """#
        /// How many rows had each outcome.
        static let outcomes = #"""
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
                }
            """#
        /// A waiver of a guard.
        static let waiver = #"""
            "waiver": {
                  "type": "object",
                  "required": ["rule", "number", "count", "most"],
                  "properties": {
                    "rule": { "type": "string" },
                    "number": { "type": "integer", "minimum": 0 },
                    "count": { "type": "integer", "minimum": 0 },
                    "most": { "type": "integer", "minimum": 0 }
                  }
                }
            """#
        /// The runs that a run goes back to.
        static let follows = #"""
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
                }
            """#
        /// The part of an input that a plan is for.
        static let shard = #"""
            "shard": {
                  "type": "object",
                  "required": ["index", "count", "optionsSha256"],
                  "properties": {
                    "index": { "type": "integer", "minimum": 1 },
                    "count": { "type": "integer", "minimum": 1 },
                    "optionsSha256": { "$ref": "#/$defs/sum" }
                  }
                }
            """#
        /// An approval with which a run began.
        static let approval = #"""
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
            """#
        /// Who began a run.
        static let starter = #"""
            "starter": {
                  "type": "object",
                  "required": [],
                  "properties": {
                    "user": { "type": "string" },
                    "host": { "type": "string" },
                    "command": { "type": "array", "items": {"type": "string"} },
                    "job": { "type": "string" }
                  }
                }
            """#
    }
}
