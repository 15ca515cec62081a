import BulkPlan

extension JSONSchema.Definition {
    /// A plan's header.
    ///
    /// It refers to sums, times, counts, checksums, waivers, followed runs and shards.
    static let planHeader = #"""
        "header": {
              "type": "object",
              "required": [
                "format", "version", "tool", "id", "createdAt", "input", "source", "counts", "requests",
                "fieldChanges", "undiffed", "handOffs", "allowsHandOff", "blindAssignments", "ticketsRead",
                "hasChanges", "price", "agents", "categories", "notes", "check"
              ],
              "properties": {
                "format": { "const": "\#(PlanHeader.format)" },
                "version": { "const": 1 },
                "tool": { "type": "string" },
                "id": { "$ref": "#/$defs/sum" },
                "parent": { "$ref": "#/$defs/sum" },
                "follows": { "$ref": "#/$defs/follows" },
                "shard": { "$ref": "#/$defs/shard" },
                "createdAt": { "$ref": "#/$defs/time" },
                "input": {
                  "type": "object",
                  "required": ["name", "sha256", "format", "columns"],
                  "properties": {
                    "name": { "type": "string" },
                    "sha256": { "$ref": "#/$defs/sum" },
                    "format": { "enum": ["csv", "jsonl"] },
                    "delimiter": { "type": "string" },
                    "mark": { "const": true },
                    "lineEnd": { "enum": ["crlf", "cr"] },
                    "columns": { "type": "array", "items": {"type": "string"} }
                  }
                },
                "source": { "enum": ["live", "snapshot", "none"] },
                "baseURL": { "type": "string" },
                "organisation": {
                  "type": "array", "minItems": 1, "maxItems": 64, "uniqueItems": true,
                  "items": { "type": "string", "pattern": "^[0-9a-f]{16}$" }
                },
                "counts": {
                  "type": "object",
                  "required": ["rows", "update", "unchanged", "invalid", "conflict", "held", "excluded"],
                  "properties": {
                    "rows": { "$ref": "#/$defs/count" },
                    "update": { "$ref": "#/$defs/count" },
                    "unchanged": { "$ref": "#/$defs/count" },
                    "invalid": { "$ref": "#/$defs/count" },
                    "conflict": { "$ref": "#/$defs/count" },
                    "held": { "$ref": "#/$defs/count" },
                    "excluded": { "$ref": "#/$defs/count" },
                    "otherShards": { "$ref": "#/$defs/count" }
                  }
                },
                "requests": { "$ref": "#/$defs/count" },
                "fieldChanges": { "$ref": "#/$defs/count" },
                "undiffed": { "$ref": "#/$defs/count" },
                "handOffs": { "$ref": "#/$defs/count" },
                "allowsHandOff": { "type": "boolean" },
                "unread": { "enum": ["hold", "send"] },
                "conditions": { "type": "array", "minItems": 1, "items": { "type": "string" } },
                "onDuplicate": { "const": "last" },
                "expectsUpdateTimes": { "const": true },
                "blindAssignments": { "$ref": "#/$defs/count" },
                "unassignedFromAI": { "type": "integer", "minimum": 1 },
                "ticketsRead": { "$ref": "#/$defs/count" },
                "hasChanges": { "type": "boolean" },
                "price": {
                  "type": "object",
                  "required": ["reads", "writes", "auditEntries", "quotaLimit", "quotaSeconds", "seconds"],
                  "properties": {
                    "reads": { "$ref": "#/$defs/count" },
                    "writes": { "$ref": "#/$defs/count" },
                    "writesWithoutReading": { "$ref": "#/$defs/count" },
                    "auditEntries": { "$ref": "#/$defs/count" },
                    "quotaLimit": { "type": "integer", "minimum": 1 },
                    "quotaSeconds": { "type": "number", "exclusiveMinimum": 0 },
                    "seconds": { "type": "number", "minimum": 0 }
                  }
                },
                "maps": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": ["field", "file", "sha256", "unused", "lines"],
                    "properties": {
                      "field": { "enum": ["status", "priority", "categoryId", "assignedTo"] },
                      "file": { "type": "string" },
                      "sha256": { "$ref": "#/$defs/sum" },
                      "unused": { "$ref": "#/$defs/count" },
                      "lines": {
                        "type": "array",
                        "items": {
                          "type": "object",
                          "required": ["from", "line"],
                          "properties": {
                            "from": { "type": "string" },
                            "to": { "type": "string" },
                            "line": { "type": "integer", "minimum": 1 }
                          }
                        },
                        "maxItems": 500
                      }
                    }
                  }
                },
                "waivers": { "type": "array", "items": {"$ref": "#/$defs/waiver"}, "minItems": 1 },
                "namesNoObjectId": { "const": true },
                "namesFrom": { "const": "snapshot" },
                "agents": { "type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 500 },
                "categories": { "type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 500 },
                "notes": { "type": "array", "items": {"type": "string"} },
                "check": { "$ref": "#/$defs/check" }
              }
            }
        """#
    /// A plan's row with its values.
    ///
    /// It refers to codes.
    static let planRow = #"""
        "row": {
              "type": "object",
              "required": ["row", "line", "ticketId", "do"],
              "properties": {
                "row": { "type": "integer", "minimum": 1 },
                "line": { "type": "integer", "minimum": 1 },
                "ticketId": { "type": ["string", "null"] },
                "do": { "enum": ["update", "unchanged", "invalid", "conflict", "held", "excluded"] },
                "before": { "$ref": "#/$defs/values" },
                "after": { "$ref": "#/$defs/values" },
                "expect": {
                  "type": "object",
                  "additionalProperties": false,
                  "properties": {
                    "status": { "type": "string" },
                    "priority": { "type": ["integer", "null"] },
                    "categoryId": { "type": ["string", "null"] },
                    "assignedTo": { "type": ["string", "null"] },
                    "updatedAt": { "type": "string" }
                  }
                },
                "with": { "type": "integer", "minimum": 1 },
                "undiffed": { "const": true },
                "code": { "$ref": "#/$defs/code" },
                "message": { "type": "string" },
                "column": { "type": "string" },
                "value": { "type": "string" },
                "suggestion": { "type": "string" },
                "parts": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": ["code", "message"],
                    "properties": {
                      "code": { "$ref": "#/$defs/code" },
                      "message": { "type": "string" },
                      "column": { "type": "string" },
                      "value": { "type": "string" },
                      "suggestion": { "type": "string" }
                    }
                  },
                  "minItems": 1
                },
                "forms": { "type": "string", "pattern": "^[sjna]*$" },
                "cells": { "type": "array", "items": {"type": "string"} }
              },
              "additionalProperties": false
            },
            "values": {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "status": { "type": ["string", "null"] },
                "priority": { "type": ["integer", "null"] },
                "categoryId": { "type": ["string", "null"] },
                "assignedTo": { "type": ["string", "null"] }
              }
            }
        """#
    /// The changes of a row or of a group of rows, with the names of their values.
    static let changes = #"""
        "changes": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["field", "after", "afterName"],
                "properties": {
                  "field": { "enum": ["status", "priority", "categoryId", "assignedTo"] },
                  "before": {
                    "description": "Absent where it is unknown.",
                    "type": ["string", "integer", "null"]
                  },
                  "beforeName": { "type": "string" },
                  "after": { "type": ["string", "integer", "null"] },
                  "afterName": { "type": "string" }
                }
              }
            }
        """#
}
