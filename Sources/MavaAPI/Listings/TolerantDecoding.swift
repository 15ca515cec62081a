// How the listings' loosely documented fields are read. An absent field, or null, is `nil`. A field in an
// unexpected form is an error that names the field: reading it as `nil` would make the ticket look different
// when that is unknown.

/// Why one entry of a listing cannot be read.
package struct EntryError: Error {
    /// What is wrong, for a person.
    package var reason: String
    /// Whether it is about what the entry is, and not about one of its fields: then the whole list is not the
    /// API's.
    package var spoilsList = false
    /// Whether the list is not of the API's form at all, so that something else may have answered.
    package var isForeign = false

    /// Makes an error from its parts.
    package init(reason: String, spoilsList: Bool = false, isForeign: Bool = false) {
        self.reason = reason
        self.spoilsList = spoilsList
        self.isForeign = isForeign
    }
}

/// Any JSON object's key.
struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer {
    /// The text under a key; `nil` where there is none or it is something else.
    func text(_ key: Key) -> String? {
        guard let value = try? decodeIfPresent(String.self, forKey: key) else { return nil }
        return value
    }
}

extension KeyedDecodingContainer<AnyKey> {
    /// Whether a key is present with a value other than null.
    func has(_ name: String) -> Bool {
        guard contains(AnyKey(name)) else { return false }
        return (try? decodeNil(forKey: AnyKey(name))) != true
    }

    /// The text under a key, or `nil` for nothing.
    ///
    /// - Throws: An ``EntryError`` when there is something else.
    func optionalText(_ name: String) throws -> String? {
        guard has(name) else { return nil }
        guard let value = text(AnyKey(name)) else {
            throw EntryError(reason: "its \(name) is not text")
        }
        return value
    }

    /// The name under a key; `nil` for nothing, and for what is no text, which is noted.
    ///
    /// An agent or a category without one of its names is not left out: another one of the same name would then look
    /// like the only one.
    func name(_ name: String, _ leftOut: inout [String]) -> String? {
        do {
            return try optionalText(name).flatMap { $0.isEmpty ? nil : $0 }
        } catch {
            leftOut.append((error as? EntryError)?.reason ?? "its \(name) has another form")
            return nil
        }
    }

    /// Text, a number or a truth value under a key as text, or `nil` for nothing.
    ///
    /// Anything else gives the name of its form, so that it still counts as present.
    func looseText(_ name: String) -> String? {
        guard has(name) else { return nil }
        let key = AnyKey(name)
        if let value = text(key) { return value }
        if let value = try? decode(Bool.self, forKey: key) { return String(value) }
        if let value = try? decode(Int.self, forKey: key) { return String(value) }
        if let value = try? decode(Double.self, forKey: key) { return String(value) }
        return (try? nestedUnkeyedContainer(forKey: key)) == nil ? "object" : "array"
    }

    /// The names and ids of the tags, which are texts or objects; `nil` for anything else.
    ///
    /// Tags in an unexpected form are no error: most plans do not need them.
    func tags() -> TagNames? {
        let key = AnyKey("tags")
        guard contains(key) else { return nil }
        guard has("tags") else { return TagNames() }
        if let texts = try? decode([String].self, forKey: key) { return TagNames(texts) }
        guard var list = try? nestedUnkeyedContainer(forKey: key) else { return nil }
        var tags = TagNames()
        while !list.isAtEnd {
            guard let tag = try? list.nestedContainer(keyedBy: AnyKey.self) else { return nil }
            let ids = ["_id", "id"].compactMap { tag.text(AnyKey($0)) }
            let name = tag.text(AnyKey("name"))
            guard name != nil || !ids.isEmpty else { return nil }
            tags.add(ids: ids, name: name)
        }
        return tags
    }

    /// Where a ticket came from, empty for null; `nil` when no key says it.
    func origin() -> String? {
        let name = ["sourceType", "origin"].first { contains(AnyKey($0)) }
        return name.map { looseText($0) ?? "" }
    }

    /// A whole number under a key, written as a number or as text, or `nil` for nothing.
    ///
    /// - Throws: An ``EntryError`` when there is something else.
    func optionalInteger(_ name: String) throws -> Int? {
        guard has(name) else { return nil }
        let key = AnyKey(name)
        if let value = try? decode(Int.self, forKey: key) { return value }
        if let value = try? decode(Double.self, forKey: key), let whole = Int(exactly: value) {
            return whole
        }
        if let value = text(key), let whole = Int(value) { return whole }
        throw EntryError(reason: "its \(name) is not a whole number")
    }

    /// The id under `_id` or `id`.
    ///
    /// - Throws: An ``EntryError`` when there is none.
    func identifier() throws -> String {
        for name in ["_id", "id"] {
            if let value = text(AnyKey(name)), !value.isEmpty { return value }
        }
        throw EntryError(reason: "it has no id", spoilsList: true)
    }

    /// The id of what a field refers to: an id, an object that has one, or `nil` for nothing.
    ///
    /// - Throws: An ``EntryError`` when there is something else.
    func reference(_ name: String) throws -> String? {
        guard has(name) else { return nil }
        let key = AnyKey(name)
        if let value = text(key) { return value.isEmpty ? nil : value }
        guard let object = try? nestedContainer(keyedBy: AnyKey.self, forKey: key),
            let id = try? object.identifier()
        else { throw EntryError(reason: "its \(name) is neither an id nor an object with one") }
        return id
    }
}
