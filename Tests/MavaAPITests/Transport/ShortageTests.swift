import BulkSystem
import BulkTestSupport
import Testing

@testable import MavaAPI

import CLibrary

@Suite("What this machine can be short of")
struct ShortageTests {
    @Test("the system's error numbers that mean a shortage, and no others")
    func numbers() {
        for number in 1...133 as ClosedRange<Int32> {
            let isShort = [EMFILE, ENFILE, ENOMEM, ENOBUFS, EADDRNOTAVAIL].contains(number)
            #expect((CurlHandle.shortage(number) != nil) == isShort)
        }
        #expect(CurlHandle.shortage(0) == nil)
    }

    @Test("a server that refuses connections is no shortage")
    func refused() async throws {
        let port = try RawServer.unusedPort()
        let error = await #expect(throws: TransportError.self) {
            try await CurlTransport().send(
                HTTPRequest(method: .get, url: "http://127.0.0.1:\(port)/"))
        }
        #expect(error?.code == .connect)
    }

    @Test("descriptors that are kept are free again afterwards")
    func reserve() {
        let free = DescriptorLimit.free
        var reserve: DescriptorReserve? = DescriptorReserve(10, leaving: 0)
        #expect(reserve?.count == 10)
        reserve = nil
        #expect(DescriptorReserve(10, leaving: free + 100).count == 0)
    }
}
