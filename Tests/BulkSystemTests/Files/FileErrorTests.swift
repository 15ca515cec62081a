import BulkSystem
import CLibrary
import Testing

@Suite("Errors of files")
struct FileErrorTests {
    @Test(
        "An error says what can be done, where the system's own words do not",
        arguments: [
            (FileError.Operation.write, ENOSPC, "cannot write f: No space left on device"),
            (.open, EMFILE, "raise its limit, such as with `ulimit -n 4096`"),
            (.makeDirectory, EMFILE, "raise its limit, such as with `ulimit -n 4096`"),
            (.open, ELOOP, "it is a symbolic link"), (.replace, ELOOP, "leads back to itself"),
            (.replace, ENOTSUP, "name another place"), (.open, EPERM, "belongs to another user"),
            (.write, EPERM, "cannot write f: Operation not permitted"),
        ])
    func description(operation: FileError.Operation, number: Int32, said: String) {
        let error = FileError(operation: operation, path: "f", errorNumber: number)
        #expect(error.description.contains(said), "\(error)")
    }
}
