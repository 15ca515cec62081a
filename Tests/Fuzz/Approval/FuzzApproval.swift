/// Files of approvals of any bytes are read, or refused with a line of the file; what is read is written as the same
/// bytes, and every decision is counted, or named with the reason why it is not.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(ApprovalError) {
        let approvals = try ApprovalFile.parse(bytes, path: "a")
        hold(
            Array(approvals.map { $0.line + [0x0A] }.joined()) == bytes,
            "the lines are not what is written")
        check(approvals)
        guard !bytes.isEmpty else { return 0 }
        let cut = Array(bytes.dropLast())
        hold((try? ApprovalFile.parse(cut, path: "a")) == nil, "a torn file is accepted")
    } catch {
        hold(error.code == .fileUnusable && error.path == "a", "another error is thrown")
        let lines = bytes.count { $0 == 0x0A } + 1
        hold(error.line.map { (1...lines).contains($0) } ?? true, "the line is not in the file")
        hold(isShown(error.message), "a message cannot be shown")
    }
    return 0
}

private func check(_ approvals: [PlanApproval]) {
    for approval in approvals {
        hold(
            !String(decoding: approval.signedBytes, as: UTF8.self).contains(
                "SSH SIGNATURE-----\\n\"}")
                || approval.note.contains("SSH SIGNATURE"), "a signature covers itself")
        hold((approval.expires == nil) == (approval.decision == .decline), "an end is missing")
    }
    guard let first = approvals.first else { return }
    let times: [Int64] = [first.at, first.at + 1, first.expires ?? first.at, .max / 2]
    for now in times {
        let tally = ApprovalTally(
            approvals.map { .init($0, .claimed) }, plan: first.plan, parent: approvals.last?.plan,
            appliers: [approvals.last?.who ?? ""], now: now)
        let texts = tally.declines + tally.remarks + tally.approvals.map { $0.text(now: now) }
        hold(texts.count <= approvals.count && !texts.isEmpty, "decisions got lost or doubled")
        hold(texts.allSatisfy(isShown), "a control character is shown")
        let other = ApprovalTally(
            approvals.map { .init($0, .claimed) }, plan: "", appliers: [], now: now)
        hold(
            other.approvals.isEmpty && other.declines.isEmpty, "a decision counts for another plan")
        // Those of one person are named together.
        let people = Set(approvals.map { "\($0.decision) \($0.who.lowercased())" })
        hold(other.remarks.count == people.count, "a foreign decision is not named")
        let unsigned = ApprovalTally(
            approvals.map { .init($0, .unsigned) }, plan: first.plan, appliers: [], now: now)
        hold(unsigned.approvals.isEmpty && unsigned.declines.isEmpty, "an unsigned one counts")
    }
}

private func isShown(_ text: String) -> Bool {
    !text.isEmpty && !text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E }
}
