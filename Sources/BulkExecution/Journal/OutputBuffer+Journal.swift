package import BulkSystem
import BulkPlan

// A journal's line is a flat JSON object that ends in its checksum: `,"c":"xxxxxxxx"}`. The checksum is
// taken over the bytes before that comma. `JournalLine+Parsing.swift` reads what is written here.

extension OutputBuffer {
    /// Appends a journal's first line.
    package mutating func append(_ header: JournalHeader) {
        appendChecked { buffer in
            buffer.append("{\"format\":\"mava-bulk-journal\"")
            buffer.appendField("version", JournalHeader.version)
            buffer.appendField("tool", header.tool)
            buffer.appendField("plan", header.planID)
            buffer.appendField("at", Int(header.startedAt))
            if header.bindsRevised { buffer.appendField("revised", 1) }
        }
    }

    /// Appends a line of a journal.
    package mutating func append(_ line: JournalLine) {
        appendChecked { buffer in
            switch line {
            case .start(let row, let request, let at):
                buffer.append("{\"e\":\"start\"")
                buffer.appendField("row", row)
                buffer.appendField("n", request)
                buffer.appendField("at", Int(at))
            case .again(let unfinished):
                buffer.append("{\"e\":\"again\"")
                buffer.appendUnfinished(unfinished)
            case .done(let outcome):
                buffer.append("{\"e\":\"done\"")
                buffer.appendOutcome(outcome)
            case .decided(let outcome):
                buffer.append("{\"e\":\"decided\"")
                buffer.appendOutcome(outcome)
            case .settled(let outcome):
                buffer.append("{\"e\":\"settled\"")
                buffer.appendOutcome(outcome)
            case .resumed(let at, let revised):
                buffer.append("{\"e\":\"resumed\"")
                buffer.appendField("at", Int(at))
                buffer.appendField("revised", revised)
            case .ended(let reason, let at):
                buffer.append("{\"e\":\"ended\"")
                buffer.appendField("reason", reason)
                buffer.appendField("at", Int(at))
            }
        }
    }

    private mutating func appendChecked(_ body: (inout OutputBuffer) -> Void) {
        let start = count
        body(&self)
        let checksum = withUnsafeBytes { bytes in
            CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        }
        append(",\"c\":\"")
        append(text: CRC32C.hex(checksum))
        append("\"}\n")
    }

    private mutating func appendUnfinished(_ unfinished: JournalLine.Unfinished) {
        appendField("row", unfinished.row)
        appendField("n", unfinished.requests)
        appendField("open", unfinished.mayHaveTakenEffect ? 1 : 0)
        appendField("s", unfinished.httpStatus)
        appendField("f", unfinished.failure.rawValue)
        appendField("m", unfinished.message)
        appendField("at", Int(unfinished.at))
    }

    private mutating func appendOutcome(_ outcome: RowOutcome) {
        appendField("row", outcome.row)
        appendField("o", outcome.outcome.rawValue)
        appendField("n", outcome.attempts)
        appendField("s", outcome.httpStatus)
        appendField("f", outcome.failure?.rawValue)
        appendField("m", outcome.message)
        appendField("ms", outcome.durationMilliseconds)
        appendField("at", outcome.finishedAtMilliseconds.map(Int.init))
        guard let issue = outcome.issue else { return }
        appendField("code", issue.code.rawValue)
        appendField("why", issue.message)
        appendField("column", issue.column)
    }

    private mutating func appendField(_ name: StaticString, _ value: Int?) {
        guard let value else { return }
        appendName(name)
        append(decimal: value)
    }

    private mutating func appendField(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        appendName(name)
        append(jsonString: value)
    }

    private mutating func appendName(_ name: StaticString) {
        append(",\"")
        append(name)
        append("\":")
    }
}
