import Testing

@testable import BulkPlan
@testable import BulkPlanning

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Files of guards")
struct GuardsFileTests {
    private static let manyRules = (0..<1001).map {
        "{\"name\":\"r\($0)\",\"field\":\"status\",\"most\":1}"
    }.joined(separator: ",\n")

    private static func rule(_ members: String) -> String { "{\n\"rules\":[\n{\(members)}]}" }

    @Test(
        "what is wrong is refused with its line and what was meant",
        arguments: [
            // Not JSON.
            ("", 1, "the file ends too early"),
            ("{\n\n", 3, "the file ends too early"),
            ("{\"maxChanges\":1}\n\n{}", 3, "more than one JSON value"),
            ("{\"maxChanges\":1,}", 1, "a member's name in quotes belongs here"),
            ("{'maxChanges':1}", 1, "a member's name in quotes belongs here"),
            ("{\"maxChanges\" 1}", 1, "a colon"),
            ("{\"maxChanges\":1 \"fill\":[]}", 1, "a comma or a closing brace"),
            ("{\"fill\":[\"status\" \"priority\"]}", 1, "a comma or a closing bracket"),
            ("{\"maxChanges\":01}", 1, "a value belongs here"),
            ("{\"maxChanges\":nil}", 1, "a value belongs here"),
            ("{\"fill\":[\"\\q\"]}", 1, "not an escape of JSON"),
            ("{\"fill\":[\"a\nb\"]}", 1, "a control character must be escaped"),
            ("{\"fill\":[\"\\ud800\"]}", 1, "half of a surrogate pair"),
            ("{\"fill\":[\"status", 1, "the file ends too early"),
            (String(repeating: "[", count: 100), 1, "nested too deep"),
            ("{\"maxChanges\":1,\n\"maxChanges\":2}", 2, "this member comes twice"),
            // The wrong members.
            ("[]", 1, "the file is an object"),
            ("{\n\"maxChange\":1}", 2, "\"maxChange\": did you mean `maxChanges`?"),
            ("{\"maxchanges\":1}", 1, "did you mean `maxChanges`?"),
            ("{\"guards\":1}", 1, "the file can have rules, maxChanges"),
            ("{\"protect\":\n{\"agent\":[]}}", 2, "\"protect.agent\": did you mean `agents`?"),
            ("{\"protect\":{\"tags\":[\" \"]}}", 1, "protect.tags has a blank name"),
            ("{\"protect\":{\"origin\":[\"web\"]}}", 1, "did you mean `origins`?"),
            ("{\"protect\":{\"origins\":[\"e-mail\"]}}", 1, "did you mean `email`?"),
            (rule("\"nam\":\"a\""), 3, "\"rules[0].nam\": did you mean `name`?"),
            // The wrong values.
            ("{\"maxChanges\":-1}", 1, "maxChanges takes a whole number from 0"),
            ("{\"maxChanges\":1.5}", 1, "maxChanges takes a whole number from 0"),
            ("{\"maxChanges\":\"5\"}", 1, "maxChanges takes a whole number from 0"),
            ("{\"maxChangePercent\":101}", 1, "a number from 0 to 100"),
            ("{\"protect\":[]}", 1, "protect is an object"),
            ("{\"protect\":{\"agents\":\"Ada\"}}", 1, "protect.agents is a list"),
            ("{\"protect\":{\"agents\":[\" \"]}}", 1, "protect.agents has a blank name"),
            ("{\"protect\":{\"tickets\":[\"xyz\"]}}", 1, "\"xyz\" is not a ticket's id or link"),
            ("{\"protect\":{\"tickets\":[\"a b\"]}}", 1, "\"a b\" is not a ticket's id or link"),
            ("{\"protect\":{\"tickets\":[\"https://x.io/1\"]}}", 1, "not a ticket's id or link"),
            ("{\"fill\":[\"asignee\"]}", 1, "did you mean `assignee`?"),
            ("{\"fill\":{\"assignee\":true}}", 1, "fill is a list"),
            ("{\"rules\":{}}", 1, "rules is a list"),
            ("{\"rules\":[\(manyRules)]}", 1001, "more than 1,000 rules"),
            (rule(""), 3, "rules[0] has no `name`"),
            (rule("\"name\":\"a\",\"most\":1"), 3, "rules[0] has no `field`"),
            (rule("\"name\":\"a\",\"field\":\"status\""), 3, "rules[0] has no `most`"),
            (rule("\"name\":\"No\",\"field\":\"status\",\"most\":1"), 3, "lower-case letters"),
            (rule("\"name\":\"\",\"field\":\"status\",\"most\":1"), 3, "lower-case letters"),
            (rule("\"name\":\"fill\",\"field\":\"status\",\"most\":1"), 3, "of another guard"),
            (
                rule("\"name\":\"a\",\"field\":\"status\",\"most\":1,\"to\":\"Spam\""), 3,
                "Spam"
            ),
            (
                rule("\"name\":\"a\",\"field\":\"status\",\"most\":1,\"to\":null"), 3,
                "can be cleared"
            ),
            (
                rule("\"name\":\"a\",\"field\":\"status\",\"most\":1,\"from\":\"Solved\""), 3,
                "Resolved"
            ),
            (rule("\"name\":\"a\",\"field\":\"priority\",\"most\":1,\"to\":4"), 3, "4"),
            (rule("\"name\":\"a\",\"field\":\"status\",\"most\":1,\"to\":[]"), 3, "lists no value"),
            (
                rule("\"name\":\"a\",\"field\":\"status\",\"most\":1,\"to\":[\"*\",\"Open\"]"), 3,
                "beside"
            ),
            (
                rule("\"name\":\"a\",\"field\":\"status\",\"most\":1,\"to\":true"), 3,
                "takes a value"
            ),
            (rule("\"name\":\"a\",\"field\":\"status\",\"most\":1,\"each\":1"), 3, "true or false"),
            (
                rule(
                    "\"name\":\"a\",\"field\":\"status\",\"most\":1},\n{\"name\":\"a\",\"field\":\"status\",\"most\":2"
                ),
                4, "another rule has the name a"
            ),
        ] as [(String, Int, String)])
    func refused(text: String, line: Int, said: String) throws {
        let error = #expect(throws: PlanError.self) {
            try PlanGuards(bytes: Array(text.utf8), path: "g.json")
        }
        #expect(error?.code == .guardsUnusable)
        #expect(error?.isRefusalByGuard == false)
        #expect(error?.path == "g.json")
        #expect(error?.line == line)
        #expect(error?.message.contains(said) == true, "\(error?.message ?? "")")
    }

    @Test("every member is read, with or without a byte order mark")
    func reads() throws {
        let text = #"""
            {"$schema":"x","maxChanges":2000,"maxChangePercent":12.5,"fill":["assignee","category"],
            "protect":{"tickets":["665F1C0AC2B9E4A1D8F10001"],"agents":["Gr\u0061ce","\ud83d\ude00"],"categories":["Legal"],"tags":["vip"],"origins":["web"]},
            "rules":[{"name":"a-1","field":"status","from":["Open","Spam",null],"to":"*","most":3,"each":true}]}
            """#
        for mark in ["", "\u{FEFF}"] {
            let guards = try PlanGuards(bytes: Array((mark + text).utf8), path: "g.json")
            #expect(guards.maxChanges == 2000)
            #expect(guards.maxChangePercent == 12.5)
            #expect(guards.fillOnly == [.assignedTo, .categoryID])
            #expect(guards.protected.tickets == ["665f1c0ac2b9e4a1d8f10001"])
            #expect(guards.protected.agents == ["Grace", "😀"])
            #expect(guards.protected.categories == ["Legal"])
            #expect(guards.protected.tags == ["vip"] && guards.protected.origins == ["web"])
            let rule = try #require(guards.rules.first)
            #expect(rule.name == "a-1" && rule.field == .status && rule.most == 3 && rule.each)
            #expect(rule.from == ["Open", "Spam", nil] && rule.to == nil)
            #expect(
                guards.ruleNames == [
                    "a-1", "max-changes", "max-change-percent", "max-of-last-runs", "protect",
                    "fill",
                ])
        }
    }

    private static let package = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test("the schema in docs/ is the one that the program prints")
    func schemaFile() throws {
        let file = Self.package.appending(path: "docs/schemas/guards.schema.json")
        #expect(try String(contentsOf: file, encoding: .utf8) == PlanGuards.schema)
    }

    @Test("the example of docs/guards.md is what the reader reads and the schema describes")
    func example() throws {
        let page = try String(
            contentsOf: Self.package.appending(path: "docs/guards.md"), encoding: .utf8)
        let block = try #require(page.firstMatch(of: /```json\n([^`]+)```/)).1
        let guards = try PlanGuards(bytes: Array(block.utf8), path: "g.json")
        #expect(guards.rules.map(\.name) == ["no-reopen", "load", "urgent", "orphans"])
        #expect(guards.protected.agents == ["Grace"] && guards.fillOnly == [.categoryID])
        #expect(try TestSchema(PlanGuards.schema).accepts(TestSchema.value(Data(block.utf8))))
    }

    @Test("the schema accepts the sample, and refuses what the reader refuses")
    func schema() throws {
        let schema = try TestSchema(PlanGuards.schema)
        let sample = try Data(contentsOf: Self.package.appending(path: "samples/guards.json"))
        #expect(schema.accepts(try TestSchema.value(sample)))
        #expect(try PlanGuards(bytes: Array(sample), path: "g.json").rules.count == 3)
        let rule = #"{"name":"a","field":"status","most":1}"#
        for (text, isRight) in [
            ("{}", true), ("[]", false), (#"{"maxChange":1}"#, false),
            (#"{"maxChanges":0}"#, true), (#"{"maxChanges":-1}"#, false),
            (#"{"maxChanges":1.5}"#, false), (#"{"maxChanges":"1"}"#, false),
            (#"{"maxChangePercent":0.5}"#, true), (#"{"maxChangePercent":100.5}"#, false),
            (#"{"fill":["assignedTo","categoryId"]}"#, true), (#"{"fill":["tags"]}"#, false),
            (#"{"fill":"status"}"#, false), (#"{"protect":{"agents":["Ada"]}}"#, true),
            (#"{"protect":{"tags":["vip"]}}"#, true),
            (#"{"protect":{"tags":"vip"}}"#, false), (#"{"protect":{"origins":["web"]}}"#, true),
            (#"{"protect":{"agents":[1]}}"#, false),
            (#"{"protect":{"agents":[""]}}"#, false), ("{\"rules\":[\(rule)]}", true),
            ("{\"rules\":\(rule)}", false), (#"{"rules":[{"name":"a","field":"status"}]}"#, false),
            (#"{"rules":[{"name":"A","field":"status","most":1}]}"#, false),
            (#"{"rules":[{"name":"a","field":"state","most":1}]}"#, false),
            (#"{"rules":[{"name":"a","field":"priority","most":1,"from":null,"to":3}]}"#, true),
            (#"{"rules":[{"name":"a","field":"status","most":1,"from":["Open",null]}]}"#, true),
            (#"{"rules":[{"name":"a","field":"status","most":1,"from":[]}]}"#, false),
            (#"{"rules":[{"name":"a","field":"status","most":1,"from":true}]}"#, false),
            (#"{"rules":[{"name":"a","field":"category","most":1,"from":""}]}"#, false),
            (#"{"rules":[{"name":"a","field":"status","most":1,"each":"yes"}]}"#, false),
        ] {
            #expect(schema.accepts(try TestSchema.value(Data(text.utf8))) == isRight, "\(text)")
            let guards = try? PlanGuards(bytes: Array(text.utf8), path: "g.json")
            #expect((guards != nil) == isRight, "\(text)")
        }
    }
}

/// The part of JSON Schema that the schema of guards uses, checked in the plainest way.
private struct TestSchema {
    indirect enum Value: Decodable, Equatable {
        case object([String: Value])
        case array([Value])
        case string(String)
        case number(Double)
        case bool(Bool)
        case null

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let value = try? container.decode(Bool.self) {
                self = .bool(value)
            } else if let value = try? container.decode(Double.self) {
                self = .number(value)
            } else if let value = try? container.decode(String.self) {
                self = .string(value)
            } else if let value = try? container.decode([Value].self) {
                self = .array(value)
            } else {
                self = .object(try container.decode([String: Value].self))
            }
        }

        subscript(key: String) -> Value? {
            if case .object(let members) = self { members[key] } else { nil }
        }
        var text: String? { if case .string(let text) = self { text } else { nil } }
        var number: Double? { if case .number(let number) = self { number } else { nil } }
        var elements: [Value]? { if case .array(let elements) = self { elements } else { nil } }

        func isOf(type: String) -> Bool {
            switch self {
            case .object: type == "object"
            case .array: type == "array"
            case .string: type == "string"
            case .number(let number):
                type == "number" || type == "integer" && number == number.rounded()
            case .bool: type == "boolean"
            case .null: type == "null"
            }
        }
    }

    private static let known: Set<String> = [
        "$schema", "title", "description", "$defs", "type", "additionalProperties", "properties",
        "minimum", "maximum", "items", "$ref", "required", "pattern", "enum", "anyOf", "minItems",
        "minLength",
    ]
    private let root: Value

    init(_ text: String) throws { root = try Self.value(Data(text.utf8)) }

    static func value(_ data: Data) throws -> Value {
        try JSONDecoder().decode(Value.self, from: data)
    }

    func accepts(_ value: Value) -> Bool { accepts(value, root) }

    private func accepts(_ value: Value, _ schema: Value) -> Bool {
        guard case .object(let rules) = schema else { return false }
        #expect(Self.known.isSuperset(of: rules.keys), "the test does not know a keyword")
        if let path = rules["$ref"]?.text {
            let name = String(path.dropFirst("#/$defs/".count))
            guard let other = root["$defs"]?[name], accepts(value, other) else { return false }
        }
        if let type = rules["type"] {
            let types = type.text.map { [$0] } ?? type.elements?.compactMap(\.text) ?? []
            guard types.contains(where: value.isOf) else { return false }
        }
        if let values = rules["enum"]?.elements, !values.contains(value) { return false }
        if let options = rules["anyOf"]?.elements,
            !options.contains(where: { accepts(value, $0) })
        {
            return false
        }
        switch value {
        case .number(let number):
            return (rules["minimum"]?.number ?? number) <= number
                && number <= (rules["maximum"]?.number ?? number)
        case .string(let text):
            if let pattern = rules["pattern"]?.text {
                #expect(pattern == "^[a-z][a-z0-9-]*$")
                guard text.wholeMatch(of: /[a-z][a-z0-9-]*/) != nil else { return false }
            }
            return Double(text.unicodeScalars.count) >= rules["minLength"]?.number ?? 0
        case .array(let elements):
            return Double(elements.count) >= rules["minItems"]?.number ?? 0
                && elements.allSatisfy { element in
                    rules["items"].map { accepts(element, $0) } ?? true
                }
        case .object(let members):
            for name in rules["required"]?.elements?.compactMap(\.text) ?? []
            where members[name] == nil {
                return false
            }
            let properties = rules["properties"]
            return members.allSatisfy { name, member in
                guard let schema = properties?[name] else {
                    return rules["additionalProperties"] != .bool(false)
                }
                return accepts(member, schema)
            }
        case .bool, .null: return true
        }
    }
}
