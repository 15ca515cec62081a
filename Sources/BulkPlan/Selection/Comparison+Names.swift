import MavaAPI

extension RowCondition.Comparison {
    /// The same comparison of another subject.
    package func asking(_ subject: RowCondition.Subject) -> Self {
        Self(subject, relation, values, offset: offset)
    }

    /// The first of the values that should name an agent or a category and does not.
    ///
    /// A misspelt name would choose nothing, or everything. An id in Mava's form is never wrong, because tickets
    /// can hold what is not listed any more.
    ///
    /// - Parameters:
    ///   - thing: What the values name.
    ///   - directory: The agents and categories there are.
    /// - Returns: The value's place among ``literals``, and what is wrong with it; `nil` when nothing is, or when
    ///   there is no list.
    package func unknownName(
        of thing: NamedThing, in directory: NameDirectory
    ) -> (literal: Int, message: String)? {
        guard relation.isEquality, directory.hasNames(of: thing) else { return nil }
        for (place, name) in literals.enumerated() where !name.isEmpty {
            if thing == .agent, ["unassigned", "null"].contains(name.lowercased()) { continue }
            let found = thing.match(name, in: directory, suggests: true)
            if case .id = found { continue }
            if case .unknown = found, TicketID(name)?.isObjectID == true { continue }
            return (place, thing.issue(name, found).message)
        }
        return nil
    }
}
