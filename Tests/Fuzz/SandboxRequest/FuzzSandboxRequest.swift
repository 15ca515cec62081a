// Arbitrary bytes on a connection of the sandbox: put together whole and in pieces, parsed, routed and
// answered. It traps when pieces make a difference; the sanitizers find what reads out of bounds.
//
// Compiled together with the sources of MavaSandbox and run by Tests/Fuzz/run.

/// What libFuzzer calls with every input: a length of pieces, and then the bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSandboxRequest(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
    let whole = answers(to: bytes, piece: bytes.count)
    let pieces = answers(to: bytes, piece: 1 + Int(start[0] % 17))
    precondition(whole == pieces, "the answers depend on how the bytes were cut")
    return 0
}

/// The workspace that requests meet; small, so that a run is short.
///
/// Without it there is nothing to fuzz, and the tests hold it readable.
private let fuzzedWorkspace = try! Workspace(json: Workspace.example)

/// What the bytes are answered, in the order of the requests.
private func answers(to bytes: [UInt8], piece: Int) -> [String] {
    var configuration = SandboxConfiguration(workspace: fuzzedWorkspace)
    configuration.quota = QuotaRule(kind: .fixed, limit: 50, fields: .draft8)
    var state = SandboxState(
        configuration: configuration, host: "http://x", adminToken: "t", now: 0)
    var limits = HTTPLimits()
    limits.body = 4096
    var assembler = RequestAssembler(limits: limits)
    var answers: [String] = []
    var offset = 0
    do throws(HTTPFailure) {
        while offset < bytes.count {
            let end = min(offset + piece, bytes.count)
            bytes[offset..<end].withUnsafeBytes { assembler.append($0) }
            offset = end
            var step = try assembler.next()
            while step != .needsMore {
                if step == .request {
                    let reply = assembler.withRequest(isFromLoopback: true) { request in
                        state.answer(
                            request, route: Route.of(request.text(request.head.path)),
                            fate: Fate(), now: 1, wall: 1)
                    }
                    answers.append("\(reply?.status ?? 0) \(reply?.body ?? [])")
                    assembler.consume()
                }
                step = try assembler.next()
            }
        }
    } catch {
        answers.append("\(error)")
    }
    return answers
}
