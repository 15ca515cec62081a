import BulkSystem
import Synchronization
import Testing

@Suite("A function that can be replaced")
struct HandlerTests {
    @Test("The function is called, replaced and removed")
    func replacement() {
        let handler = Handler<Int, Int>()
        #expect(handler(1) == nil)
        handler.set { $0 + 1 }
        #expect(handler(1) == 2)
        handler.set { $0 + 2 }
        #expect(handler(1) == 3)
        #expect(handler.remove()?(1) == 3)
        #expect(handler(1) == nil)
    }

    @Test("A million calls need no more of the stack than one")
    func calls() {
        let handler = Handler<Int, Void>()
        let sum = Atomic<Int>(0)
        handler.set { sum.add($0, ordering: .relaxed) }
        for _ in 0..<1_000_000 { handler(1) }
        #expect(sum.load(ordering: .relaxed) == 1_000_000)
    }
}
