#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The entries of a listing's JSON, whatever it is wrapped in.
struct ListingDecoder<Entry: ListingEntry>: Decodable {
    private(set) var entries: [Entry] = []
    private(set) var problems: [ListingProblem] = []
    private(set) var entryCount = 0
    private(set) var total: Int?

    /// Reads a body.
    ///
    /// Some answers are not a listing, because their missing entries would look like tickets that do not
    /// exist: an answer that names an error, one with an entry that is not an object or has no id, one in
    /// which no entry can be read, and one without entries although its total is larger than `skip`.
    ///
    /// - Parameters:
    ///   - response: The answer.
    ///   - skip: How many entries the request skipped.
    /// - Returns: The listing.
    /// - Throws: An ``EntryError`` when it is not a listing.
    static func decode(
        _ response: HTTPResponse, skip: Int
    ) throws(EntryError) -> ListingDecoder {
        let decoded: ListingDecoder
        do {
            decoded = try JSONDecoder().decode(ListingDecoder.self, from: Data(response.body))
        } catch let error as EntryError {
            throw error
        } catch DecodingError.dataCorrupted {
            throw EntryError(reason: "it is not valid JSON", isForeign: true)
        } catch {
            throw EntryError(reason: "it has another form", isForeign: true)
        }
        if decoded.entryCount == 0, let total = decoded.total, total > skip {
            throw EntryError(reason: "it is empty, and says that there are \(total)")
        }
        if decoded.entries.isEmpty, let problem = decoded.problems.first {
            throw EntryError(reason: problem.description)
        }
        return decoded
    }

    init(from decoder: any Decoder) throws {
        if var array = try? decoder.unkeyedContainer() {
            try read(&array)
            return
        }
        let object = try decoder.container(keyedBy: AnyKey.self)
        if object.has("error")
            || (try? object.decodeIfPresent(Bool.self, forKey: AnyKey("success"))) == false
        {
            throw EntryError(reason: "it says \(Self.words(in: object) ?? "that it failed")")
        }
        for name in Entry.listNames + ["data"] where object.has(name) {
            guard var array = try? object.nestedUnkeyedContainer(forKey: AnyKey(name)) else {
                continue
            }
            try read(&array)
            total = Self.total(in: object)
            return
        }
        let said = Self.words(in: object)
        throw EntryError(
            reason: said.map { "it says \($0)" } ?? "it has no array under \(Entry.listNames[0])",
            isForeign: said == nil)
    }

    /// The error or the message of an answer in quotes.
    private static func words(in object: KeyedDecodingContainer<AnyKey>) -> String? {
        for name in ["error", "message"] {
            if let text = object.text(AnyKey(name)), !text.isEmpty {
                return "\"\(ServerText.excerpt(text))\""
            }
        }
        return nil
    }

    private mutating func read(_ array: inout any UnkeyedDecodingContainer) throws {
        if let count = array.count { entries.reserveCapacity(min(count, 10_000)) }
        var seen: Set<String> = []
        while !array.isAtEnd {
            let index = entryCount
            entryCount += 1
            let attempt = try array.decode(Attempt.self)
            switch attempt.result {
            case .success(let entry) where seen.insert(entry.entryID).inserted:
                entries.append(entry)
                for message in attempt.leftOut {
                    problems.append(
                        ListingProblem(index: index, id: entry.entryID, message: message))
                }
            case .success(let entry):
                problems.append(
                    ListingProblem(
                        index: index, id: entry.entryID, message: "its id was listed before"))
            case .failure(let error):
                let problem = ListingProblem(
                    index: index, id: attempt.id.map { ServerText.excerpt($0) },
                    message: error.reason)
                guard !error.spoilsList else { throw EntryError(reason: problem.description) }
                problems.append(problem)
            }
        }
    }

    /// The total, under any of the names that were seen or are likely; `nil` when absent or unreadable.
    private static func total(in object: KeyedDecodingContainer<AnyKey>) -> Int? {
        for name in ["total", "totalCount", "count"] {
            if let total = try? object.optionalInteger(name), total >= 0 { return total }
        }
        guard
            let paging = try? object.nestedContainer(
                keyedBy: AnyKey.self, forKey: AnyKey("pagination")),
            let total = try? paging.optionalInteger("total"), total >= 0
        else { return nil }
        return total
    }

    /// One entry, or why it cannot be read.
    ///
    /// Decoding it never fails, so that the others are read too.
    private struct Attempt: Decodable {
        var id: String?
        var result: Result<Entry, EntryError>
        /// What is wrong with parts of an entry that is read.
        var leftOut: [String] = []

        init(from decoder: any Decoder) {
            guard let object = try? decoder.container(keyedBy: AnyKey.self) else {
                result = .failure(EntryError(reason: "it is not an object", spoilsList: true))
                return
            }
            do {
                result = .success(try Entry(entry: object, leftOut: &leftOut))
            } catch let error as EntryError {
                id = try? object.identifier()
                result = .failure(error)
            } catch {
                result = .failure(EntryError(reason: "it has another form"))
            }
        }
    }
}
