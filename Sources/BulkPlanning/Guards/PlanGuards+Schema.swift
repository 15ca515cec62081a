extension PlanGuards {
    /// The JSON schema of a file of guards, draft 2020-12.
    public static let schema = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "Guards of mava-bulk",
          "description": "Limits beyond which a plan is refused.",
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "$schema": { "type": "string" },
            "maxChanges": {
              "description": "The most tickets that a plan may change.",
              "type": "integer",
              "minimum": 0
            },
            "maxChangePercent": {
              "description": "The largest share of the tickets that a plan may change, in percent: of the tickets in the snapshot, or else of those that were read.",
              "type": "number",
              "minimum": 0,
              "maximum": 100
            },
            "maxOfLastRuns": {
              "description": "A limit beside the last finished runs with the same label.",
              "type": "object",
              "additionalProperties": false,
              "required": ["percent", "runs"],
              "properties": {
                "percent": {
                  "description": "The most tickets that a plan may change, in percent of the median of what these runs updated.",
                  "type": "number",
                  "minimum": 0
                },
                "runs": {
                  "description": "How many of the last runs the median is of.",
                  "type": "integer",
                  "minimum": 3
                }
              }
            },
            "rules": {
              "description": "Limits on changes from some values to some values.",
              "type": "array",
              "items": { "$ref": "#/$defs/rule" }
            },
            "protect": {
              "description": "Tickets that no plan may change.",
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "tickets": {
                  "description": "Ids of tickets, or links to them.",
                  "$ref": "#/$defs/texts"
                },
                "agents": {
                  "description": "Tickets that these agents have or would get. Ids, names or e-mails.",
                  "$ref": "#/$defs/texts"
                },
                "categories": {
                  "description": "Tickets that have these categories or would get them. Ids or names.",
                  "$ref": "#/$defs/texts"
                },
                "tags": {
                  "description": "Tickets that have one of these tags. Names or ids.",
                  "$ref": "#/$defs/texts"
                },
                "origins": {
                  "description": "Tickets that came from one of these origins, such as email.",
                  "$ref": "#/$defs/texts"
                }
              }
            },
            "fill": {
              "description": "Fields that a plan may only write where they are empty.",
              "type": "array",
              "items": { "$ref": "#/$defs/field" }
            }
          },
          "$defs": {
            "rule": {
              "type": "object",
              "additionalProperties": false,
              "required": ["name", "field", "most"],
              "properties": {
                "name": {
                  "description": "The name for waivers. It is not one of max-changes, max-change-percent, max-of-last-runs, protect and fill.",
                  "type": "string",
                  "pattern": "^[a-z][a-z0-9-]*$"
                },
                "field": { "$ref": "#/$defs/field" },
                "from": {
                  "description": "The values before the change; any if left out.",
                  "$ref": "#/$defs/values"
                },
                "to": {
                  "description": "The values after the change; any if left out.",
                  "$ref": "#/$defs/values"
                },
                "most": {
                  "description": "The most tickets that a plan may change in this way.",
                  "type": "integer",
                  "minimum": 0
                },
                "each": {
                  "description": "Whether the limit counts for each value after the change by itself.",
                  "type": "boolean"
                }
              }
            },
            "field": { "enum": ["status", "priority", "category", "categoryId", "assignee", "assignedTo"] },
            "value": {
              "description": "A status, a priority, an id, a name or an e-mail; null for an empty field.",
              "type": ["string", "integer", "null"],
              "minLength": 1
            },
            "values": {
              "anyOf": [
                { "$ref": "#/$defs/value" },
                { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/value" } }
              ]
            },
            "texts": {
              "type": "array",
              "items": { "type": "string", "minLength": 1 }
            }
          }
        }

        """#
}
