/// One command as the table lists it.
struct CommandSpecification: Sendable {
    let name: String
    /// A line for the overview.
    let summary: String
    /// What the help says under the usage line; lines of at most 80 characters.
    let details: String
    /// The operands, such as `FILE`; one in brackets can be left out, and a last one with dots can come more
    /// than once.
    let operands: [String]
    let options: [OptionID]
    /// Options that mean something else here than elsewhere.
    var ownOptions: [OptionSpecification] = []
    let run: @Sendable (ParsedArguments, Talk) async throws -> ExitCode
}
