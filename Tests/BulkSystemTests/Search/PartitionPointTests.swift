import BulkSystem
import Testing

@Suite("Partition point")
struct PartitionPointTests {
    @Test("in every range of up to 40 indices, at every place, below 0 as well")
    func everyPlace() {
        var wrong: [Range<Int>] = []
        for start in [-41, -20, -1, 0, 1, 1000] {
            for count in 0...40 {
                let range = start..<(start + count)
                for point in start...(start + count) {
                    var asked: [Int] = []
                    let found = range.partitionPoint { index in
                        asked.append(index)
                        return index < point
                    }
                    // Only indices of the range are asked about, each once, and no more than the halvings.
                    let halvings = Int.bitWidth - count.leadingZeroBitCount
                    if found != point || Set(asked).count != asked.count || asked.count > halvings
                        || !asked.allSatisfy(range.contains)
                    {
                        wrong.append(range)
                    }
                }
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test("of equal elements the first is found, or the place after the last")
    func equalElements() {
        let numbers = [1, 2, 2, 2, 5]
        #expect(numbers.indices.partitionPoint { numbers[$0] < 2 } == 1)
        #expect(numbers.indices.partitionPoint { numbers[$0] <= 2 } == 4)
        #expect(numbers[2...].indices.partitionPoint { numbers[$0] < 2 } == 2)
        #expect(numbers.indices.partitionPoint { numbers[$0] < 6 } == 5)
    }

    @Test("the largest ranges do not overflow")
    func largestRanges() {
        #expect((0..<Int.max).partitionPoint { $0 < .max - 1 } == .max - 1)
        #expect((0..<Int.max).partitionPoint { _ in true } == .max)
        #expect((Int.max - 3..<Int.max).partitionPoint { _ in false } == .max - 3)
    }
}
