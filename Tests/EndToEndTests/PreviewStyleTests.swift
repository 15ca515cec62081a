import BulkTestSupport
import Foundation
import Testing

@testable import mava_bulk

@Suite("Colours of previews")
struct PreviewStyleTests {
    /// A preview with all three sections.
    private static let rows = """
        ticketId,status,priority,Note
        695c76afd0e42018b77a9c2d,Opne,1,a
        695cd34fa4b07254adddf65b,Resolved,3,b

        """

    @Test("Headings, marks and codes get their styles, and nothing else does")
    func lines() {
        let text = """
            Plan 0123abcd: 2 rows of Changes against the tickets as they are
              1 update

            Changes
              1 × status → Open  (a)

            Second look
              ! Not carried out

            Not carried out
              1,234 status_invalid, line 2: 1 status_invalid
                  Second look

            Cost: 1 request

            Next: mava-bulk apply x

            """
        let styled = PreviewStyle.styled(text)
        let bold = "\u{1B}[1m"
        let end = "\u{1B}[0m"
        #expect(styled.hasPrefix("\(bold)Plan 0123abcd\(end): 2 rows of Changes against"))
        for heading in PreviewStyle.headings {
            #expect(styled.contains("\n\n\(bold)\(heading)\(end)\n"))
        }
        #expect(styled.contains("\n  \u{1B}[33m!\(end) Not carried out\n"))
        #expect(
            styled.contains("\n  1,234 \u{1B}[31mstatus_invalid\(end), line 2: 1 status_invalid\n"))
        #expect(styled.matches(of: /\u{1B}/).count == 12)
        #expect(styled.replacing(/\u{1B}\[\d+m/, with: "") == text)
    }

    @Test(
        "A preview is styled on a terminal or where that is asked for, and plain everywhere else",
        arguments: [
            ("", [:], true, true), ("", ["NO_COLOR": "1"], true, false),
            ("", ["TERM": "dumb"], true, false), ("--color never", [:], true, false),
            ("--color always", ["NO_COLOR": "1"], true, true), ("", [:], false, false),
            ("--color always", [:], false, true), ("", ["CLICOLOR_FORCE": "1"], false, true),
            ("--color never", ["CLICOLOR_FORCE": "1"], false, false),
        ])
    func matrix(
        option: String, variables: [String: String], isTerminal: Bool, isStyled: Bool
    ) async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(Self.rows, to: "rows.csv")
            let words =
                ["plan", "rows.csv", "--no-pager"] + option.split(separator: " ").map(String.init)
            let result =
                isTerminal
                ? try await PseudoTerminal.run(
                    words, [], in: rehearsal,
                    environment: ["TERM": "xterm"].merging(variables) { $1 })
                : try await Shell.paste(
                    "mava-bulk \(words.joined(separator: " "))", in: rehearsal.directory,
                    rehearsal.environment.merging(variables) { $1 })
            #expect(result.status == 3, "\(result.output)")
            #expect(result.output.contains("\u{1B}[1mChanges\u{1B}[0m") == isStyled)
            #expect(result.output.contains("\u{1B}[31mstatus_invalid\u{1B}[0m") == isStyled)
            #expect(result.output.contains("\u{1B}[33m!\u{1B}[0m") == isStyled)
        }
    }

    @Test("Only a pager that shows colours gets them, except where they are asked for")
    func pagers() throws {
        for (variables, takes) in [
            (["PAGER": "less -FRX"], true), ([:], true), (["PAGER": "less"], false),
            (["PAGER": "less", "LESS": "FRX"], true), (["PAGER": "less", "LESS": "-R -X"], true),
            (["PAGER": "/usr/bin/less --RAW-CONTROL-CHARS"], true), (["PAGER": "more"], false),
        ] as [([String: String], Bool)] {
            guard let pager = Pager(variables.merging(["PATH": "/usr/bin:/bin"]) { $1 }) else {
                continue
            }
            #expect(pager.takesColour == takes, "\(variables)")
        }
    }
}
