import BulkSystem

/// Statistics about an input's ids and the form of its rows.
package struct IDSurvey: Hashable, Sendable {
    /// Whether any record names an ObjectId, which is the form of Mava's ids.
    var hasObjectID = false
    /// Whether any record names a ticket by an id of another form.
    var hasOther = false
    /// The number of rows that were skipped because they have only delimiters.
    var delimiterRows = 0
    /// The number of rows with one delimiter more or less at the end than the header, and nothing after it.
    var fieldCountsForgiven = 0
    /// Whether any record is not UTF-8.
    var hasInvalidUTF8 = false
    /// What columns hold that seem to hold what is wanted.
    var wanted = WantedValues()
    /// The numbers of values that were unwrapped.
    var unwrapped = UnwrapCounts()

    /// Whether there are ids, and none of them has Mava's form.
    var areAllOther: Bool { hasOther && !hasObjectID }

    /// Adds the statistics of another part of the input.
    mutating func add(_ other: IDSurvey) {
        if other.hasObjectID { hasObjectID = true }
        if other.hasOther { hasOther = true }
        if other.hasInvalidUTF8 { hasInvalidUTF8 = true }
        delimiterRows += other.delimiterRows
        fieldCountsForgiven += other.fieldCountsForgiven
        unwrapped.add(other.unwrapped)
        wanted.add(other.wanted)
    }

    /// The preview's notes about the form of the rows.
    var notes: [String] {
        var notes: [String] = []
        if delimiterRows > 0 {
            notes.append(
                "\(Words.rows(delimiterRows)) of delimiters only \(delimiterRows == 1 ? "was" : "were") skipped"
            )
        }
        if fieldCountsForgiven > 0 {
            notes.append(
                "\(Words.rows(fieldCountsForgiven)) \(fieldCountsForgiven == 1 ? "has" : "have") a delimiter "
                    + "more or less at the end than the header, and nothing behind it")
        }
        if let note = unwrapped.note { notes.append(note) }
        return notes
    }
}

/// The numbers of values that were unwrapped, by what surrounded them.
package struct UnwrapCounts: Hashable, Sendable {
    var links = 0
    var formulas = 0
    var apostrophes = 0

    /// The preview's note about them; `nil` when there were none.
    var note: String? {
        let parts = [
            (links, "out of dashboard links"), (formulas, "out of =\"…\""),
            (apostrophes, "from behind a leading '"),
        ].filter { $0.0 > 0 }
        guard !parts.isEmpty else { return nil }
        return "values were unwrapped: "
            + parts.map { "\(Words.number($0.0)) \($0.1)" }.joined(separator: ", ")
    }

    mutating func add(_ other: UnwrapCounts) {
        links += other.links
        formulas += other.formulas
        apostrophes += other.apostrophes
    }
}
