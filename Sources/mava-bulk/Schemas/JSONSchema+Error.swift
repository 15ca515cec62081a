extension JSONSchema {
    /// Errors.
    static let errorText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "An error, as programs read it",
          "description": "What is on standard error where --json or --log-format json is given. docs/command-line.md describes it.",
          "type": "object",
          "required": ["error"],
          "properties": {
            "profile": { "type": "string" },
            "time": { "$ref": "#/$defs/time" },
            "level": { "const": "error" },
            "message": { "type": "string" },
            "error": { "$ref": "#/$defs/error" }
          },
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
            \#(Definition.time),
            \#(Definition.code)
          }
        }

        """#
}
