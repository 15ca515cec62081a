import BulkPlan
import BulkSystem

extension HTMLWriter {
    /// Appends the banner of a plan for a production organisation; nothing for any other.
    mutating func production(_ production: PlanSummary.Production?) {
        guard let production else { return }
        markup("<p class=\"production\"><strong>PRODUCTION</strong>: ")
        if let profile = production.profile {
            markup("profile ")
            value(profile)
            markup(", ")
        }
        value(production.baseURL)
        markup("</p>\n")
    }

    /// Appends the section about a plan as a whole.
    mutating func about(_ summary: PlanSummary) {
        let header = summary.header
        markup("<section aria-labelledby=\"about\">\n<h2 id=\"about\">About this plan</h2>\n<dl>\n")
        fact("Plan", header.id)
        fact("Edited from", header.parent)
        fact("Shard", header.shardFact)
        fact("Made", header.createdAt)
        fact("Input") { $0.input(header.input) }
        fact("Input's SHA-256", header.input.sha256)
        for condition in header.conditions { fact("Where", condition) }
        fact("API", header.baseURL)
        for waiver in header.waivers {
            fact("Guard waived") { page in
                page.value(waiver.rule)
                page.text(
                    " up to \(Words.number(waiver.number)): the plan has "
                        + "\(Words.number(waiver.count)), the guard allows \(Words.number(waiver.most))"
                )
            }
        }
        for map in header.maps {
            fact("Map") { page in
                page.text("\(map.field.word): ")
                page.value(map.file)
                page.text(
                    ", \(Words.counted(map.lines.count, "line")) used, "
                        + "\(Words.number(map.unused)) not used")
            }
        }
        approvals(summary.approvals)
        markup("</dl>\n</section>\n")
    }
}
