import BulkSystem

/// What is known of an input's ids, and of the form of its rows, as a whole.
package struct IDSurvey: Hashable, Sendable {
    /// Whether any record names an ObjectId, as Mava's ids are.
    var hasObjectID = false
    /// Whether any record names a ticket by something else.
    var hasOther = false
    /// How many rows of delimiters only were passed over.
    var delimiterRows = 0
    /// How many rows have one field more or less than the header, and nothing in it.
    var fieldCountsForgiven = 0
    /// How many values were taken out of what stood around them.
    var unwrapped = UnwrapCounts()

    /// Whether ids are named, and none of them has Mava's form.
    var areAllOther: Bool { hasOther && !hasObjectID }

    /// Adds what is known of another part of the input.
    mutating func add(_ other: IDSurvey) {
        if other.hasObjectID { hasObjectID = true }
        if other.hasOther { hasOther = true }
        delimiterRows += other.delimiterRows
        fieldCountsForgiven += other.fieldCountsForgiven
        unwrapped.add(other.unwrapped)
    }

    /// What a preview says about the form of the rows.
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

/// How many values were taken out of what stood around them.
package struct UnwrapCounts: Hashable, Sendable {
    var links = 0
    var formulas = 0
    var apostrophes = 0

    /// What a preview says about them; `nil` where there were none.
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
