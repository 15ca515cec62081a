import BulkSystem
import BulkTestSupport
import CLibrary
import Testing

@Suite("Time zones of the system's database")
struct ZoneOffsetsTests {
    /// A zone, its offsets at noon (UTC) of 15 January and July of 1970, 2010, 2026 and 2060, and its first two
    /// changes in 2026 and in 2060.
    ///
    /// They were computed with Python's `zoneinfo`.
    struct Known {
        var name: String
        var offsets: [Int]
        var changes: [Int]
    }

    private static let zones = [
        Known(
            name: "Europe/Berlin", offsets: [3600, 3600, 3600, 7200, 3600, 7200, 3600, 7200],
            changes: [1_774_746_000, 1_792_890_000, 2_847_661_200, 2_866_410_000]),
        Known(
            name: "America/New_York",
            offsets: [-18000, -14400, -18000, -14400, -18000, -14400, -18000, -14400],
            changes: [1_772_953_200, 1_793_512_800, 2_846_473_200, 2_867_032_800]),
        Known(
            name: "Australia/Sydney",
            offsets: [36000, 36000, 39600, 36000, 39600, 36000, 39600, 36000],
            changes: [1_775_318_400, 1_791_043_200, 2_848_233_600, 2_863_958_400]),
        Known(
            name: "Australia/Lord_Howe",
            offsets: [36000, 36000, 39600, 37800, 39600, 37800, 39600, 37800],
            changes: [1_775_314_800, 1_791_041_400, 2_848_230_000, 2_863_956_600]),
        Known(
            name: "Africa/Casablanca", offsets: [0, 0, 0, 3600, 3600, 3600, 3600, 3600],
            changes: [1_771_120_800, 1_774_144_800, 2_842_826_400, 2_845_850_400]),
        Known(
            name: "Europe/Dublin", offsets: [3600, 3600, 0, 3600, 0, 3600, 0, 3600],
            changes: [1_774_746_000, 1_792_890_000, 2_847_661_200, 2_866_410_000]),
        Known(
            name: "Asia/Kolkata", offsets: Array(repeating: 19800, count: 8), changes: []),
        Known(
            name: "America/Sao_Paulo",
            offsets: [-10800, -10800, -7200, -10800, -10800, -10800, -10800, -10800], changes: []),
        Known(
            name: "Pacific/Apia",
            offsets: [-39600, -39600, -39600, -39600, 46800, 46800, 46800, 46800], changes: []),
    ]

    private static func noon(_ year: Int, _ month: Int) -> Int {
        CivilTime(year: year, month: month, day: 15, hour: 12, minute: 0, second: 0)!
            .secondsSince1970
    }

    @Test("offsets and changes are those that Python computes", arguments: zones.indices)
    func known(index: Int) throws {
        let known = Self.zones[index]
        let zone = try #require(ZoneDatabase.zone(known.name))
        #expect(zone.name == known.name)
        let times = [1970, 2010, 2026, 2060].flatMap { [Self.noon($0, 1), Self.noon($0, 7)] }
        #expect(times.map { zone.offset(at: $0) } == known.offsets)
        var changes: [Int] = []
        for year in [2026, 2060] {
            let start = Self.noon(year, 1) - (14 * 86_400 + 43_200)
            let end = Self.noon(year + 1, 1) - (14 * 86_400 + 43_200)
            var at = start
            while let next = zone.nextChange(after: at), next < end, changes.count < 4 {
                changes.append(next)
                #expect(zone.offset(at: next - 1) != zone.offset(at: next))
                at = next
            }
        }
        #expect(changes == known.changes)
    }

    @Test("names, offsets, and what is none")
    func names() {
        #expect(ZoneDatabase.zone("UTC") == .utc)
        #expect(ZoneDatabase.zone("z") == .utc)
        #expect(ZoneDatabase.zone("+02:00")?.offset(at: 0) == 7200)
        #expect(ZoneDatabase.zone("-0530")?.offset(at: 0) == -19_800)
        #expect(ZoneDatabase.zone("+2")?.offset(at: 0) == 7200)
        for name in [
            "", "Europe/Atlantis", "../../etc/passwd", "/etc/localtime", "+25:00", "+1:2", "+02:99",
            "Europe", "zone.tab", "+", "Ünited",
        ] {
            #expect(ZoneDatabase.zone(name) == nil, "\(name)")
        }
        #expect(ZoneDatabase.names().contains("Europe/Berlin"))
    }

