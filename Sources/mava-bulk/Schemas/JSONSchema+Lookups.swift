extension JSONSchema {
    /// Agents and categories in a file.
    static let lookupsText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "Agents and categories for previews without a key",
          "description": "What mava-bulk lookups writes. docs/export.md describes it.",
          "type": "object",
          "required": ["format", "version", "agents", "categories"],
          "properties": {
            "format": { "const": "mava-bulk-lookups" },
            "version": { "const": 1 },
            "createdAt": { "$ref": "#/$defs/time" },
            "baseURL": { "type": "string" },
            "agents": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["id"],
                "properties": {
                  "id": { "type": "string" },
                  "email": { "type": "string" },
                  "username": { "type": "string" },
                  "walletAddress": { "type": "string" }
                }
              }
            },
            "categories": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["id", "name"],
                "properties": { "id": {"type": "string"}, "name": {"type": "string"} }
              }
            }
          },
          "$defs": {
            \#(Definition.time)
          }
        }

        """#
}
