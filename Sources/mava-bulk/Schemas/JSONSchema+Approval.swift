extension JSONSchema {
    /// Decisions about a plan.
    static let approvalText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "A line of a plan's file of decisions",
          "description": "docs/approval.md describes the file.",
          "type": "object",
          "required": ["format", "version", "plan", "decision", "who", "at", "note"],
          "properties": {
            "format": { "const": "mava-bulk-approval" },
            "version": { "const": 1 },
            "plan": { "$ref": "#/$defs/sum" },
            "decision": { "enum": ["approve", "decline"] },
            "who": { "type": "string" },
            "at": { "$ref": "#/$defs/time" },
            "expires": { "$ref": "#/$defs/time" },
            "note": { "type": "string", "maxLength": 2000 },
            "signature": { "type": "string", "pattern": "^-----BEGIN SSH SIGNATURE-----" }
          },
          "$defs": {
            \#(Definition.sum),
            \#(Definition.time)
          }
        }

        """#
}
