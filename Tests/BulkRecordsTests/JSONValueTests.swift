@testable import BulkRecords
import Testing

@Suite("Reading what is nested in a record")
struct JSONValueTests {
    private func withFirstValue(_ line: String, _ body: (JSONValue) -> Void) throws {
        var reader = try RecordReader(ByteSource(bytes: Array(line.utf8)), format: .jsonLines)
        let isThere = try reader.next { record in body(record.json(of: 0)) }
        #expect(isThere)
    }

    @Test("The members of an object come in order")
    func members() throws {
        let line = #"{"a": { "x" : 1 ,"y\n":"\u0041b" , "z":[1, {"q":null}], "w":{} } }"#
        try withFirstValue(line) { value in
            var members = value.members
            var seen: [String] = []
            while let member = members.next() {
                let text = String(decoding: member.value.raw, as: UTF8.self)
                seen.append("\(member.key)=\(member.value.kind) \(text)")
            }
            #expect(
                seen == [
                    "x=number 1", #"y\#n=string "\u0041b""#, #"z=array [1, {"q":null}]"#,
                    "w=object {}",
                ])
            #expect(value["x"]?.integer == 1)
            #expect(value["y\n"]?.string == "Ab")
            #expect(value["nothing"] == nil)
            #expect(value["x"]?.string == nil)
            #expect(value["w"]?.members.isEmpty == true)
        }
    }

    @Test("The elements of a list come in order")
    func elements() throws {
        try withFirstValue(#"{"a":[ "x" ,-12, [] , true,1.0]}"#) { value in
            var elements = value.members
            var seen: [String] = []
            while let element = elements.next() {
                #expect(element.key.isEmpty)
                seen.append(element.value.string ?? "\(element.value.integer ?? 0)")
            }
            #expect(seen == ["x", "-12", "0", "0", "0"])
        }
        try withFirstValue("{\"a\":[ ]}") { value in #expect(value.members.isEmpty) }
        try withFirstValue("{\"a\":7}") { value in #expect(value.members.isEmpty) }
    }
}

extension JSONMembers {
    /// Whether there are no members.
    fileprivate var isEmpty: Bool {
        var copy = self
        return copy.next() == nil
    }
}
