import BulkSystem
internal import MavaAPI

/// What a name in the input can name.
package enum NamedThing: String {
    case agent, category

    /// The id of something that an option or a map names.
    ///
    /// - Throws: A ``PlanError`` when it does not exist.
    package func id(
        _ name: String, in directory: NameDirectory, _ code: PlanError.Code, _ path: String?,
        _ line: Int?
    ) throws(PlanError) -> String {
        let found = match(name, in: directory, suggests: true)
        if case .id(let id) = found { return id }
        var message = issue(name, found).message
        // A program writes such a word where a map's cell was left blank, and a blank cell clears nothing.
        if code == .mapUnusable, self == .agent, Self.meansNobody(name) {
            message =
                "leave the cell blank to keep the agent, or write unassigned: " + quoted(name)
                + " is no agent"
        }
        throw PlanError(code: code, message: message, path: path, line: line)
    }

    /// The surest of the names of one thing.
    package static func first(_ names: String) -> String {
        String(names.prefix { $0 != "\0" })
    }

    /// Looks a name up.
    package func match(
        _ name: String, in directory: NameDirectory, suggests: Bool
    ) -> NameDirectory.Match {
        self == .agent
            ? directory.agent(name, suggests: suggests)
            : directory.category(name, suggests: suggests)
    }

    /// Whether a name that another column gives can name the same thing.
    package func canBe(_ name: String, _ id: String, in directory: NameDirectory) -> Bool {
        self == .agent ? directory.agent(name, canBe: id) : directory.category(name, canBe: id)
    }

    /// That two columns name different things.
    package func disagreement(_ name: String, _ other: String) -> RowIssue {
        RowIssue(
            code: .valueInvalid,
            message:
                "clear the id or the name, whichever is old: another column says \(quoted(other)), "
                + "which is not " + (self == .agent ? "the agent " : "the category ")
                + quoted(name), value: name)
    }

    /// Why a name means nothing that can be sent.
    package func issue(_ name: String, _ match: NameDirectory.Match) -> RowIssue {
        let isAgent = self == .agent
        switch match {
        case .ambiguous(let candidates):
            let few = candidates.prefix(5).joined(separator: " or ")
            return RowIssue(
                code: isAgent ? .agentAmbiguous : .categoryAmbiguous,
                message: "write the \(isAgent ? "e-mail or the id" : "id"): \(quoted(name)) can be "
                    + few,
                value: name)
        case .notListed:
            return RowIssue(
                code: isAgent ? .agentUnknown : .categoryUnknown,
                message:
                    "give a key, or write the id: \(quoted(name)) is not an id, and without an API "
                    + "key there is no list to look names up in",
                value: name)
        case .notInSnapshot:
            return RowIssue(
                code: isAgent ? .agentUnknown : .categoryUnknown,
                message:
                    "give a key, or write the id: the snapshot names no "
                    + (isAgent ? "agent " : "category ") + quoted(name), value: name)
        case .unknown(let closest):
            let isAbsent = ["NA", "NaN", "<NA>"].contains(name)
            let closest =
                isAbsent ? nil : isAgent && Self.meansNobody(name) ? "unassigned" : closest
            let advice =
                closest.map { "did you mean \(quoted($0))?" }
                ?? (isAbsent
                    ? "leave the cell blank to keep the field as it is:"
                    : Self.hasLostLetters(name)
                        ? "write the name again, in UTF-8, its letters became question marks:"
                        : "look at \(SettingName.listing(agents: isAgent)):")
            return RowIssue(
                code: isAgent ? .agentUnknown : .categoryUnknown,
                message: advice
                    + (isAgent
                        ? " no listed agent has the id, e-mail, name or wallet "
                        : " no active category has the id or name ") + quoted(name),
                value: name, suggestion: closest)
        case .id:
            preconditionFailure("a name that means something has no issue")
        }
    }

    /// Whether a text is what people and other programs write where no agent is assigned.
    package static func meansNobody(_ name: String) -> Bool {
        // A text may be long, and none of the words is.
        var letters = 0
        for character in name where character.isLetter || character.isNumber {
            letters += 1
            if letters > longestNobody { return false }
        }
        let word = name.lowercased().filter { $0.isLetter || $0.isNumber }
        return word.isEmpty
            ? name.allSatisfy { "-–—‒―−._*/() ".contains($0) } : nobody.contains(word)
    }

    /// Whether nothing but question marks is left of a text.
    private static func hasLostLetters(_ name: String) -> Bool {
        name.contains("?") && name.allSatisfy { "? -.'".contains($0) }
    }

    private static let nobody: Set<String> = [
        "nobody", "noone", "none", "na", "nil", "empty", "blank", "noagent", "noassignee",
        "noowner",
        "unassigned", "notassigned", "unowned", "noagentassigned", "nooneassigned", "notset",
    ]
    private static let longestNobody = nobody.reduce(0) { max($0, $1.count) }
}

extension NameDirectory {
    /// Whether there is a list of the agents, or of the categories.
    package func hasNames(of thing: NamedThing) -> Bool {
        thing == .agent ? hasAgents : hasCategories
    }
}
