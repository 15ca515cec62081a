import BulkSystem
import BulkTestSupport
import Foundation
import MavaAPI
import Testing

@testable import BulkPlan

@Suite("Values of rows whose tickets had changed")
struct RevisedRowsTests {
    private static let changes = [
        FieldChange(field: .priority, before: .number(1), after: .number(3)),
        FieldChange(field: .status, before: .text("Open"), after: .text("Resolved")),
    ]

    /// Writes two rows, and passes on the file's path and the binding of its journal.
    private func withFile(
        _ body: (String, RevisedRows.Binding, TemporaryDirectory) throws -> Void
    ) throws {
        let directory = try TemporaryDirectory()
        var rows = RevisedRows(planID: "p")
        _ = rows.set(2, Self.changes)
        _ = rows.set(1, [Self.changes[0]])
        let path = directory.file("revised.jsonl")
        try rows.write(to: path)
        var binding = RevisedRows.Binding.nothing
        binding.add(rows.sum())
        try body(path, binding, directory)
    }

    @Test("the file that the journal names is read")
    func read() throws {
        try withFile { path, binding, _ in
            var binding = binding
            for _ in 0..<2 {
                let rows = try RevisedRows(path, planID: "p", binding: binding)
                #expect(rows.changes == [1: [Self.changes[0]], 2: Self.changes])
                binding.settle()
            }
        }
    }

    @Test(
        "a file that is changed is refused",
        arguments: [
            "edited", "cut", "row removed", "row twice", "emptied", "without checksums", "gone",
        ])
    func changed(how: String) throws {
        try withFile { path, binding, directory in
            var binding = binding
            binding.settle()
            let lines = try directory.readText("revised.jsonl").split(separator: "\n")
            let all = lines.joined(separator: "\n") + "\n"
            switch how {
            case "edited":
                try directory.write(
                    all.replacing("\"priority\":1", with: "\"priority\":2"), to: "revised.jsonl")
            case "cut": try directory.write(String(all.dropLast(9)), to: "revised.jsonl")
            case "row removed":
                try directory.write(
                    lines.dropLast().joined(separator: "\n") + "\n", to: "revised.jsonl")
            case "row twice": try directory.write(all + lines[1] + "\n", to: "revised.jsonl")
            case "emptied": try directory.write("", to: "revised.jsonl")
            case "without checksums":
                try directory.write(
                    all.replacing("\"version\":2", with: "\"version\":1").replacing(
                        #/,"c":"[0-9a-f]{8}"/#, with: ""), to: "revised.jsonl")
            default: try FileManager.default.removeItem(atPath: path)
            }
            #expect(throws: PlanError.self) {
                try RevisedRows(path, planID: "p", binding: binding)
            }
            if how == "without checksums" {
                // Runs of earlier versions have no checksums.
                let rows = try RevisedRows(path, planID: "p", binding: .unbound)
                #expect(rows.changes.count == 2)
            }
        }
    }

    @Test("a file in a run whose journal names none is refused")
    func unexpected() throws {
        try withFile { path, _, _ in
            #expect(throws: PlanError.self) {
                try RevisedRows(path, planID: "p", binding: .nothing)
            }
        }
    }

    @Test("a crash before the announced file is written leaves the run readable")
    func crash() throws {
        try withFile { path, binding, _ in
            try FileManager.default.removeItem(atPath: path)
            #expect(try RevisedRows(path, planID: "p", binding: binding).changes.isEmpty)
        }
    }
}