    @Test("the machine's zone is that of TZ, else of the file")
    func local() throws {
        #expect(ZoneDatabase.local(variable: "Europe/Berlin")?.name == "Europe/Berlin")
        #expect(ZoneDatabase.local(variable: ":Asia/Kolkata")?.offset(at: 0) == 19_800)
        let rule = try #require(ZoneDatabase.local(variable: "CET-1CEST,M3.5.0,M10.5.0/3"))
        #expect(rule.offset(at: Self.noon(2026, 7)) == 7200)
        #expect(rule.nextChange(after: Self.noon(2026, 1)) == 1_774_746_000)
        // What a run keeps as text reads as the same zone again.
        #expect(ZoneDatabase.zone(try #require(rule.name)) == rule)
        let east = try #require(ZoneDatabase.local(variable: "<+0330>-3:30"))
        #expect(east.name == "+03:30" && east.offset(at: 0) == 12_600)
        #expect(ZoneDatabase.local(variable: "UTC+2")?.name == "-02:00")
        #expect(ZoneDatabase.zone("UTC+2") == nil)
        let tokyo = ZoneDatabase.local(variable: "/usr/share/zoneinfo/Asia/Tokyo")
        #expect(tokyo?.name == "Asia/Tokyo")
        #expect(ZoneDatabase.local(variable: "nonsense") == nil)
        #expect(ZoneDatabase.local(variable: "Nowhere/Land") == nil)
        let directory = try TemporaryDirectory()
        #expect(ZoneDatabase.local(variable: nil, file: directory.file("none")) == .utc)
        let link = directory.file("localtime")
        #expect(symlink("/usr/share/zoneinfo/Europe/Berlin", link) == 0)
        #expect(ZoneDatabase.local(variable: nil, file: link)?.name == "Europe/Berlin")
        let bytes = try #require(
            try FileReader.bytes(of: "/usr/share/zoneinfo/Europe/Berlin", atMost: 100_000))
        let copy = try #require(
            ZoneDatabase.local(variable: nil, file: try directory.write(bytes, to: "copy")))
        #expect(copy.name == "CET-1CEST,M3.5.0,M10.5.0/3")
        #expect(copy.offset(at: Self.noon(2026, 7)) == 7200)
    }

    @Test("a file that is cut or damaged is refused, or read as something, and never traps")
    func damaged() throws {
        let bytes = try #require(
            try FileReader.bytes(of: "/usr/share/zoneinfo/Europe/Berlin", atMost: 100_000))
        for length in 0..<bytes.count - 1 {
            #expect(ZoneOffsets(tzif: Array(bytes[..<length]), name: nil) == nil, "\(length)")
        }
        var random = SeededGenerator(seed: 5)
        var refused = 0
        for _ in 0..<2000 {
            var damaged = bytes
            for _ in 0..<3 { damaged[random.below(bytes.count)] = UInt8(random.below(256)) }
            guard let zone = ZoneOffsets(tzif: damaged, name: nil) else {
                refused += 1
                continue
            }
            _ = zone.nextChange(after: 1_774_746_000 + zone.offset(at: 0))
        }
        #expect(refused > 100)
    }

    @Test(
        "rules that POSIX does not know are refused",
        arguments: [
            "", "C", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0/3",
            "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-200", "<+03-3",
            "CET-1CEST,J0,J200", "CET-1CEST,366,10", "CET-1CEST,M3.5.0,M10.5.0/3x",
        ])
    func rules(text: String) {
        #expect(ZoneOffsets(rule: text) == nil)
    }

    @Test("days of the year are counted with and without 29 February")
    func daysOfTheYear() throws {
        // 1 March: J60 in every year; day 60, counted from 0, in a leap year only.
        let julian = try #require(ZoneOffsets(rule: "AAA0BBB,J60/0,J300/0"))
        let ordinal = try #require(ZoneOffsets(rule: "AAA0BBB,60/0,300/0"))
        for (year, isLeap) in [(2027, false), (2028, true)] {
            let newYear = Self.noon(year, 1) - (14 * 86_400 + 43_200)
            #expect(julian.nextChange(after: newYear) == newYear + (isLeap ? 60 : 59) * 86_400)
            #expect(ordinal.nextChange(after: newYear) == newYear + 60 * 86_400)
        }
    }
}
