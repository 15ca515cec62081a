/// The query of `GET /api/tickets`, parsed and checked.
struct TicketQuery {
    /// Why a query is refused.
    struct Refusal: Error, Equatable {
        /// The `error` text of the answer.
        var message: String
    }

    var start = Timestamp(milliseconds: 0)
    var end = Timestamp(milliseconds: 0)
    var limit = 50
    var skip = 0
    var includesMessages = false
    /// Filters by name; a ticket must match one value of each.
    var filters: [Filter: [[UInt8]]] = [:]

    /// The documented filters.
    enum Filter: String, CaseIterable {
        case status
        case assignedTo
        case category
        case tags
        case csatValues
        case origin
    }

    /// Reads the parameters and ignores unknown ones.
    ///
    /// - Throws: `Refusal` for what the documentation forbids.
    init(_ parameters: [(name: String, value: [UInt8])]) throws(Refusal) {
        var single: [String: [UInt8]] = [:]
        let singles: Set<String> = ["startDate", "endDate", "limit", "skip", "includeMessages"]
        for (name, value) in parameters {
            if singles.contains(name) {
                guard single.updateValue(value, forKey: name) == nil else {
                    throw Refusal(message: "\(name) must be given once")
                }
            } else if let filter = Filter(rawValue: name) {
                try add(value, to: filter)
            }
        }
        try dates(single)
        limit = try number(single["limit"], "limit", 1...100) ?? 50
        skip = try number(single["skip"], "skip", 0...Int(Int32.max)) ?? 0
        if let value = single["includeMessages"] {
            guard let flag = Bool(String(decoding: value, as: UTF8.self)) else {
                throw Refusal(message: "includeMessages must be true or false")
            }
            includesMessages = flag
        }
    }

    private mutating func add(_ value: [UInt8], to filter: Filter) throws(Refusal) {
        for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard !part.isEmpty else { throw Refusal(message: "\(filter.rawValue) is empty") }
            switch filter {
            case .status:
                let names = ["Open", "Resolved", "Pending", "Waiting"]
                guard names.contains(String(decoding: part, as: UTF8.self)) else {
                    throw Refusal(
                        message: "status must be one or more of Open, Resolved, Pending, Waiting")
                }
            case .csatValues:
                let isNone = part.elementsEqual("no-rating".utf8)
                guard isNone || Decimal.parse(part).map((1...5).contains) == true else {
                    throw Refusal(message: "csatValues must be numbers from 1 to 5, or no-rating")
                }
            default: break
            }
            filters[filter, default: []].append(Array(part))
        }
    }

    private mutating func dates(_ single: [String: [UInt8]]) throws(Refusal) {
        start = try date(single["startDate"], "startDate")
        end = try date(single["endDate"], "endDate")
        guard end > start else { throw Refusal(message: "endDate must be after startDate") }
        guard end <= start.oneYearLater else {
            throw Refusal(message: "endDate must be at most 1 year after startDate")
        }
    }

    private func date(_ value: [UInt8]?, _ name: String) throws(Refusal) -> Timestamp {
        guard let value else { throw Refusal(message: "\(name) is required") }
        guard let moment = Timestamp.parse(value) else {
            throw Refusal(message: "\(name) must be an ISO 8601 date or date-time")
        }
        return moment
    }

    private func number(
        _ value: [UInt8]?, _ name: String, _ range: ClosedRange<Int>
    ) throws(Refusal) -> Int? {
        guard let value else { return nil }
        guard let number = Decimal.parse(value), range.contains(number) else {
            throw Refusal(
                message: range.upperBound == Int(Int32.max)
                    ? "\(name) must be a whole number, 0 or more"
                    : "\(name) must be a whole number from \(range.lowerBound) "
                        + "to \(range.upperBound)")
        }
        return number
    }
}
