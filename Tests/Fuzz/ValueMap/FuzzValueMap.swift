/// Tables of values of any bytes are read, or refused with a line of the file; a value has one line, and every line
/// says what it becomes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 1
    for field in TicketField.allCases {
        do {
            let map = try ValueMap(
                bytes: bytes, sha256: "", path: "m", for: field,
                unmapped: field == .assignedTo ? .clear : .keep)
            check(map, lines)
        } catch let error as PlanError {
            hold(error.code == .mapUnusable && error.path == "m", "another error is thrown")
            hold(error.line.map { (1...lines).contains($0) } ?? true, "the line is not in the file")
            hold(!error.message.isEmpty, "an error says nothing")
        } catch let error as ReadError {
            hold(!error.description.isEmpty, "an error says nothing")
        } catch {
            hold(false, "an error of another type: \(error)")
        }
    }
    return 0
}

private func check(_ map: ValueMap, _ lines: Int) {
    hold(!map.entries.isEmpty, "a map without lines is accepted")
    hold(Set(map.entries.map(\.from)).count == map.entries.count, "a value has two lines")
    let words = map.field == .status || map.field == .priority ? WordMap(map) : nil
    for entry in map.entries {
        hold((1...lines).contains(entry.line), "the line is not in the file")
        hold((entry.to == nil) == entry.toText.isEmpty, "a value becomes what is not written")
        hold(entry.to != FieldText.none || map.field == .assignedTo, "a field is cleared")
        guard let words else { continue }
        hold(words[entry.from]?.line == entry.line, "a value is looked up in another line")
        if case .name? = entry.to { hold(false, "a status or a priority became a name") }
    }
}
