import BulkRecords
import MavaBulk

extension PlanArguments {
    /// A failure that names the option whose agent or category is not known, or whose file cannot be read.
    ///
    /// Planning knows a value or a file, and not where it was written.
    ///
    /// - Parameters:
    ///   - error: Why the command ends.
    ///   - arguments: The command line.
    /// - Returns: The failure.
    static func failure(_ error: any Error, _ arguments: ParsedArguments) -> CommandFailure {
        if let error = error as? ReadError, error.inputName == arguments[.snapshot] {
            return .unusable(.snapshotUnusable, error)
        }
        var failure = CommandFailure(error)
        guard let problem = error as? PlanError, problem.code == .valueUnusable else {
            return failure
        }
        let given = [OptionID.set, .fallback].flatMap { option in
            arguments.list(option).map { (option: option, text: $0) }
        }.filter { namesThing($0.text) }
        let named = given.first { problem.message.contains(value(of: $0.text)) }
        guard let place = named ?? (given.count == 1 ? given.first : nil) else { return failure }
        failure.message = "--\(place.option.rawValue) \(place.text): \(failure.message)"
        return failure
    }

    private static func namesThing(_ pair: String) -> Bool {
        switch ColumnRole(columnName: String(pair.prefix { $0 != "=" })) {
        case .assignee, .categoryID, .categoryName: true
        default: false
        }
    }

    private static func value(of pair: String) -> Substring { pair.drop { $0 != "=" }.dropFirst() }
}
