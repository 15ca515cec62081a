import Foundation
import Testing

/// The targets of the package and the imports between them, as docs/design.md lists them.
@Suite("The house")
struct HouseTests {
    /// The modules of this package that each target may import directly.
    private static let arrows: [String: Set<String>] = [
        "CChecksums": [], "CCurl": [], "CLibrary": [], "CPoll": [],
        "BulkSystem": ["CChecksums", "CLibrary"],
        "BulkRecords": ["BulkSystem", "CLibrary"],
        "MavaAPI": ["BulkSystem", "CCurl", "CLibrary"],
        "BulkPlan": ["BulkRecords", "BulkSystem", "CLibrary", "MavaAPI"],
        "BulkTickets": ["BulkPlan", "BulkSystem", "MavaAPI"],
        "BulkPlanning": ["BulkPlan", "BulkRecords", "BulkSystem", "CLibrary", "MavaAPI"],
        "BulkExecution": ["BulkPlan", "BulkSystem", "CLibrary", "MavaAPI"],
        "BulkReporting": ["BulkExecution", "BulkPlan", "BulkSystem", "MavaAPI"],
        "BulkHistory": [
            "BulkExecution", "BulkPlan", "BulkPlanning", "BulkReporting", "BulkSystem", "CLibrary",
            "MavaAPI",
        ],
        "MavaSandbox": ["CLibrary", "CPoll"],
        "MavaBulk": [
            "BulkExecution", "BulkHistory", "BulkPlan", "BulkPlanning", "BulkRecords",
            "BulkReporting", "BulkSystem", "BulkTickets", "MavaAPI",
        ],
        "mava-bulk": [
            "BulkExecution", "BulkHistory", "BulkPlan", "BulkPlanning", "BulkRecords", "BulkSystem",
            "CLibrary", "MavaAPI", "MavaBulk", "MavaSandbox",
        ],
    ]

    private static let sources = BuiltProgram.package.appending(path: "Sources")

    /// The modules of this package that a target's files import.
    private static func imports(of room: String) throws -> Set<String> {
        let folder = sources.appending(path: room)
        var found: Set<String> = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        // The steps of a tutorial in a DocC catalog are not compiled with the target.
        where name.hasSuffix(".swift") && !name.contains(".docc/") {
            let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
                    words[..<place].allSatisfy({
                        ["public", "package", "internal", "@_exported"].contains($0)
                    })
                else { continue }
                let module = String(words[place + 1])
                if arrows[module] != nil { found.insert(module) }
            }
        }
        return found
    }

    @Test("tests read files without Foundation's leak")
    func leaks() throws {
        // Foundation leaks a page for each empty file that these read (docs/sanitizers.md).
        let tests = BuiltProgram.package.appending(path: "Tests")
        for name in try FileManager.default.subpathsOfDirectory(atPath: tests.path)
        where name.hasSuffix(".swift") && !name.hasPrefix("EndToEndTests/HouseTests") {
            let text = try String(contentsOf: tests.appending(path: name), encoding: .utf8)
            #expect(!text.contains("contents(atPath"), "\(name)")
        }
    }

    @Test("no function is kept in a Mutex")
    func functions() throws {
        // Each access wraps it again, until a call overflows the stack: see `Handler`.
        let names = try FileManager.default.subpathsOfDirectory(atPath: Self.sources.path)
        for name in names where name.hasSuffix(".swift") {
            let text = try String(contentsOf: Self.sources.appending(path: name), encoding: .utf8)
            #expect(text.firstMatch(of: /Mutex<[^>]*->/) == nil, "\(name)")
        }
    }

    @Test("each room imports the rooms that its arrows lead to, and no others")
    func imports() throws {
        let rooms = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
        #expect(Set(rooms) == Set(Self.arrows.keys))
        for (room, arrows) in Self.arrows {
            let imports = try Self.imports(of: room)
            #expect(imports == arrows, "\(room)")
        }
    }

    @Test("the page about the design names every room")
    func design() throws {
        let page = try String(
            contentsOf: BuiltProgram.package.appending(path: "docs/design.md"), encoding: .utf8)
        for room in Self.arrows.keys { #expect(page.contains("\n      \(room)/ "), "\(room)") }
    }
}
