import BulkPlan
import BulkSystem

extension PlanHeader {
    /// The plan's shard, for a page; `nil` for a plan of the whole input.
    var shardFact: String? {
        shard.map { "\($0.name): \(Words.rows(counts.otherShards)) in other shards" }
    }
}

/// Parts that the pages of runs and of plans share.
///
/// What comes from files and servers is written by ``HTMLWriter/value(_:limit:)``, so that it cannot turn the order of
/// what is around it.
extension HTMLWriter {
    /// Begins a table in a box of its own, which scrolls where the table is too wide.
    ///
    /// - Parameters:
    ///   - label: What the table lists.
    ///   - id: The table's id; `nil` for none.
    ///   - isLong: Whether it scrolls by itself when it is high.
    mutating func table(_ label: String, id: String?, isLong: Bool = false) {
        markup(isLong ? "<div class=\"scroll tall\"" : "<div class=\"scroll\"")
        markup(" tabindex=\"0\" role=\"region\"")
        attribute("aria-label", label)
        markup(">\n<table")
        if let id { attribute("id", id) }
        markup(">\n")
    }

    /// Ends a table and its box.
    mutating func endTable() { markup("</tbody>\n</table>\n</div>\n") }

    /// Appends the filter of the listed rows, which the script shows.
    ///
    /// - Parameter kinds: The outcomes or dispositions to choose from.
    mutating func controls(_ kinds: [String]) {
        markup(
            """
            <div class="controls" id="controls" hidden>
            <label for="find">Find<input id="find" type="search" autocomplete="off"></label>
            <label for="only">Show<select id="only"><option value="">all</option>
            """)
        for kind in kinds {
            markup("<option")
            attribute("value", kind)
            markup(">")
            text(kind)
            markup("</option>")
        }
        markup("</select></label>\n<p id=\"shown\" role=\"status\"></p>\n</div>\n")
    }

    /// Appends changes in words, one a line.
    mutating func changes(_ changes: [PlanSummary.Change]) {
        for (index, change) in changes.enumerated() {
            if index > 0 { markup("<br>") }
            text(change.field.word)
            markup(": ")
            if let before = change.beforeName {
                value(before, limit: 80)
                markup(" ")
            }
            markup("→ ")
            value(change.afterName, limit: 80)
        }
    }

    /// Appends a term and its description; nothing without a description.
    mutating func fact(_ term: String, _ description: String?, limit: Int = HTMLText.longestText) {
        guard let description, !description.isEmpty else { return }
        fact(term) { $0.value(description, limit: limit) }
    }

    /// Appends a term and a description of several parts.
    mutating func fact(_ term: String, _ description: (inout HTMLWriter) -> Void) {
        markup("<dt>")
        text(term)
        markup("</dt><dd>")
        description(&self)
        markup("</dd>\n")
    }

    /// Appends who approved a plan, when, until when that counts, and what they added.
    mutating func approvals(_ approvals: [ApprovalRecord]) {
        for approval in approvals {
            fact("Approved by") { page in
                page.value(approval.who)
                page.text(approval.verified ? ", " : " (not verified), ")
                page.value(approval.at)
                page.markup(", until ")
                page.value(approval.expires)
                guard !approval.note.isEmpty else { return }
                page.markup(": ")
                page.value(approval.note, limit: 500)
            }
        }
    }

    /// Appends the name of an input.
    mutating func input(_ input: PlanHeader.Input) {
        if input.name == "-" { markup("standard input") } else { value(input.name) }
    }
}

extension TicketField {
    /// The field's name for people.
    var word: String {
        switch self {
        case .status: "status"
        case .priority: "priority"
        case .categoryID: "category"
        case .assignedTo: "assignee"
        }
    }
}
