/// A condition of any bytes is read, or refused with a place inside it; and one that is read agrees with its negation,
/// with its own comparisons and with itself after a line of blanks.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    // The part after a NUL, if there is one, is the value that the condition is asked about.
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let text = parts.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
    let writing = parts.count == 2 ? String(decoding: parts[1], as: UTF8.self) : "3"
    do {
        let condition = try RowCondition(text, now: 1_795_780_800)
        hold(1...64 ~= condition.comparisons.count, "a condition has no comparisons, or too many")
        hold(
            Set(condition.subjects) == Set(condition.comparisons.map(\.subject)),
            "a subject is missing")
        let values: [RowCondition.Value] = [
            .missing, .text([writing]), .text([writing, "x"]), .list([[writing], ["x", "3"]]),
            .time(1_767_605_400_250_000),
        ]
        for value in values { check(condition, value) }
    } catch {
        hold(
            error.text == text && 0...text.count ~= error.offset,
            "a mistake lies outside the condition")
        hold(!error.message.isEmpty, "an error says nothing")
        let lines = error.description.split(separator: "\n", omittingEmptySubsequences: false)
        hold(lines.count == 3 && lines[2].last == "^", "an error has no caret")
        hold(
            !lines.joined().unicodeScalars.contains { $0.value < 0x20 },
            "a control character is shown")
    }
    return 0
}

private func check(_ condition: RowCondition, _ value: RowCondition.Value) {
    let results = condition.comparisons.map { $0.holds(value) }
    let outcome = condition.holds { _ in value }
    hold(outcome == condition.holds { results[$0] }, "the comparisons give another outcome")
    hold(outcome == condition.decided { results[$0] }, "known results do not decide")
    for index in results.indices {
        let decision = condition.decided { $0 == index ? nil : results[$0] }
        hold(decision == nil || decision == outcome, "a decision without one result is wrong")
    }
    for comparison in condition.comparisons where comparison.relation == .lessOrEqual {
        hold(!comparison.holds(.missing), "a missing value has an order")
    }
    // One level more is allowed unless the condition has all of them, or all of its bytes.
    if let opposite = try? RowCondition("\n not(\(condition.text))", now: 1_795_780_800) {
        hold(outcome != opposite.holds { _ in value }, "the negation gives the same outcome")
    } else {
        hold(condition.text.utf8.count > 1000, "a negation is refused")
    }
}
