extension JSONSchema {
    /// The program's version.
    static let versionText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "What version --json prints",
          "description": "docs/command-line.md describes it. Its version is that of the program.",
          "type": "object",
          "required": ["name", "version", "platform", "build"],
          "properties": {
            "name": { "const": "mava-bulk" },
            "version": { "type": "string", "pattern": "^\\d+\\.\\d+\\.\\d+" },
            "platform": { "type": "string" },
            "build": { "enum": ["release", "debug"] },
            "libcurl": { "description": "Absent where none can be used.", "type": "string" }
          }
        }

        """#

    /// The meaning of a code.
    static let explainText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "A line of explain --json",
          "description": "What a code means, and what to do. docs/error-codes.md lists them.",
          \#(Definition.explanation)
        }

        """#

    /// The kinds of files and documents that have a schema.
    static let schemasText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "What schema --json prints",
          "description": "The names of the schemas.",
          "type": "array",
          "items": { "type": "string", "pattern": "^[a-z-]+$" },
          "minItems": 1
        }

        """#

    /// The commands, options and codes as data.
    static let interfaceText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "What help --json prints",
          "description": "All commands, options, topics, variables and codes. docs/interface.json is a copy.",
          "type": "object",
          "required": ["format", "version", "commands", "topics", "environment", "codes"],
          "properties": {
            "format": { "const": "mava-bulk-interface" },
            "version": { "const": 1 },
            "commands": { "type": "array", "items": {"$ref": "#/$defs/command"}, "minItems": 1 },
            "topics": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["name", "summary"],
                "properties": { "name": {"type": "string"}, "summary": {"type": "string"} }
              }
            },
            "environment": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["name", "meaning"],
                "properties": { "name": {"type": "string"}, "meaning": {"type": "string"} }
              }
            },
            "codes": { "type": "array", "items": {"$ref": "#/$defs/explanation"} }
          },
          "$defs": {
            "command": {
              "type": "object",
              "required": ["name", "summary", "operands", "examples", "options"],
              "properties": {
                "name": { "type": "string" },
                "summary": { "type": "string" },
                "operands": { "type": "array", "items": {"type": "string"} },
                "json": {
                  "description": "The schemas of what the command prints with --json.",
                  "type": "array",
                  "minItems": 1,
                  "items": {
                    "type": "object",
                    "required": ["schema"],
                    "properties": { "schema": {"type": "string"}, "when": {"type": "string"} }
                  }
                },
                "examples": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": ["purpose", "line"],
                    "properties": { "purpose": {"type": "string"}, "line": {"type": "string"} }
                  }
                },
                "options": { "type": "array", "items": {"$ref": "#/$defs/option"} }
              }
            },
            "option": {
              "type": "object",
              "required": ["name", "group", "help"],
              "properties": {
                "name": { "type": "string", "pattern": "^--[a-z-]+$" },
                "short": { "type": "string", "pattern": "^-[A-Za-z]$" },
                "value": { "type": "string" },
                "isRepeatable": { "const": true },
                "choices": { "type": "array", "items": {"type": "string"} },
                "group": { "type": "string" },
                "help": { "type": "string" }
              }
            },
            "explanation": {
              \#(Definition.explanation)
            }
          }
        }

        """#
}

extension JSONSchema.Definition {
    /// The members of a schema of a code's explanation.
    fileprivate static let explanation = #"""
        "type": "object",
              "required": ["code", "from", "meaning", "remedy"],
              "properties": {
                "code": { "description": "New ones may come.", "type": "string" },
                "name": { "description": "An exit code's name.", "type": "string", "pattern": "^[a-z_]+$" },
                "from": { "type": "string" },
                "meaning": { "type": "string" },
                "remedy": { "type": "string" }
              }
        """#
}
