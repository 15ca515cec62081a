import MavaAPI

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A condition that chooses rows and tickets, such as `new.status = closed and old.updatedAt < 14d ago`.
///
/// `docs/conditions.md` describes the language. A condition reads no files and no clock: its caller supplies the
/// values that it asks about, and the time from which ages count.
public struct RowCondition: Hashable, Sendable, CustomStringConvertible {
    /// The condition as it was written.
    public let text: String
    /// What the condition asks about, each subject once, in the order of the text.
    public private(set) var subjects: [Subject]
    /// The comparisons, the leaves of the expression, in the order of the text.
    package private(set) var comparisons: [Comparison]
    private let tree: ConditionTree

    /// Reads a condition.
    ///
    /// - Parameters:
    ///   - text: The condition, at most 64 KiB.
    ///   - now: The time from which ages such as `14d ago` count.
    /// - Throws: ``ConditionError``, with the place of the first mistake.
    public init(_ text: String, now: Date = Date()) throws(ConditionError) {
        try self.init(text, now: now.secondsSince1970)
    }

    /// Reads a condition, with the time in seconds since 1970.
    package init(_ text: String, now: Int) throws(ConditionError) {
        var parser = try ConditionParser(text, now: now)
        tree = try parser.parse()
        comparisons = parser.comparisons
        self.text = text
        var seen: Set<Subject> = []
        subjects = comparisons.map(\.subject).filter { seen.insert($0).inserted }
    }

    /// The same condition about other subjects.
    ///
    /// - Parameter subject: Returns the new subject for an old one.
    /// - Returns: The condition, with the same places in its text.
    package func asking(_ subject: (Subject) -> Subject) -> RowCondition {
        var condition = self
        condition.comparisons = comparisons.map { $0.asking(subject($0.subject)) }
        condition.subjects = subjects.map(subject)
        return condition
    }

    /// The condition as it was written.
    public var description: String { text }

    /// Whether the condition holds.
    ///
    /// - Parameter value: Returns the value of a subject. It is called once for each comparison, in the order of
    ///   the text.
    /// - Returns: Whether it holds for these values.
    public func holds(_ value: (Subject) -> Value) -> Bool {
        // A bit for each comparison: there are at most 64.
        var results: UInt64 = 0
        for (index, comparison) in comparisons.enumerated()
        where comparison.holds(value(comparison.subject)) {
            results |= 1 << UInt64(index)
        }
        return tree.holds { results >> UInt64($0) & 1 == 1 }
    }

    /// Whether the condition holds, from results of its comparisons that were computed elsewhere.
    ///
    /// - Parameter result: Returns the result of a comparison, by its index in ``comparisons``. It is not called
    ///   where the outcome is decided already.
    /// - Returns: Whether it holds for these results.
    package func holds(comparison result: (Int) -> Bool) -> Bool {
        tree.holds(result)
    }

    /// Whether the condition holds, as far as the results known so far decide it (Kleene's three-valued logic).
    ///
    /// No two leaves share a comparison, so the result is `nil` only if the unknown results matter.
    ///
    /// - Parameter result: Returns the result of a comparison, by its index in ``comparisons``; `nil` when it is
    ///   unknown so far.
    /// - Returns: The outcome, if it is the same for all unknown results; else `nil`.
    package func decided(comparison result: (Int) -> Bool?) -> Bool? {
        tree.decided(result)
    }

    /// An error at the subject of a comparison, for example a column that the input does not have.
    ///
    /// - Parameters:
    ///   - message: What is wrong.
    ///   - index: The comparison's index in ``comparisons``.
    /// - Returns: The error, with its place.
    package func error(_ message: String, atSubjectOf index: Int) -> ConditionError {
        ConditionError(text: text, offset: comparisons[index].offset, message: message)
    }

    /// An error at a literal, for example a name that no agent has.
    ///
    /// - Parameters:
    ///   - message: What is wrong.
    ///   - literal: The literal's index in the comparison's ``Comparison/literals``.
    ///   - index: The comparison's index in ``comparisons``.
    /// - Returns: The error, with its place.
    package func error(_ message: String, atLiteral literal: Int, of index: Int) -> ConditionError {
        ConditionError(
            text: text, offset: comparisons[index].values[literal].offset, message: message)
    }
}
