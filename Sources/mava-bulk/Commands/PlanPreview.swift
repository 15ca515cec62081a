import BulkFiles
import MavaBulk

/// Prints a plan in the form that the command line asks for.
enum PlanPreview {
    static func print(_ plan: Plan, _ arguments: ParsedArguments, _ talk: Talk) throws {
        let next = NextCommand.apply(plan, arguments)
        let now = CurrentProcess.secondsSince1970
        if arguments.has(.json) {
            try talk.data(plan.summary.json(nextCommand: next) + "\n", as: .json)
        } else if arguments.has(.markdown) {
            try talk.data(plan.summary.markdown(nextCommand: next, now: now))
        } else {
            let size = talk.terminalSize
            let layout = PlanSummary.TextLayout(
                width: size.columns, height: size.lines, nextCommand: next, now: now)
            try talk.data(plan.summary.text(layout))
        }
    }

    /// Lists every row of a plan that is in a file.
    static func printRows(_ path: String, _ talk: Talk) throws {
        var reader = try PlanReader(path: path)
        let rows = PlanRowText(header: reader.header)
        var buffer = OutputBuffer()
        buffer.append("\n")
        while !talk.isOutputClosed, let entry = try reader.next() {
            buffer.append(text: rows.line(entry))
            buffer.append("\n")
            if buffer.count >= 64 << 10 { try talk.data(&buffer) }
        }
        try talk.data(&buffer)
    }
}
