import BulkSystem
import MavaAPI

extension RowCondition.Subject {
    /// What a ticket holds under a column's name; `nil` when planning does not know it, or it is no column.
    package var held: Self? {
        guard case .column(let name) = self else { return nil }
        return ConditionField.held(name)
    }
}

extension RowCondition.Comparison {
    /// The same comparison of another subject.
    package func asking(_ subject: RowCondition.Subject) -> Self {
        Self(subject, relation, values, offset: offset)
    }

    /// The first of the values that is no status or priority, although one is compared.
    ///
    /// - Parameter field: What is compared.
    /// - Returns: The value's place among ``literals``, and what is wrong with it; `nil` when nothing is.
    package func unknownWord(of field: TicketField) -> (literal: Int, message: String)? {
        guard relation.isEquality || field == .priority && !relation.isPart else { return nil }
        for (place, word) in literals.enumerated() where !word.isEmpty {
            let lower = word.lowercased()
            if field == .priority {
                let isNumber = DecimalNumber(FoldedText.withoutBlanks(word)) != nil
                if isNumber || TicketPriority(word: word) != nil { continue }
                return (place, "a priority is 1 (low), 2 (medium) or 3 (high), not \(quoted(word))")
            }
            let known = TicketStatus.allCases.map(\.rawValue) + ["Spam"]
            if known.contains(where: { $0.lowercased() == lower }) { continue }
            let meant = closest(to: lower, among: known) { $0.lowercased() }
            return (
                place,
                (meant.map { "did you mean \($0)? " } ?? "")
                    + "\(quoted(word)) is none of \(known.joined(separator: ", ")); `contains` finds other "
                    + "texts"
            )
        }
        return nil
    }

    /// The first of the values that is no time, although the subject is one.
    ///
    /// - Returns: The value's place among ``literals``, and what is wrong with it; `nil` when nothing is.
    package var unknownTime: (literal: Int, message: String)? {
        guard !relation.isPart, let place = values.firstIndex(where: \.isText) else { return nil }
        return (place, values[place].adviceOnTime(of: subject))
    }

    /// The first of the values that is nearly one of the known ones, and none of them.
    ///
    /// - Parameter known: The values that are known; a ticket can have others.
    /// - Returns: The value's place among ``literals``, and what is wrong with it; `nil` when nothing is.
    package func misspeltWord(
        among known: [String]
    ) -> (literal: Int, message: String)? {
        guard relation.isEquality else { return nil }
        for (place, word) in literals.enumerated() where !word.isEmpty {
            let lower = FoldedText.trimmed(word)
            // Others than the known ones are possible, such as `telegram-dm` beside `telegram`.
            if known.contains(where: {
                lower.hasPrefix($0.lowercased()) || lower.hasSuffix($0.lowercased())
            }) {
                continue
            }
            guard let meant = closest(to: lower, among: known, by: { $0.lowercased() }) else {
                continue
            }
            return (
                place,
                "did you mean \(meant)? \(quoted(word)) is none of the known values; `contains` finds other texts"
            )
        }
        return nil
    }

    /// The first of the values that is no number, although numbers are compared.
    package var unknownNumber: Int? {
        guard !relation.isPart else { return nil }
        return values.firstIndex {
            $0.meaning != .blank && DecimalNumber(FoldedText.withoutBlanks($0.text)) == nil
        }
    }

    /// The first of the values that is a name and no id; `nil` when parts of texts are compared.
    package var firstName: Int? {
        guard relation.isEquality else { return nil }
        return literals.firstIndex { name in
            !name.isEmpty && name.lowercased() != "unassigned"
                && TicketID(name)?.isObjectID != true
        }
    }

    /// The same comparison, where names that mean one agent or category mean its id.
    ///
    /// The names are kept for values that are not listed. ``NameDirectory/writings(of:_:for:)`` gives the values.
    ///
    /// - Parameters:
    ///   - thing: What the values name; `nil` when they are no names.
    ///   - directory: The agents and categories there are.
    /// - Returns: The comparison.
    package func resolved(_ thing: NamedThing?, in directory: NameDirectory) -> Self {
        guard let thing, relation.isEquality, directory.hasNames(of: thing) else { return self }
        var ids: [ConditionLiteral] = []
        for literal in values where literal.isText {
            if thing == .agent, literal.text.lowercased() == "unassigned" { continue }
            guard case .id(let id) = thing.match(literal.text, in: directory, suggests: false)
            else { continue }
            ids.append(ConditionLiteral(id, offset: literal.offset))
        }
        return ids.isEmpty ? self : Self(subject, relation, values + ids, offset: offset)
    }

    /// The same comparison of tickets' ids, where other writings, such as links, mean the ids in them.
    ///
    /// - Parameter id: The id that a text writes; `nil` where it writes none.
    /// - Returns: The comparison.
    package func resolvedTickets(_ id: (String) -> String?) -> Self {
        guard relation.isEquality else { return self }
        let ids = values.compactMap { literal in
            literal.isText
                ? id(literal.text).map { ConditionLiteral($0, offset: literal.offset) } : nil
        }
        return ids.isEmpty ? self : Self(subject, relation, values + ids, offset: offset)
    }

    /// The first of the values that should name an agent or a category and does not.
    ///
    /// A misspelt name would choose nothing, or everything. An id in Mava's form is never wrong, because tickets
    /// can hold values that are no longer listed.
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
            if thing == .agent, name.lowercased() == "unassigned" { continue }
            let found = thing.match(name, in: directory, suggests: true)
            if case .id = found { continue }
            if case .unknown = found, TicketID(name)?.isObjectID == true { continue }
            return (place, thing.issue(name, found).message)
        }
        return nil
    }
}
