import MavaAPI
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Dates from whole units")
struct DateTests {
    @Test(
        "Microseconds come back as they were", arguments: [0, 1, 999_999, 1_000_000, -1, -999_999])
    func microseconds(offset: Int64) {
        for year in -20...80 {
            let time = Int64(year) * 31_556_952_000_000 + offset
            #expect(Date(microsecondsSince1970: time).microsecondsSince1970 == time)
        }
    }

    @Test(
        "Milliseconds are rounded to the nearest, and seconds down",
        arguments: [
            (1_700_000_000_250_000, 1_700_000_000_250, 1_700_000_000),
            (1_700_000_000_999_600, 1_700_000_001_000, 1_700_000_000),
            (-1, 0, -1), (-1_000_000, -1000, -1), (-1_000_001, -1000, -2),
        ] as [(Int64, Int64, Int)])
    func rounding(microseconds: Int64, milliseconds: Int64, seconds: Int) {
        let date = Date(microsecondsSince1970: microseconds)
        #expect(date.millisecondsSince1970 == milliseconds)
        #expect(date.secondsSince1970 == seconds)
        #expect(Date(millisecondsSince1970: milliseconds).millisecondsSince1970 == milliseconds)
        #expect(Date(secondsSince1970: seconds).secondsSince1970 == seconds)
    }

    @Test("The first and the last date have microseconds too")
    func extremes() {
        #expect(Date.distantPast.microsecondsSince1970 < -62_000_000_000_000_000)
        #expect(Date.distantFuture.secondsSince1970 == 64_092_211_200)
        #expect(Date(timeIntervalSince1970: .infinity).microsecondsSince1970 > 0)
        #expect(Date(timeIntervalSince1970: -.infinity).microsecondsSince1970 < 0)
        #expect(Date(timeIntervalSince1970: .nan).microsecondsSince1970 == 978_307_200_000_000)
    }
}
