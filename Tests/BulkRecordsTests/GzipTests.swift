import BulkSystem
import BulkTestSupport
import Testing

@testable import BulkRecords

/// Decompressed as the program does it, compared with ``PlainGzip``, which does it bit by bit.
@Suite("Gzip data")
struct GzipTests {
    private func compressed(_ bytes: [UInt8], _ option: String = "-6") throws -> [UInt8] {
        let gzip = try ChildProgram("gzip", ["-c", option], input: .bytes(bytes)).wait()
        #expect(gzip.status == 0)
        return gzip.output
    }

    /// Everything that a supply yields, and why it ended.
    private func read(
        _ bytes: [UInt8], chunkSize: Int = 50_000, isAhead: Bool = false,
        allowed: (ratio: Int, bytes: Int) = (200, 64 << 20)
    ) -> (output: [UInt8], failure: ReadError?) {
        let memory = MemorySupply(bytes)
        // A function may wait, so its bytes are not read ahead. It gives few at a time.
        let upstream: any ByteSupply =
            isAhead
            ? memory
            : FunctionSupply { space throws(ReadError) in
                try memory.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: space.prefix(chunkSize)))
            }
        let supply = GzipSupply(head: [], upstream: upstream, name: "x", allowed: allowed)
        var output: [UInt8] = []
        let space = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 1)
        defer { space.deallocate() }
        do throws(ReadError) {
            while case let count = try supply.read(into: space), count > 0 {
                output += space[..<count]
            }
        } catch {
            return (output, error)
        }
        return (output, nil)
    }

    /// Data of one kind: from noise to runs, with codes of all lengths.
    private func sample(_ kind: Int, _ count: Int) -> [UInt8] {
        var random = SeededGenerator(seed: UInt64(kind))
        var bytes: [UInt8] = []
        while bytes.count < count {
            switch kind {
            case 0: bytes.append(UInt8(random.below(256)))
            // Each byte half as often as the one before: codes of up to 15 bits.
            case 1: bytes.append(UInt8(random.next().trailingZeroBitCount))
            case 2:
                bytes += [UInt8](repeating: UInt8(random.below(4)), count: random.below(900) + 1)
            // Copies of every distance below 40.
            case 3:
                let period = random.below(40) + 1
                let start = bytes.count
                for place in 0..<period + random.below(600) {
                    bytes.append(
                        place < period ? UInt8(random.below(256)) : bytes[start + place - period])
                }
            default:
                bytes += Array("\(random.next()),Resolved,\(random.below(9)),Grüße\n".utf8)
            }
        }
        return bytes
    }

    @Test("Data of every kind and level is decompressed, in small and in large pieces")
    func kinds() throws {
        for kind in 0...4 {
            let bytes = sample(kind, 400_000)
            for level in ["-1", "-6", "-9"] {
                let packed = try compressed(bytes, level)
                for (chunkSize, isAhead) in [(70_001, false), (1 << 18, true)] {
                    let result = read(packed, chunkSize: chunkSize, isAhead: isAhead)
                    #expect(result.failure == nil)
                    #expect(result.output == bytes)
                }
            }
        }
        let bytes = sample(4, 3000)
        for chunkSize in 1...40 {
            #expect(try read(compressed(bytes), chunkSize: chunkSize).output == bytes)
        }
    }

    @Test("The bit by bit decompressor agrees about whole, damaged and cut data")
    func damage() throws {
        var random = SeededGenerator(seed: 7)
        var ends = [PlainGzip.End.whole: 0, .damaged: 0, .cut: 0]
        for kind in 0...4 {
            // Without compression, with fixed codes, with codes of its own; and two members.
            for (count, level) in [(40, "-1"), (400, "-6"), (3000, "-9")] {
                var whole = try compressed(sample(kind, count), level)
                if count == 400 { whole += try compressed(sample(kind + 1, 60)) }
                for _ in 0..<30 {
                    var bytes = whole
                    switch random.below(8) {
                    case 0: bytes.removeLast(random.below(bytes.count))
                    case 1: bytes += [UInt8](repeating: 0, count: random.below(40))
                    default:
                        bytes[random.below(min(bytes.count, 400))] ^= 1 << UInt8(random.below(8))
                    }
                    let expected = PlainGzip.decompress(bytes)
                    let found = read(bytes)
                    #expect((found.failure == nil) == (expected.end == .whole))
                    if expected.end == .cut {
                        // Zeros stand in for the missing bits until their end is noticed.
                        #expect(found.output.starts(with: expected.output))
                    } else {
                        #expect(found.output == expected.output)
                    }
                    ends[expected.end, default: 0] += 1
                }
            }
        }
        // All three have to occur, or nothing was compared.
        #expect(ends.values.allSatisfy { $0 > 25 })
    }

    @Test(
        "A header may have a name, a comment, other data and a checksum; zeros may follow the data")
    func header() throws {
        let packed = try compressed(Array("a,b\n".utf8), "-n")
        let parts: [UInt8] = [3, 0, 1, 2, 3] + Array("name\0comment\0".utf8)
        var head: [UInt8] = [0x1F, 0x8B, 8, 4 | 8 | 16 | 2, 1, 2, 3, 4, 0, 255] + parts
        var check = ~UInt32(0)
        for byte in head {
            check ^= UInt32(byte)
            for _ in 0..<8 { check = check & 1 == 1 ? 0xEDB8_8320 ^ (check >> 1) : check >> 1 }
        }
        check = ~check
        head += [UInt8(check & 0xFF), UInt8(check >> 8 & 0xFF)]
        let whole = head + packed.dropFirst(10) + [0, 0, 0]
        #expect(read(whole).output == Array("a,b\n".utf8))
        #expect(read(whole).failure == nil)
        #expect(PlainGzip.decompress(whole).end == .whole)
        var wrong = whole
        wrong[head.count - 1] ^= 1
        var reserved = whole
        reserved[3] |= 0x80
        for bytes in [wrong, reserved, whole + [1], Array(whole.prefix(20)), []] {
            #expect(read(bytes).failure?.code == .decompressionFailed)
        }
    }

    #if DEBUG
        @Test("Members with the fixed codes make the tables of these once, also beside others")
        func fixedCodes() async throws {
            // A few bytes are shorter with the fixed codes, and many with their own.
            let short = try compressed(Array("a,b\n".utf8))
            let long = try compressed(sample(4, 20_000))
            func steps(_ members: [[UInt8]], _ expected: Int) async -> Int {
                await StepCount.during {
                    let result = read(Array(members.joined()))
                    #expect(result.failure == nil && result.output.count == expected)
                }
            }
            let few = await steps([short, short], 8)
            let many = await steps([[UInt8]](repeating: short, count: 200), 800)
            #expect(few == many && few > 0)
            let long1 = sample(4, 20_000).count
            #expect(await steps([short, long, short, long, short], 12 + 2 * long1) > few)
        }
    #endif

    @Test("A failure of the compressed input is the failure, and comes after what was read")
    func upstreamFailure() throws {
        let packed = try compressed(sample(0, 200_000))
        let memory = MemorySupply(Array(packed.prefix(150_000)))
        let failure = ReadError(code: .cannotRead, message: "x", inputName: "x")
        let supply = GzipSupply(
            head: [],
            upstream: FunctionSupply { space throws(ReadError) in
                let count = try memory.read(into: space)
                if count == 0 { throw failure }
                return count
            }, name: "x", allowed: (200, 64 << 20))
        var count = 0
        let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
        defer { space.deallocate() }
        #expect(throws: failure) {
            while case let read = try supply.read(into: space), read > 0 { count += read }
        }
        #expect(count > 140_000)
    }

    @Test(
        "What expands too much is refused within a piece of what is allowed",
        arguments: [false, true])
    func bomb(isAhead: Bool) throws {
        let packed = try compressed([UInt8](repeating: 0x0A, count: 8 << 20))
        let result = read(packed, isAhead: isAhead, allowed: (10, 1 << 20))
        #expect(result.failure?.code == .expansionTooLarge)
        #expect(result.output.count <= 1 << 20 + 10 * packed.count + GzipPiece.size + 512)
    }
}
