import BulkPlan

extension JournalHeader {
    /// Parses a header from the members of a journal's first line.
    ///
    /// The result is `nil` when they are not a header's.
    ///
    /// - Parameter fields: The members.
    init?(_ fields: JournalFields) {
        guard fields.text("format") == JournalHeader.format,
            let plan = fields.text("plan"), let tool = fields.text("tool"),
            let at = fields.time("at")
        else { return nil }
        self.init(
            planID: plan, tool: tool, startedAt: at, bindsRevised: fields.number("revised") == 1)
    }
}

extension JournalLine {
    /// Parses a line from its members.
    ///
    /// The result is `nil` for a line of another form than this version writes.
    ///
    /// - Parameter fields: The members.
    init?(_ fields: JournalFields) {
        switch fields.text("e") {
        case "start":
            guard let row = fields.number("row"), row > 0, let request = fields.number("n"),
                let at = fields.time("at")
            else { return nil }
            self = .start(row: row, request: request, at: at)
        case "again":
            guard let unfinished = Unfinished(fields) else { return nil }
            self = .again(unfinished)
        case "done":
            guard let outcome = RowOutcome(fields) else { return nil }
            self = .done(outcome)
        case "decided":
            guard let outcome = RowOutcome(fields) else { return nil }
            self = .decided(outcome)
        case "settled":
            guard let outcome = RowOutcome(fields) else { return nil }
            self = .settled(outcome)
        case "resumed":
            guard let at = fields.time("at") else { return nil }
            self = .resumed(at: at, revised: fields.text("revised"))
        case "ended":
            guard let reason = fields.text("reason"), let at = fields.time("at") else {
                return nil
            }
            self = .ended(reason: reason, at: at)
        default: return nil
        }
    }
}

extension JournalLine.Unfinished {
    fileprivate init?(_ fields: JournalFields) {
        guard let row = fields.number("row"), row > 0, let requests = fields.number("n"),
            let open = fields.number("open"), let at = fields.time("at"),
            let failure = fields.text("f").flatMap(FailureCode.init)
        else { return nil }
        self.init(
            row: row, requests: requests, failure: failure, mayHaveTakenEffect: open == 1,
            httpStatus: fields.number("s"), message: fields.text("m"), at: at)
    }
}

extension RowOutcome {
    fileprivate init?(_ fields: JournalFields) {
        guard let row = fields.number("row"), row > 0,
            let outcome = fields.text("o").flatMap(Outcome.init), let requests = fields.number("n")
        else { return nil }
        let at = fields.time("at")
        if at == nil, fields.number("at") != nil { return nil }
        self.init(
            row: row, outcome: outcome, attempts: requests, httpStatus: fields.number("s"),
            message: fields.text("m"), durationMilliseconds: fields.number("ms"),
            finishedAtMilliseconds: at)
        if let name = fields.text("f") {
            guard let failure = FailureCode(rawValue: name) else { return nil }
            self.failure = failure
        }
        if let name = fields.text("code") {
            guard let code = RowIssue.Code(rawValue: name), let why = fields.text("why") else {
                return nil
            }
            issue = RowIssue(code: code, message: why, column: fields.text("column"))
        }
    }
}
