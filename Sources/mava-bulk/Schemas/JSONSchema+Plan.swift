extension JSONSchema {
    /// A plan's lines.
    static let planText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "A line of a plan",
          "description": "docs/plan-file.md describes the file. Its first line has a header, every other one a row.",
          "if": { "required": ["format"] },
          "then": { "$ref": "#/$defs/header" },
          "else": { "$ref": "#/$defs/row" },
          "$defs": {
            \#(Definition.planHeader),
            \#(Definition.planRow),
            \#(Definition.sum),
            \#(Definition.time),
            \#(Definition.code),
            \#(Definition.count),
            \#(Definition.check),
            \#(Definition.waiver),
            \#(Definition.follows),
            \#(Definition.shard)
          }
        }

        """#
}
