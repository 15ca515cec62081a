import BulkSystem
import MavaBulk

/// Prints a plan in the form that the command line asks for.
enum PlanPreview {
    static func print(_ plan: Plan, _ arguments: ParsedArguments, _ console: Console) throws {
        var plan = plan
        plan.summary.production = Confirmation.production(arguments)
        let next = NextCommand.apply(plan, arguments)
        let now = CurrentProcess.now
        let schedule = SendSchedule(
            windows: try RunArguments.windows(arguments),
            timetable: try CommandConnection.timetable(arguments),
            longestRequest: try RunArguments.timeout(arguments))
        let rows = arguments.has(.rows) ? plan.path : nil
        if arguments.has(.json) {
            let text = plan.summary.json(
                nextCommand: next, schedule: schedule, now: now.secondsSince1970)
            guard let rows else { return try console.data(text + "\n", as: .json) }
            // The rows are the object's last member, so that they can be written one by one.
            try console.data(text.dropLast() + #","rows":["#, as: .json)
            try eachRow(of: rows, console, as: .json) { entry, buffer in
                buffer.append(entry.row > 1 ? ",\n" : "\n")
                buffer.append(planRow: entry)
            }
            return try console.data("\n]}\n", as: .json)
        }
        if arguments.has(.markdown) {
            // A table of every row is not meant for a pull request's comment, so nothing is left out.
            let limit = rows == nil ? PlanSummary.markdownLimit : .max
            try console.data(
                plan.summary.markdown(
                    nextCommand: next, now: now, schedule: schedule, limit: limit))
            guard let rows else { return }
            let form = PlanRowMarkdown(header: plan.header)
            try console.data("\n" + PlanRowMarkdown.head)
            return try eachRow(of: rows, console) { entry, buffer in
                buffer.append(text: form.line(entry))
                buffer.append("\n")
            }
        }
        let size = console.terminalSize
        var layout = PlanSummary.TextLayout(
            width: size.columns, height: size.lines, nextCommand: next, now: now,
            moreCommand: NextCommand.wholePreview(arguments), schedule: schedule)
        if rows == nil, !arguments.has(.noPager), !arguments.asksNothing, let pager = console.pager
        {
            // The pager wraps or cuts lines itself.
            (layout.width, layout.height) = (.max, .max)
            var text = TerminalText.escapedLines(plan.summary.text(layout))
            let lines = text.utf8.count { $0 == 0x0A } + linesAfter(arguments, console)
            let isLong = lines >= size.lines
            if console.isStyled, pager.takesColour || console.isStyleForced {
                text = PreviewStyle.styled(text)
            }
            if isLong, try pager.shows(text) { return }
            layout.width = max(40, size.columns)
        }
        if size.lines < .max {
            // What the preview leaves free keeps its first line on the screen.
            layout.height = max(18, size.lines - linesAfter(arguments, console))
        }
        try console.preview(plan.summary.text(layout))
        guard let rows else { return }
        let form = PlanRowText(header: plan.header)
        try console.data("\n")
        try eachRow(of: rows, console) { entry, buffer in
            buffer.append(text: form.line(entry))
            buffer.append("\n")
        }
    }

    /// How many lines of the terminal the preview has to leave free: for the question, and the line about production.
    private static func linesAfter(_ arguments: ParsedArguments, _ console: Console) -> Int {
        let asks =
            arguments.command.options.contains(.yes) && !arguments.asksNothing
            && !FollowUp.sendsNothing(arguments) && console.canAsk
        guard asks else { return 0 }
        return Confirmation.production(arguments) == nil ? 1 : 2
    }

    /// Prints every row of a plan that is in a file.
    private static func eachRow(
        of path: String, _ console: Console, as form: Console.DataForm = .text,
        _ body: (PlanEntry, inout OutputBuffer) -> Void
    ) throws {
        var reader = try PlanReader(path: path)
        var buffer = OutputBuffer()
        while !console.isOutputClosed, let entry = try reader.next() {
            body(entry, &buffer)
            if buffer.count >= 64 << 10 { try console.data(&buffer, as: form) }
        }
        try console.data(&buffer, as: form)
    }
}
