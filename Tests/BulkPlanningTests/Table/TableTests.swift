import BulkTestSupport
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("The tables of planning")
struct TableTests {
    @Test("texts of all lengths keep their numbers, read from a record or from anywhere")
    func values() {
        let table = ValueTable(hash: ByteHash())
        // Texts of every length that differ only in their last byte; the bytes after it are not theirs.
        let texts = (1...60).flatMap { length in
            ["a", "b"].map { String(repeating: "x", count: length - 1) + $0 }
        }
        for (index, text) in texts.enumerated() {
            #expect(table.intern(text) == UInt32(index + 1))
        }
        for (index, text) in texts.enumerated() {
            let bytes = Array(text.utf8) + Array(repeating: UInt8(ascii: "b"), count: 16)
            bytes.withUnsafeBytes { all in
                let value = UnsafeRawBufferPointer(rebasing: all[..<text.utf8.count])
                #expect(table.intern(readable: value) == UInt32(index + 1))
                #expect(table.find(value) == UInt32(index + 1))
            }
            #expect(table[UInt32(index + 1)] == text)
        }
        #expect(table.count == texts.count + 1)
    }

    @Test("a batch finds what single look-ups find")
    func batches() {
        var generator = SeededGenerator(seed: 11)
        var table = TicketTable(hash: ByteHash())
        let ids = (0..<3000).map { _ in
            TicketKey(
                high: UInt32.random(in: 0...60, using: &generator), middle: 7,
                low: UInt32.random(in: 0...60, using: &generator))
        }
        for id in ids.prefix(1500) { _ = table.add(table.key(id)) }
        var batch = LookupBatch<Int>()
        var found: [UInt32?] = []
        for (index, id) in ids.enumerated() {
            batch.append(table.key(id), index)
            guard batch.isFull || index == ids.count - 1 else { continue }
            batch.find(in: table.finder)
            for place in 0..<batch.count {
                #expect(batch[place].item == found.count)
                found.append(batch[place].number)
            }
            batch.removeAll()
        }
        #expect(found == ids.map { table.finder.find(table.key($0)) })
        #expect(found.contains(nil))
    }

    @Test(
        "a fingerprint is that of all bytes, however these come", arguments: [1, 3, 8, 31, 32, 100])
    func fingerprints(size: Int) {
        let bytes = (0..<997).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 3) }
        func fingerprint(_ bytes: [UInt8], by size: Int) -> Fingerprint {
            var fingerprint = Fingerprint(seed: 5)
            bytes.withUnsafeBytes { all in
                for start in stride(from: 0, to: all.count, by: size) {
                    let end = min(start + size, all.count)
                    fingerprint.update(UnsafeRawBufferPointer(rebasing: all[start..<end]))
                }
            }
            return fingerprint
        }
        let whole = fingerprint(bytes, by: bytes.count)
        #expect(fingerprint(bytes, by: size) == whole)
        for place in [0, 7, 8, 500, 991, 996] {
            var other = bytes
            other[place] ^= 1
            #expect(fingerprint(other, by: size) != whole)
        }
    }
}
