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
    /// - Throws: A ``ClientError`` with the code `unexpectedAnswer` when it is not a listing.
    static func decode(_ response: HTTPResponse) throws(ClientError) -> ListingDecoder {
        do {
            return try JSONDecoder().decode(ListingDecoder.self, from: Data(response.body))
        } catch {
            throw ClientError(
                code: .unexpectedAnswer,
                message: """
                    The answer is not a list of \(Entry.listNames[0]): \(Self.reason(error)) \
                    (\(response.body.count) bytes).
                    """,
                status: response.status)
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as EntryError: error.reason
        case DecodingError.dataCorrupted: "it is not valid JSON"
        default: "it has another form"
        }
    }

    init(from decoder: any Decoder) throws {
        if var array = try? decoder.unkeyedContainer() {
            try read(&array)
            return
        }
        let object = try decoder.container(keyedBy: AnyKey.self)
        for name in Entry.listNames + ["data"] where object.has(name) {
            guard var array = try? object.nestedUnkeyedContainer(forKey: AnyKey(name)) else {
                continue
            }
            try read(&array)
            total = Self.total(in: object)
            return
        }
        throw EntryError(reason: "it has no array under \(Entry.listNames[0])")
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
            case .success(let entry):
                problems.append(
                    ListingProblem(
                        index: index, id: entry.entryID, message: "its id was listed before"))
            case .failure(let error):
                problems.append(
                    ListingProblem(
                        index: index, id: attempt.id.map { ServerText.excerpt($0) },
                        message: error.reason))
            }
        }
    }

    /// The total under the names that were seen or are likely; absent or unreadable is unknown.
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

    /// One entry, or why it cannot be read: decoding it never fails, so that the others are read too.
    private struct Attempt: Decodable {
        var id: String?
        var result: Result<Entry, EntryError>

        init(from decoder: any Decoder) {
            guard let object = try? decoder.container(keyedBy: AnyKey.self) else {
                result = .failure(EntryError(reason: "it is not an object"))
                return
            }
            do {
                result = .success(try Entry(entry: object))
            } catch let error as EntryError {
                id = try? object.identifier()
                result = .failure(error)
            } catch {
                result = .failure(EntryError(reason: "it has another form"))
            }
        }
    }
}
