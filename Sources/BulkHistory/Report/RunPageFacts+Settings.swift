internal import BulkExecution
package import BulkReporting
internal import BulkSystem

extension RunPageFacts {
    /// Adds who began a run, and how.
    package mutating func add(_ settings: RunSettings) {
        label = settings.label
        approvals = settings.approvals ?? []
        waivers = settings.waivers ?? []
        if let quota = try? QuotaTimetable(settings.quota).quota {
            self.quota = settings.quotaShare.flatMap(quota.sharing) ?? quota
        }
        guard let starter = settings.starter else { return }
        let names = [starter.user, starter.host.map { "on \($0)" }].compactMap(\.self)
        self.starter = names.isEmpty ? nil : names.joined(separator: " ")
        job = starter.job
        command = starter.command.map { $0.map(ShellWord.quoted).joined(separator: " ") }
    }
}
