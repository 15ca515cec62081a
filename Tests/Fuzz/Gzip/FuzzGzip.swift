/// Gzip data of any bytes decompresses as bit by bit, or fails as that does.
///
/// The first byte decides how many bytes are read at a time. What follows is whole gzip data, or the
/// blocks of a member whose header and end are added, so that most inputs reach the blocks.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    var bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let chunkSize = Int(bytes.removeFirst()) + 1
    if bytes.first != 0x1F { bytes = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + bytes }
    let expected = PlainGzip.decompress(bytes)
    let memory = MemorySupply(bytes)
    let supply = GzipSupply(
        head: [],
        upstream: FunctionSupply { space throws(ReadError) in
            try memory.read(into: UnsafeMutableRawBufferPointer(rebasing: space.prefix(chunkSize)))
        }, name: "", allowed: (200, 1 << 30))
    var output: [UInt8] = []
    let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { space.deallocate() }
    var hasFailed = false
    do {
        while case let read = try supply.read(into: space), read > 0 { output += space[..<read] }
    } catch {
        hasFailed = true
    }
    if expected.end == .cut {
        precondition(hasFailed && output.starts(with: expected.output), "cut data")
    } else {
        precondition(hasFailed == (expected.end == .damaged), "another end")
        precondition(output == expected.output, "other bytes")
    }
    return 0
}
