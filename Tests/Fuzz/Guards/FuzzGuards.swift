/// Files of guards of any bytes are read, or refused with a line of the file; what is read makes sense, and does not
/// change when blanks are added.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(PlanError) {
        let guards = try PlanGuards(bytes: bytes, path: "g")
        check(guards)
        guard let again = try? PlanGuards(bytes: bytes + Array(" \n".utf8), path: "g") else {
            fatalError("blanks at the end are refused")
        }
        hold(guards == again, "blanks at the end change the guards")
        hold(
            (try? PlanGuards(bytes: bytes + Array("{}".utf8), path: "g")) == nil,
            "a second value is accepted")
        // Cut before its last byte that is no blank, the file is never whole.
        if let last = bytes.lastIndex(where: { $0 > 0x20 }) {
            hold(
                (try? PlanGuards(bytes: Array(bytes[..<last]), path: "g")) == nil,
                "a file that was cut is accepted")
        }
    } catch {
        hold(error.code == .guardsUnusable && error.path == "g", "another error is thrown")
        let lines = bytes.count { $0 == 0x0A } + 1
        hold(error.line.map { (1...lines).contains($0) } ?? false, "the line is not in the file")
        hold(!error.message.isEmpty, "an error says nothing")
        hold(
            !error.message.unicodeScalars.contains { $0.value < 0x20 },
            "a control character is shown")
    }
    return 0
}

private func check(_ guards: PlanGuards) {
    hold(guards.maxChanges ?? 0 >= 0, "a limit is negative")
    hold((0...100).contains(guards.maxChangePercent ?? 0), "a share is none")
    hold(Set(guards.ruleNames).count == guards.ruleNames.count, "two rules have one name")
    for rule in guards.rules {
        hold(rule.most >= 0, "a rule's limit is negative")
        hold(rule.from?.count == rule.fromValues?.count, "a value is missing")
        hold(rule.to?.count == rule.toValues?.count, "a value is missing")
        hold(rule.from?.isEmpty != true && rule.to?.isEmpty != true, "a rule has no value")
        hold(
            !rule.text.unicodeScalars.contains { $0.value < 0x20 }, "a control character is shown")
        let same = try? GuardRule(
            name: rule.name, field: rule.field, from: rule.from, to: rule.to, most: rule.most,
            each: rule.each)
        hold(same?.fromValues == rule.fromValues, "the rule means something else")
        hold(same?.toValues == rule.toValues, "the rule means something else")
    }
    for id in guards.protected.tickets {
        hold(GuardedTicketID.id(id) == id, "the id of an id is another one")
    }
}
