extension JSONSchema {
    /// The jobs of several profiles.
    static let profilesText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "A line for the job of a profile",
          "description": "What --profiles prints for each profile with --json. docs/scaling.md describes it.",
          "type": "object",
          "required": ["profile", "exitCode"],
          "properties": {
            "profile": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" },
            "exitCode": { "type": "integer", "minimum": 0 },
            "run": { "description": "The run's directory.", "type": "string" },
            "result": { "description": "What the command prints with --json.", "type": "object" }
          }
        }

        """#
}
