internal import BulkExecution
internal import BulkPlan
internal import BulkReporting
internal import MavaAPI

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension TicketHistory {
    /// The rows for programs; the keys are described in docs/runs.md.
    private struct Document: Encodable {
        let format = "mava-bulk-ticket-history"
        let version = 1
        let ticket: String
        let searched, pruned: Int
        let unsearched: [Run]
        let rows: [Line]

        struct Run: Encodable {
            let run, problem: String
        }

        struct Line: Encodable {
            let run, path: String
            let label, startedAt, user: String?
            let row, line: Int
            let outcome: String
            let mergedInto: Int?
            let message, finishedAt: String?
            let changes: [Field]
        }

        struct Field: Encodable {
            let field: String
            let before: Value?
            let beforeName: String?
            let after: Value
            let afterName: String
        }

        struct Value: Encodable {
            let value: FieldValue

            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                switch value {
                case .null: try container.encodeNil()
                case .text(let text): try container.encode(text)
                case .number(let number): try container.encode(number)
                }
            }
        }
    }

    /// The rows as one JSON object with a newline at its end.
    ///
    /// - Returns: The object, its keys in alphabetical order.
    public func json() -> String {
        let lines = rows.map { row in
            Document.Line(
                run: row.run.name, path: row.run.path, label: row.run.label,
                startedAt: row.run.startedAt, user: row.run.starter.user, row: row.row,
                line: row.line, outcome: row.outcome.rawValue, mergedInto: row.mergedInto,
                message: row.message, finishedAt: row.finishedAt,
                changes: row.changes.map {
                    Document.Field(
                        field: $0.field.rawValue, before: $0.before.map(Document.Value.init),
                        beforeName: $0.beforeName, after: Document.Value(value: $0.after),
                        afterName: $0.afterName)
                })
        }
        return ReadableJSON.text(
            Document(
                ticket: ticket.rawValue, searched: searched, pruned: pruned,
                unsearched: unsearched.map { .init(run: $0.run.name, problem: $0.problem) },
                rows: lines))
    }
}
