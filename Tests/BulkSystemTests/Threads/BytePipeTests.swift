import BulkTestSupport
import Synchronization
import Testing

@testable import BulkSystem

@Suite("Bytes passed to another thread")
struct BytePipeTests {
    private final class Taken: Sendable {
        let bytes = Mutex<[UInt8]>([])
    }

    @Test(
        "all bytes come in their order, whatever the chunks, and no more chunks are held than allowed"
    )
    func order() {
        var random = SeededGenerator(seed: 20_261_129)
        for most in 1...3 {
            let taken = Taken()
            let waiting = Atomic(0)
            let largest = Atomic(0)
            let pipe = BytePipe(most: most) { bytes in
                bytes.withUnsafeBytes { all in taken.bytes.withLock { $0 += Array(all) } }
                bytes.removeAll()
                waiting.subtract(1, ordering: .sequentiallyConsistent)
            }
            var put: [UInt8] = []
            var buffer = OutputBuffer()
            for number in 0..<500 {
                let chunk = (0..<random.below(200)).map { UInt8(truncatingIfNeeded: number + $0) }
                chunk.withUnsafeBytes { buffer.append($0) }
                put += chunk
                pipe.put(&buffer)
                #expect(buffer.count == 0)
                let held = waiting.add(1, ordering: .sequentiallyConsistent).newValue
                largest.max(held, ordering: .sequentiallyConsistent)
            }
            pipe.close()
            #expect(taken.bytes.withLock { $0 } == put)
            // One more can be counted after it was taken and before it was put.
            #expect(largest.load(ordering: .sequentiallyConsistent) <= most + 1)
        }
    }

    @Test("a pipe that nothing was put into is closed at once, and one can be closed twice")
    func closed() {
        let pipe = BytePipe { $0.removeAll() }
        pipe.close()
        pipe.close()
    }
}
