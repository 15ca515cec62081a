extension JSONSchema {
    /// Workspaces of a sandbox.
    static let workspaceText = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "A workspace for mava-bulk sandbox",
          "description": "docs/sandbox.md describes the format. Keys that begin with _ (but _id) or $ are comments.",
          "type": "object",
          "required": ["organisations"],
          "properties": {
            "organisations": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/organisation"}}
          },
          "patternProperties": {"^[_$]": true},
          "additionalProperties": false,
          "$defs": {
            "id": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[^\\s\\u0000-\\u001f\\u007f]+$"},
            "text": {"type": ["string", "null"]},
            "time": {
              "type": "string",
              "pattern": "^\\d{4}-\\d{2}-\\d{2}([Tt ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?([Zz]|[+-]\\d{2}(:?\\d{2})?)?)?$"
            },
            "organisation": {
              "type": "object",
              "required": ["apiKeys"],
              "properties": {
                "name": {"type": "string", "description": "Shown in logs and statistics."},
                "apiKeys": {
                  "type": "array",
                  "minItems": 1,
                  "items": {"type": "string", "pattern": "^[\\u0021-\\u007e]+$"},
                  "description": "Any of these in x-auth-token opens the organisation. Unique over all of them."
                },
                "agents": {"type": "array", "items": {"$ref": "#/$defs/agent"}},
                "categories": {"type": "array", "items": {"$ref": "#/$defs/category"}},
                "tickets": {"type": "array", "items": {"$ref": "#/$defs/ticket"}}
              },
              "patternProperties": {"^[_$]": true},
              "additionalProperties": false
            },
            "agent": {
              "type": "object",
              "required": ["id"],
              "properties": {
                "id": {"$ref": "#/$defs/id"},
                "email": {"$ref": "#/$defs/text"},
                "username": {"$ref": "#/$defs/text"},
                "walletAddress": {"$ref": "#/$defs/text"},
                "archived": {"type": "boolean", "description": "true: has left; not listed, not assignable."}
              },
              "patternProperties": {"^[_$]": true},
              "additionalProperties": false
            },
            "category": {
              "type": "object",
              "required": ["id", "name"],
              "properties": {
                "id": {"$ref": "#/$defs/id"},
                "name": {"type": "string"},
                "archived": {"type": "boolean", "description": "true: out of use; not listed, not to be chosen."}
              },
              "patternProperties": {"^[_$]": true},
              "additionalProperties": false
            },
            "ticket": {
              "type": "object",
              "required": ["_id"],
              "properties": {
                "_id": {"$ref": "#/$defs/id"},
                "status": {
                  "type": "string",
                  "description": "Open (the default), Resolved, Pending, Waiting, or any text that listings show."
                },
                "priority": {"enum": [1, 2, 3, null], "description": "Default 1."},
                "category": {"$ref": "#/$defs/text", "description": "A category's id."},
                "assignedTo": {"$ref": "#/$defs/text", "description": "An agent's id."},
                "aiStatus": {
                  "$ref": "#/$defs/text",
                  "description": "Active while the AI handles the ticket, HandedOff after, null for never."
                },
                "sourceType": {"$ref": "#/$defs/text", "description": "Such as email, web, discord, telegram."},
                "tags": {"type": "array", "items": {"type": "string"}},
                "customer": true,
                "subject": {"$ref": "#/$defs/text", "description": "What the customer wrote first."},
                "csat": {"enum": [1, 2, 3, 4, 5, null]},
                "createdAt": {
                  "$ref": "#/$defs/time",
                  "description": "Default: the time in the id, if it is an ObjectId; otherwise required."
                },
                "updatedAt": {"$ref": "#/$defs/time", "description": "Default: createdAt."},
                "messages": {"type": "array", "items": {"type": "object"}}
              },
              "patternProperties": {"^[_$]": true},
              "additionalProperties": false
            }
          }
        }

        """#
}
