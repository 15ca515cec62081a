import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("The pages of runs and plans are right in a browser")
struct PageTests {
    /// What the browser says of a page, as `Tests/Pages/look` prints it.
    private struct Look: Decodable {
        struct Filter: Decodable {
            var listed, before, none, kind, ofKind: Int
            var controls, up, down: Bool
        }
        struct Edit: Decodable {
            var before, shown, after: Bool
            var group, row: String
            /// Whether the command that applies the whole plan is shown, while rows are left out and afterwards.
            var applies: [Bool?]
        }
        var messages, requests, contrast: [String]
        var overflow, headings: [Int]
        var landmarks, language: String
        var unlabelled: Int
        var filter: Filter?
        var edit: Edit?
    }

    private static let input = """
        ticketId,status,assignee,Note
        695bab486e58bdee202221af,Resolved,Ada,"<script>alert(1)</script>"
        695bcceb7807fc7b43c25a95,Open,Grce,
        "<img src=x onerror=alert(1)>",Open,,
        695c112314a62af534554864,<b>Solved</b>,,
        695c76afd0e42018b77a9c2d,Resolved,,

        """

    @Test(
        "no message, no request, no sideways scrolling; filter, sorting and the edit command work")
    func browser() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(Self.input, to: "in.csv")
            let plan = try await rehearsal.program(
                ["plan", "in.csv", "--output", "plan.jsonl", "--html", "plan.html"]
                    + Rehearsal.wideQuota)
            #expect(plan.errors.contains("page: plan.html"))
            let run = try await rehearsal.program(
                ["apply", "in.csv", "--yes", "--run-dir", "run", "--metrics-file", "mava.prom"]
                    + Rehearsal.wideQuota)
            #expect(run.errors.contains("page: run/report.html"))
            #expect(
                try rehearsal.directory.readText("mava.prom").contains("mava_bulk_exit_code 3\n"))
            let folder =
                ProcessInfo.processInfo.environment["MAVA_BULK_SCREENSHOTS"]
                .map { ["--screenshots", $0] } ?? []
            let looked = try await BuiltProgram.run(
                ["run/report.html", "plan.html"] + folder, in: rehearsal.folder,
                executable: BuiltProgram.package.appending(path: "Tests/Pages/look"))
            #expect(looked.status == 0, "\(looked.errors)")
            let pages = try looked.output.split(separator: "\n").map {
                try JSONDecoder().decode(Look.self, from: Data($0.utf8))
            }
            #expect(pages.count == 2)
            for page in pages {
                #expect(page.messages == [] && page.requests == [])
                #expect(page.overflow == [] && page.contrast == [])
                #expect(page.landmarks == "header main footer" && page.language == "en")
                #expect(page.headings.first == 1 && Set(page.headings.dropFirst()) == [2])
                #expect(page.unlabelled == 0)
                let filter = try #require(page.filter)
                #expect(filter.controls && filter.up && filter.down)
                #expect(filter.before == filter.listed && filter.none == 0)
                #expect(filter.kind == filter.ofKind && filter.kind > 0)
            }
            let edit = try #require(pages.last?.edit)
            #expect(edit.before && edit.shown && edit.after)
            #expect(edit.applies == [false, true])
            // The commands that the page shows are carried out as they are.
            for command in [edit.group, edit.row] {
                #expect(command.hasPrefix("mava-bulk plan edit plan.jsonl --expect-plan "))
                let edited = try await Shell.paste(command + " --force", in: rehearsal.directory)
                #expect([0, 3].contains(edited.status), "\(edited.errors)")
                #expect(edited.errors.contains("saved plan"))
                // The new plan has an id of its own.
                #expect(!edited.output.contains("--expect-plan"), "\(edited.output)")
            }
        }
    }

    @Test("where the last row of a ticket counts, the page leaves out whole tickets")
    func wholeTickets() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(
                """
                ticketId,status
                695bab486e58bdee202221af,Open
                695bcceb7807fc7b43c25a95,Pending
                695bab486e58bdee202221af,Pending

                """, to: "in.csv")
            let plan = try await rehearsal.program(
                [
                    "plan", "in.csv", "--on-duplicate", "last", "--output", "plan.jsonl", "--html",
                    "plan.html",
                ] + Rehearsal.wideQuota)
            #expect(plan.status == 0, "\(plan.errors)")
            let looked = try await BuiltProgram.run(
                ["plan.html"], in: rehearsal.folder,
                executable: BuiltProgram.package.appending(path: "Tests/Pages/look"))
            let page = try JSONDecoder().decode(Look.self, from: Data(looked.output.utf8))
            let edit = try #require(page.edit)
            #expect(edit.row.contains("--drop 1,3 "), "\(edit.row)")
            for command in [edit.group, edit.row] {
                let edited = try await Shell.paste(command + " --force", in: rehearsal.directory)
                #expect(edited.status == 0, "\(edited.errors)")
            }
        }
    }

    @Test("a run is rendered again as a page, as JUnit and as metrics")
    func renderedAgain() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(Self.input, to: "in.csv")
            _ = try await rehearsal.program(
                ["apply", "in.csv", "--yes", "--run-dir", "run"] + Rehearsal.wideQuota)
            func report(_ format: String) async throws -> String {
                let result = try await rehearsal.program(["report", "run", "--format", format])
                #expect(result.status == 0, "\(result.errors)")
                return result.output
            }
            let page = try await report("html")
            func heading(_ page: String) -> Substring? {
                page.split(separator: "\n").first { $0.hasPrefix("<h1>") }
            }
            let written = try rehearsal.directory.readText("run/report.html")
            #expect(heading(page) != nil && heading(page) == heading(written))
            #expect(page.contains("Requests over time") && page.contains("status_invalid"))
            for command in ["apply run/failed.csv", "verify run", "undo run"] {
                #expect(page.contains("<pre><code>mava-bulk \(command)</code></pre>"), "\(command)")
            }
            #expect(try await !report("markdown").contains("mava-bulk undo"))
            let junit = try await report("junit")
            #expect(junit.contains(#"tests="4" failures="3""#), "\(junit)")
            #expect(try await report("metrics").contains("mava_bulk_rows{outcome=\"invalid\"} 3\n"))
        }
    }

    @Test("a place where no page can be written is refused before anything is read")
    func place() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(Self.input, to: "in.csv")
            let result = try await rehearsal.program(
                ["plan", "in.csv", "--output", "o.jsonl", "--html", "nodir/x.html"])
            #expect(result.status == 1 && result.output.isEmpty, "\(result.errors)")
            #expect(result.errors.contains("nodir/x.html"), "\(result.errors)")
            #expect(rehearsal.sandbox.stats.total == 0)
            #expect(try rehearsal.leftovers().filter { $0.hasSuffix(".jsonl") } == [])
        }
    }

    @Test("a page does not replace a file that is no page, nor one of the plan's inputs")
    func replacing() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(Self.input, to: "in.csv")
            try rehearsal.directory.write("mine", to: "notes.txt")
            for path in ["notes.txt", "in.csv"] {
                let result = try await rehearsal.program(["plan", "in.csv", "--html", path])
                #expect(result.status == 2 && result.errors.contains(path), "\(result.errors)")
            }
            #expect(try rehearsal.directory.readText("notes.txt") == "mine")
            for _ in 0..<2 {
                let result = try await rehearsal.program(["plan", "in.csv", "--html", "page.html"])
                #expect(result.status == 3)
            }
            #expect(
                try rehearsal.directory.readText("page.html").contains(
                    "Save the plan to leave rows out"))
        }
    }
}
