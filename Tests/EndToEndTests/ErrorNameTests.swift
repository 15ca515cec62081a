import Foundation
import Testing

/// The errors that public functions throw, and the imports with which a program can name them.
@Suite("Names of errors")
struct ErrorNameTests {
    /// A public declaration with its documentation.
    private struct Declaration {
        var documentation = ""
        var text = ""

        /// The errors that its documentation and its signature name.
        var errors: Set<String> {
            var found: Set<String> = []
            if let throwing = documentation.range(of: "- Throws:") {
                let text = documentation[throwing.upperBound...]
                found.formUnion(text.matches(of: /\b[A-Z]\w*Error\b/).map { String($0.output) })
            }
            for match in text.matches(of: /throws\((\w+)\)/) where match.1.count > 1 {
                found.insert(String(match.1))
            }
            return found
        }
    }

    private static let sources = BuiltProgram.package.appending(path: "Sources")
    /// Errors of the standard library.
    private static let ofSwift: Set<String> = ["CancellationError"]

    /// The lines of a target's sources.
    private static func lines(of target: String) throws -> [String] {
        let folder = sources.appending(path: target)
        var lines: [String] = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        where name.hasSuffix(".swift") && !name.contains(".docc/") {
            let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            lines += text.components(separatedBy: "\n").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        }
        return lines
    }

    /// The public declarations of a target.
    private static func declarations(of target: String) throws -> [Declaration] {
        var found: [Declaration] = []
        var documentation = ""
        let lines = try lines(of: target)
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("///") {
                documentation += line.dropFirst(3) + " "
            } else if line.hasPrefix("public ") {
                var declaration = Declaration(documentation: documentation)
                for part in lines[index...] {
                    declaration.text += part + " "
                    if part.hasSuffix("{") || part.isEmpty { break }
                }
                found.append(declaration)
                documentation = ""
            } else if !line.hasPrefix("@") && !line.hasPrefix("nonisolated(") {
                documentation = ""
            }
        }
        return found
    }

    /// The modules that a library's import brings, and the single types.
    private static func exports(of library: String) throws -> (modules: [String], types: [String]) {
        guard library == "MavaBulk" else { return ([library], []) }
        var modules = [library]
        var types: [String] = []
        for line in try lines(of: library) {
            guard let name = line.wholeMatch(of: /@_exported public import (?:struct )?([\w.]+)/)?.1
            else { continue }
            if let point = name.lastIndex(of: ".") {
                types.append(String(name[name.index(after: point)...]))
            } else {
                modules.append(String(name))
            }
        }
        return (modules, types)
    }

    @Test(
        "a program can name each error of a library with the library's own import",
        arguments: ["BulkRecords", "MavaAPI", "MavaBulk", "MavaSandbox"])
    func errors(_ library: String) throws {
        let (modules, types) = try Self.exports(of: library)
        var named = Self.ofSwift.union(types)
        for module in modules {
            let text = try Self.lines(of: module).joined(separator: "\n")
            for match in text.matches(of: /\npublic (?:final )?(?:struct|enum|class) (\w+)/) {
                named.insert(String(match.1))
            }
        }
        var thrown: Set<String> = []
        for module in modules {
            for declaration in try Self.declarations(of: module) {
                thrown.formUnion(declaration.errors)
                let unknown = declaration.errors.subtracting(named)
                #expect(unknown.isEmpty, "\(module): \(declaration.text)")
            }
        }
        // The search finds what it looks for.
        #expect(thrown.count >= 1, "\(library)")
        if library == "MavaBulk" { #expect(thrown.isSuperset(of: ["FileError", "PlanError"])) }
    }
}
