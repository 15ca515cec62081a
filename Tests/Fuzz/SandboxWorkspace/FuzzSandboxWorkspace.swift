// Arbitrary bytes as a workspace: refused with a position inside them, or read, written, and read to the
// same again.
//
// Compiled together with the sources of MavaSandbox and run by Tests/Fuzz/run.

/// What libFuzzer calls with every input: the bytes of a workspace.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSandboxWorkspace(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(WorkspaceError) {
        let written = try Workspace.decode(bytes, name: "fuzz").encoded()
        do throws(WorkspaceError) {
            let again = try Workspace.decode(written, name: "written").encoded()
            precondition(again == written, "what was written is read as something else")
        } catch {
            preconditionFailure("what was written cannot be read: \(error)")
        }
    } catch {
        precondition(error.line >= 1 && error.column >= 1 && error.column <= count + 1)
    }
    return 0
}
