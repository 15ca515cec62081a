public import BulkExecution
public import BulkPlan
package import BulkSystem

extension PlanSummary {
    /// The preview for programs: one JSON object with the plan's header, groups, notices and problems.
    ///
    /// - Parameters:
    ///   - nextCommand: The command that applies the plan; `nil` for none.
    ///   - schedule: When updates may be sent, and how fast.
    ///   - now: The present, in seconds since 1970, for the end that the schedule allows; `nil` to leave it out.
    /// - Returns: One line, without a newline.
    public func json(
        nextCommand: String? = nil, schedule: SendSchedule = SendSchedule(), now: Int? = nil
    ) -> String {
        var buffer = OutputBuffer()
        append(to: &buffer, nextCommand: nextCommand, schedule, now: now)
        return buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// Appends the preview for programs.
    package func append(
        to buffer: inout OutputBuffer, nextCommand: String?, _ schedule: SendSchedule, now: Int?
    ) {
        buffer.append(#"{"format":"mava-bulk-preview","version":1,"plan":"#)
        header.append(to: &buffer)
        buffer.append(#","groups":["#)
        for (index, group) in groups.enumerated() {
            if index > 0 { buffer.append(",") }
            append(group, to: &buffer)
        }
        buffer.append(#"],"otherGroups":"#)
        buffer.append(decimal: otherGroups)
        buffer.append(#","ticketsInOtherGroups":"#)
        buffer.append(decimal: ticketsInOtherGroups)
        buffer.append(#","secondLook":["#)
        for (index, notice) in notices.enumerated() {
            buffer.append(index > 0 ? #",{"kind":"# : #"{"kind":"#)
            buffer.append(jsonString: notice.kind.rawValue)
            buffer.append(#","count":"#)
            buffer.append(decimal: notice.count)
            buffer.append(#","message":"#)
            buffer.append(jsonString: notice.message)
            buffer.append(#","tickets":"#)
            append(notice.samples, to: &buffer)
            buffer.append("}")
        }
        buffer.append(#"],"problems":["#)
        for (index, problem) in problems.enumerated() {
            if index > 0 { buffer.append(",") }
            append(problem, to: &buffer)
        }
        buffer.append("]")
        append(approvals, to: &buffer)
        if let production {
            buffer.append(#","production":{"#)
            if let profile = production.profile {
                buffer.append(#""profile":"#)
                buffer.append(jsonString: profile)
                buffer.append(",")
            }
            buffer.append(#""baseURL":"#)
            buffer.append(jsonString: production.baseURL)
            buffer.append("}")
        }
        if let words = schedule.words(now: nil) {
            buffer.append(#","schedule":{"words":"#)
            buffer.append(jsonString: words)
            let times = now.map { now in
                [
                    ("begin", schedule.nextHours(after: now)),
                    ("end", header.price.end(from: now, schedule)),
                ]
            }
            for case (let name, let time?) in times ?? [] {
                buffer.append(",")
                buffer.append(jsonString: name)
                buffer.append(":")
                buffer.append(jsonString: CivilTime(secondsSince1970: time).iso8601)
            }
            buffer.append("}")
        }
        if let nextCommand {
            buffer.append(#","next":"#)
            buffer.append(jsonString: nextCommand)
        }
        buffer.append("}")
    }

    private func append(_ approvals: [ApprovalRecord], to buffer: inout OutputBuffer) {
        guard !approvals.isEmpty else { return }
        buffer.append(#","approvals":["#)
        for (index, approval) in approvals.enumerated() {
            buffer.append(index > 0 ? #",{"who":"# : #"{"who":"#)
            buffer.append(jsonString: approval.who)
            buffer.append(#","at":"#)
            buffer.append(jsonString: approval.at)
            buffer.append(#","expires":"#)
            buffer.append(jsonString: approval.expires)
            buffer.append(#","note":"#)
            buffer.append(jsonString: approval.note)
            buffer.append(approval.verified ? #","verified":true}"# : #","verified":false}"#)
        }
        buffer.append("]")
    }

    private func append(_ group: Group, to buffer: inout OutputBuffer) {
        buffer.append(#"{"tickets":"#)
        buffer.append(decimal: group.tickets)
        buffer.append(#","changes":"#)
        buffer.append(group.changes)
        buffer.append(#","samples":"#)
        append(group.samples, to: &buffer)
        if let lines = mapLines(of: group) {
            buffer.append(#","map":"#)
            buffer.append(jsonString: lines)
        }
        buffer.append("}")
    }

    private func append(_ problem: Problem, to buffer: inout OutputBuffer) {
        buffer.append(#"{"code":"#)
        buffer.append(jsonString: problem.code.rawValue)
        buffer.append(#","do":"#)
        buffer.append(jsonString: problem.disposition.rawValue)
        buffer.append(#","rows":"#)
        buffer.append(decimal: problem.rows)
        buffer.append(#","samples":["#)
        for (index, sample) in problem.samples.enumerated() {
            buffer.append(index > 0 ? #",{"row":"# : #"{"row":"#)
            buffer.append(decimal: sample.row)
            if let undone = sample.undoneRow {
                buffer.append(#","undoneRow":"#)
                buffer.append(decimal: undone)
            } else if let line = sample.line {
                buffer.append(#","line":"#)
                buffer.append(decimal: line)
            }
            buffer.append(#","message":"#)
            buffer.append(jsonString: sample.issue.message)
            if let column = sample.issue.column {
                buffer.append(#","column":"#)
                buffer.append(jsonString: column)
            }
            buffer.append("}")
        }
        buffer.append(#"],"values":["#)
        for (index, value) in problem.values.listed.enumerated() {
            buffer.append(index > 0 ? #",{"value":"# : #"{"value":"#)
            buffer.append(jsonString: value.text)
            if let column = value.column {
                buffer.append(#","column":"#)
                buffer.append(jsonString: column)
            }
            buffer.append(#","count":"#)
            buffer.append(decimal: value.count)
            if let suggestion = value.suggestion {
                buffer.append(#","suggestion":"#)
                buffer.append(jsonString: suggestion)
            }
            buffer.append("}")
        }
        buffer.append(#"],"otherValues":"#)
        if let others = problem.values.otherValues {
            buffer.append(decimal: others)
        } else {
            buffer.append("null")
        }
        buffer.append(#","otherValuesCount":"#)
        buffer.append(decimal: problem.values.otherCount)
        buffer.append(
            problem.values.areExact ? #","countsAreExact":true}"# : #","countsAreExact":false}"#)
    }

    private func append(_ texts: [String], to buffer: inout OutputBuffer) {
        buffer.append("[")
        for (index, text) in texts.enumerated() {
            if index > 0 { buffer.append(",") }
            buffer.append(jsonString: text)
        }
        buffer.append("]")
    }
}

extension OutputBuffer {
    /// Appends changes with the names of their values, as an array.
    mutating func append(_ changes: [PlanSummary.Change]) {
        append("[")
        for (index, change) in changes.enumerated() {
            append(index > 0 ? #",{"field":"# : #"{"field":"#)
            append(jsonString: change.field.rawValue)
            if let before = change.before {
                append(#","before":"#)
                append(before)
                append(#","beforeName":"#)
                append(jsonString: change.beforeName ?? "")
            }
            append(#","after":"#)
            append(change.after)
            append(#","afterName":"#)
            append(jsonString: change.afterName)
            append("}")
        }
        append("]")
    }
}
