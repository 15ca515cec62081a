/// Lines of any bytes are read the same whole and in chunks, and what is nested in them can be walked.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    readTwice(UnsafeBufferPointer(start: start, count: count), format: .jsonLines) { record in
        for index in 0..<record.count {
            let text = record.text(of: index)
            hold(text.utf8.count == record.bytes(of: index).count, "a text was repaired")
            walk(record.json(of: index), depth: 1)
        }
    }
    return 0
}

/// Visits every value inside a value; the reader has limited how deep they are.
private func walk(_ value: JSONValue, depth: Int) {
    hold(depth <= 512 && !value.raw.isEmpty, "a value is too deep, or empty")
    _ = value.string
    _ = value.integer
    var members = value.members
    var end = 0
    while let member = members.next() {
        hold(value.kind == .object || value.kind == .array, "a leaf has members")
        let offset = member.value.raw.baseAddress! - value.raw.baseAddress!
        hold(
            offset > end && offset + member.value.raw.count < value.raw.count,
            "a member lies outside its value")
        end = offset
        _ = member.key
        walk(member.value, depth: depth + 1)
    }
}
