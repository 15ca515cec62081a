import BulkTestSupport
import Foundation
import Testing

/// What is said about files and runs that are not there.
@Suite("Missing files and runs")
struct MissingFileTests {
    @Test(
        "A file that is not there is answered with the one of the closest name",
        arguments: [
            ("plan row.csv", "rows.csv"), ("plan rows.csv --map assignee=mapp.csv", "map.csv"),
            ("plan rows.csv --guards gards.json", "guards.json"),
            ("plan rows.csv --lookups lookup.json", "lookups.json"),
            ("plan rows.csv --snapshot snapshott.csv", "snapshot.csv"),
            ("plan show plann.jsonl", "plan.jsonl"), ("plan approve plann.jsonl", "plan.jsonl"),
            ("plan diff plan.jsonl plam.jsonl", "plan.jsonl"),
            ("plan edit plan.jsonl --drop-file lst.txt -o new.jsonl", "list.txt"),
            ("export --id-file lst.txt", "list.txt"),
            ("agents --api-key-file 'my ky'", "'my key'"),
        ])
    func files(line: String, closest: String) async throws {
        let directory = try TemporaryDirectory()
        for name in [
            "rows.csv", "map.csv", "guards.json", "lookups.json", "snapshot.csv", "list.txt",
            "my key",
        ] {
            try directory.write("ticketId,priority\n0000000000000000000000a1,1\n", to: name)
        }
        let plan = try await Shell.paste(
            "mava-bulk plan rows.csv --no-read --output plan.jsonl", in: directory,
            ["MAVA_API_KEY": "unused"])
        #expect(plan.status == 0, "\(plan.errors)")
        let result = try await Shell.paste(
            "mava-bulk \(line)", in: directory,
            line.contains("api-key") ? [:] : ["MAVA_API_KEY": "unused"])
        #expect([4, 6].contains(result.status), "\(line): \(result.errors)")
        #expect(result.errors.contains("did you mean \(closest)?\n"), "\(result.errors)")
        let asJSON = try await Shell.paste(
            "mava-bulk \(line) --json", in: directory, ["MAVA_API_KEY": "unused"])
        #expect(
            asJSON.errors.contains("did you mean") || line.hasPrefix("export"), "\(asJSON.errors)")
    }

    @Test(
        "A run that is not there is answered with the closest word, label or name",
        arguments: [
            ("verify lst", "last"), ("undo weekyl --dry-run", "weekly"),
            ("runs show weekyl", "weekly"), ("report frist", "first"), ("resume lastt", "last"),
        ])
    func runs(line: String, closest: String) async throws {
        try await Rehearsal.run { rehearsal in
            let done = try await rehearsal.program(
                [
                    "apply", Rehearsal.sample("reassign/handover.csv"), "--yes", "--label",
                    "weekly", "--run-dir", "mava-bulk-runs/first", "--only", "assignee",
                ] + Rehearsal.wideQuota)
            #expect(done.status == 0, "\(done.errors)")
            let result = try await Shell.paste(
                "mava-bulk \(line)", in: rehearsal.directory, rehearsal.environment)
            #expect(result.status == 2)
            #expect(result.errors.hasSuffix("did you mean \(closest)?\n"), "\(result.errors)")
        }
    }

    @Test("Too many operands are named, because one is often the value of an option without any")
    func operands() async throws {
        let directory = try TemporaryDirectory()
        let result = try await Shell.paste("mava-bulk apply rows.csv --yes 90/30s", in: directory)
        #expect(result.status == 2)
        #expect(result.errors.contains("not 2 operands (`rows.csv`, `90/30s`)"), "\(result.errors)")
    }

    @Test(
        "An option that cannot be used is refused before a command is suggested",
        arguments: ["--quota 90/30", "--timeout 5x", "--give-up-after x", "--quota-share 7"])
    func options(option: String) async throws {
        let directory = try TemporaryDirectory()
        try directory.write("ticketId,priority\n0000000000000000000000a1,1\n", to: "rows.csv")
        let result = try await Shell.paste("mava-bulk apply rows.csv \(option)", in: directory)
        #expect(result.status == 2)
        #expect(!result.errors.contains("answer with --yes"), "\(result.errors)")
        #expect(result.errors.contains(option.prefix { $0 != " " }), "\(result.errors)")
    }
}
