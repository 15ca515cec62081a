import BulkSystem
import MavaBulk

extension PlanPreview {
    /// The text with which each of our pages begins, up to its policy.
    private static let pageStart = #"<!DOCTYPE html>"#

    /// Refuses a place for the page that is another file and not a page, or where no page can be written.
    static func refuseReplacing(_ arguments: ParsedArguments) throws {
        guard let path = arguments[.html] else { return }
        guard path != "-" else { throw CommandFailure.usage("--html takes a file") }
        guard FilePath.isRegularFile(path), !arguments.has(.force) else {
            // Nothing is read for a page that cannot be written.
            _ = try AtomicFile(path)
            return
        }
        var reader = try FileReader(path)
        let start = try reader.read(upTo: 64)
        guard start.starts(with: pageStart.utf8) || start.isEmpty else {
            throw CommandFailure.usage(
                .outputOccupied,
                "\(path) exists and is not a page: name another file, or add --force")
        }
        _ = try AtomicFile(path)
    }

    /// Writes the page of a plan, if the command line asks for it.
    static func writePage(
        of plan: Plan, _ arguments: ParsedArguments, _ console: Console
    ) throws {
        guard let path = arguments[.html], let rows = plan.path else { return }
        var plan = plan
        plan.summary.production = Confirmation.production(arguments)
        var page = PlanPage(
            plan.summary, plan.summary.header.lastRowCounts ? try ticketRows(of: rows) : nil)
        var reader = try PlanReader(path: rows)
        while let entry = try reader.next() { page.append(entry) }
        let operand = arguments.operands[0]
        let saved = arguments[.output] ?? (SavedPlan.isPlan(operand) ? operand : nil)
        var buffer = OutputBuffer()
        page.render(
            nextCommand: NextCommand.apply(plan, arguments),
            edit: saved.map { NextCommand.leavingOut(of: $0, id: plan.header.id) }, into: &buffer)
        var file = try AtomicFile(path)
        try file.write(&buffer)
        try file.commit()
        console.say("page: \(path)")
    }

    /// The rows of the tickets that several rows of a plan are about.
    private static func ticketRows(of path: String) throws -> TicketRows {
        var rows = TicketRows()
        var reader = try PlanReader(path: path)
        while let entry = try reader.next() { rows.count(entry) }
        var again = try PlanReader(path: path)
        while let entry = try again.next() { rows.add(entry) }
        return rows
    }
}
