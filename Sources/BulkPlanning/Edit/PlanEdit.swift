public import BulkPlan

/// Which rows an edit leaves out of a saved plan.
///
/// A row is left out when one of the parts names it. It becomes ``Disposition/excluded``, whatever it was before.
public struct PlanEdit: Hashable, Sendable {
    /// Rows by their numbers.
    public var rows: [ClosedRange<Int>] = []
    /// Conditions of which one is enough to leave a row out.
    public var drops: [RowCondition] = []
    /// Conditions that the remaining rows satisfy, all of them.
    public var keeps: [RowCondition] = []
    /// Rows and tickets that files list.
    public var lists: [DropList] = []

    /// Leaves no row out.
    public init() {}

    /// Whether nothing says which rows to leave out.
    public var isEmpty: Bool { rows.isEmpty && drops.isEmpty && keeps.isEmpty && lists.isEmpty }
}

/// What an edit of a plan did.
public struct PlanEditResult: Hashable, Sendable {
    /// The header of the new plan.
    public var header: PlanHeader
    /// How many rows were left out that the edited plan did not leave out yet.
    public var dropped: Int
    /// How many tickets of the lists have no row in the plan.
    public var ticketsNotInPlan: Int
    /// The first of these tickets, in the order of the files and their lines.
    public var firstTicketsNotInPlan: [ListedTicket]
    /// Whether ``PlanHeader/handOffs`` is exact; otherwise it is an upper bound.
    public var handOffsAreExact: Bool

    /// A ticket that a file names.
    public struct ListedTicket: Hashable, Sendable {
        /// The ticket's id.
        public var id: String
        /// The file.
        public var path: String
        /// The first line that names it.
        public var line: Int
    }
}

extension PlanEdit {
    /// Reads row numbers such as `5` or `7-9`, separated by commas.
    ///
    /// - Parameter text: The numbers as written.
    /// - Returns: The rows; `nil` if a part is neither a number from 1 nor a range.
    public static func rows(_ text: String) -> [ClosedRange<Int>]? {
        // Most lines of a list are ids, which have letters.
        let isPossible = text.utf8.allSatisfy { byte in
            0x30...0x39 ~= byte || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: " ")
        }
        guard isPossible else { return nil }
        var ranges: [ClosedRange<Int>] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(number)
            switch (ends.count, ends[0], ends[ends.count - 1]) {
            case (1...2, let first?, let last?) where first <= last: ranges.append(first...last)
            default: return nil
            }
        }
        return ranges
    }

    /// A row's number: digits, with blanks around them.
    static func number(_ text: some StringProtocol) -> Int? {
        var digits = Substring(text).utf8
        while digits.first == UInt8(ascii: " ") { digits.removeFirst() }
        while digits.last == UInt8(ascii: " ") { digits.removeLast() }
        guard digits.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int(Substring(digits)),
            number > 0
        else { return nil }
        return number
    }
}
