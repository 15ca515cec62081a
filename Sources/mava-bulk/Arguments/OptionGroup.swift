/// The headings under which help, pages and completions list the options, in their order.
///
/// The lists of ``OptionTable`` say which option is in which group.
enum OptionGroup: String, CaseIterable, Sendable {
    case common = "Common options"
    case history = "Past runs"
    case tickets = "Choosing tickets"
    case rows = "Choosing rows"
    case values = "Values"
    case input = "Reading the input"
    case reading = "Reading the tickets"
    case guards = "Guards"
    case approving = "Approval"
    case sending = "Sending"
    case output = "Output"
    case quota = "Quota"
    case connection = "Connection"
    case sandbox = "Sandbox"
    case general = "General options"
}
