/// What is known of an input's ids as a whole.
package struct IDSurvey: Hashable, Sendable {
    /// Whether any record names an ObjectId, as Mava's ids are.
    var hasObjectID = false
    /// Whether any record names a ticket by something else.
    var hasOther = false
    /// How many values were taken out of what stood around them.
    var unwrapped = UnwrapCounts()

    /// Whether ids are named, and none of them has Mava's form.
    var areAllOther: Bool { hasOther && !hasObjectID }

    /// Adds what is known of another part of the input.
    mutating func add(_ other: IDSurvey) {
        if other.hasObjectID { hasObjectID = true }
        if other.hasOther { hasOther = true }
        unwrapped.add(other.unwrapped)
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
