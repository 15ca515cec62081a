extension JSONSchema {
    /// A completion script.
    static let completionsText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "What completions --json prints",
          "description": "The completion script of a shell. docs/command-line.md describes it.",
          "type": "object",
          "required": ["format", "version", "shell", "script"],
          "properties": {
            "format": { "const": "mava-bulk-completions" },
            "version": { "const": 1 },
            "shell": { "enum": ["bash", "zsh", "fish"] },
            "script": { "type": "string" }
          }
        }

        """#

    /// The settings in force.
    static let configText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "What config --json prints",
          "description": "The settings in force and where each comes from. docs/configuration.md describes it.",
          "type": "object",
          "required": ["format", "version", "files", "profiles", "settings"],
          "properties": {
            "format": { "const": "mava-bulk-config" },
            "version": { "const": 1 },
            "files": { "type": "array", "items": {"type": "string"} },
            "profiles": { "type": "array", "items": {"type": "string"} },
            "settings": { "type": "array", "items": {"$ref": "#/$defs/setting"} }
          },
          "$defs": {
            "setting": {
              "type": "object",
              "required": ["name", "origin"],
              "properties": {
                "name": { "type": "string" },
                "value": { "description": "Absent where nothing is set.", "type": "string" },
                "origin": { "enum": ["option", "environment", "file", "default"] },
                "option": { "type": "string", "pattern": "^--" },
                "variable": { "type": "string" },
                "file": { "type": "string", "pattern": "^/" },
                "line": { "type": "integer", "minimum": 1 },
                "profile": { "type": "string" }
              }
            }
          }
        }

        """#

    /// What a check found.
    static let checkText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "What check --json prints",
          "description": "Whether this machine, the key and the server are ready. docs/command-line.md describes it.",
          "type": "object",
          "required": ["format", "version", "checks"],
          "properties": {
            "format": { "const": "mava-bulk-check" },
            "version": { "const": 1 },
            "checks": { "type": "array", "items": {"$ref": "#/$defs/check"}, "minItems": 1 }
          },
          "$defs": {
            "check": {
              "type": "object",
              "required": ["name", "state", "finding"],
              "properties": {
                "name": { "description": "New ones may come.", "type": "string" },
                "state": { "enum": ["ok", "warning", "failed"] },
                "finding": { "type": "string" },
                "advice": { "type": "string" },
                "exitCode": { "description": "The exit code of a failed check.", "type": "integer", "minimum": 1 }
              }
            }
          }
        }

        """#
}
