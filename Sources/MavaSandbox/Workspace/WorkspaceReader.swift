// Reads a workspace in one pass, ticket by ticket, into the packed store. Tickets may precede the
// agents and categories they name, so references are checked at the organisation's end. Until then
// each ticket's offset is kept for the position in an error.

/// Reads the workspace file format.
struct WorkspaceReader {
    var cursor: JSONCursor
    let name: String
    var path: [PathPart] = []
    /// Called from time to time with the offset up to which the text was read.
    var passed: ((Int) -> Void)?

    /// A step into the text: a member or an element.
    enum PathPart {
        case member(String)
        case element(Int)
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>, name: String) {
        cursor = JSONCursor(bytes)
        self.name = name
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { cursor.advance(to: 3) }
    }

    mutating func read() throws(WorkspaceError) -> Workspace {
        var organisations: [Organisation] = []
        var hasOrganisations = false
        try object(keys: ["organisations"]) { (reader, key) throws(WorkspaceError) in
            hasOrganisations = true
            try reader.array { (reader, _) throws(WorkspaceError) in
                organisations.append(try reader.organisation())
            }
        }
        try json { (cursor) throws(JSONFailure) in try cursor.end() }
        guard hasOrganisations, !organisations.isEmpty else {
            throw error(
                .missingKey,
                "a workspace needs at least one organisation: "
                    + "{\"organisations\": [{\"apiKeys\": [\"…\"], \"tickets\": []}]}", at: 0)
        }
        var seen: Set<String> = []
        for key in organisations.flatMap(\.apiKeys) where !seen.insert(key).inserted {
            throw error(
                .duplicate,
                "an API key occurs twice; every key opens one organisation", at: 0)
        }
        return Workspace(organisations: organisations)
    }

    // MARK: Walking

    /// Reads an object; unknown keys that begin with `_` or `$` are comments.
    mutating func object(
        keys: [String],
        _ member: (inout WorkspaceReader, String) throws(WorkspaceError) -> Void
    ) throws(WorkspaceError) {
        try expect(.object)
        try json { (cursor) throws(JSONFailure) in try cursor.beginObject() }
        var isFirst = true
        var seen: [String] = []
        while true {
            let key = try json { (cursor) throws(JSONFailure) in
                try cursor.nextMember(&isFirst).map { cursor.swiftString($0) }
            }
            guard let key else { return }
            path.append(.member(key))
            if keys.contains(key) {
                guard !seen.contains(key) else {
                    throw error(.duplicate, "the key occurs twice")
                }
                seen.append(key)
                try member(&self, key)
            } else if key.hasPrefix("_") || key.hasPrefix("$") {
                try json { (cursor) throws(JSONFailure) in try cursor.skip() }
            } else {
                throw error(
                    .unknownKey,
                    "no such key; known are \(keys.joined(separator: ", ")), "
                        + "and a key that begins with _ is a comment")
            }
            path.removeLast()
        }
    }

    /// Reads an array.
    mutating func array(
        _ element: (inout WorkspaceReader, Int) throws(WorkspaceError) -> Void
    ) throws(WorkspaceError) {
        try expect(.array)
        try json { (cursor) throws(JSONFailure) in try cursor.beginArray() }
        var isFirst = true
        var index = 0
        while try json({ (cursor) throws(JSONFailure) in try cursor.nextElement(&isFirst) }) {
            path.append(.element(index))
            try element(&self, index)
            path.removeLast()
            index += 1
        }
    }

    // MARK: Values

    mutating func string() throws(WorkspaceError) -> String {
        try expect(.string)
        return try json { (cursor) throws(JSONFailure) in cursor.swiftString(try cursor.string()) }
    }

    mutating func stringOrNull() throws(WorkspaceError) -> String? {
        if try skipNull() { return nil }
        return try string()
    }

    mutating func bool() throws(WorkspaceError) -> Bool {
        try expect(.bool)
        return try json { (cursor) throws(JSONFailure) in try cursor.bool() }
    }

    /// Reads an id: 1 to 128 visible characters.
    mutating func id() throws(WorkspaceError) -> String {
        let start = cursor.position
        let text = try string()
        guard (1...128).contains(text.count),
            text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F })
        else {
            throw error(.wrongValue, "an id has 1 to 128 visible characters", at: start)
        }
        return text
    }

    /// Reads a whole number within a range, or null as nil.
    mutating func integerOrNull(
        _ range: ClosedRange<Int>, _ what: String
    ) throws(WorkspaceError) -> Int? {
        if try skipNull() { return nil }
        try expect(.number)
        let start = cursor.position
        let value = try json { (cursor) throws(JSONFailure) in
            cursor.integer(try cursor.number())
        }
        guard let value, range.contains(value) else {
            throw error(
                .wrongValue, "\(what) is \(range.lowerBound) to \(range.upperBound), or null",
                at: start)
        }
        return value
    }

    /// Reads an ISO 8601 moment.
    mutating func timestamp() throws(WorkspaceError) -> Timestamp {
        let start = cursor.position
        guard let moment = Timestamp.parse(try string().utf8) else {
            throw error(
                .wrongValue, "not an ISO 8601 time; write it like 2026-01-31T08:15:00Z", at: start)
        }
        return moment
    }

    /// Skips any value and returns the range of its bytes.
    mutating func anything() throws(WorkspaceError) -> Range<Int> {
        try json { (cursor) throws(JSONFailure) in try cursor.skip() }
    }

    /// Skips `null` if it comes next.
    mutating func skipNull() throws(WorkspaceError) -> Bool {
        guard try kind() == .null else { return false }
        try json { (cursor) throws(JSONFailure) in try cursor.null() }
        return true
    }

    mutating func kind() throws(WorkspaceError) -> JSONKind {
        try json { (cursor) throws(JSONFailure) in try cursor.kind() }
    }

    private mutating func expect(_ wanted: JSONKind) throws(WorkspaceError) {
        let found = try kind()
        guard found == wanted else {
            throw error(.wrongType, "\(wanted.name) is expected here, not \(found.name)")
        }
    }

    // MARK: Errors

    /// Runs a step of the cursor and adds a position and a path to its failure.
    @discardableResult
    mutating func json<R>(
        _ step: (inout JSONCursor) throws(JSONFailure) -> R
    ) throws(WorkspaceError) -> R {
        do throws(JSONFailure) {
            return try step(&cursor)
        } catch {
            throw self.error(.malformed, "not JSON: \(error.message)", at: error.offset)
        }
    }

    /// An error at an offset, or at the cursor's position.
    func error(
        _ code: WorkspaceError.Code, _ message: String, at offset: Int? = nil
    ) -> WorkspaceError {
        let end = min(offset ?? cursor.position, cursor.bytes.count)
        var line = 1
        var start = 0
        for index in 0..<end where cursor.bytes[index] == 0x0A {
            line += 1
            start = index + 1
        }
        return WorkspaceError(
            code: code, message: message, file: name, path: pathText, line: line,
            column: end - start + 1)
    }

    private var pathText: String {
        var text = ""
        for part in path {
            switch part {
            case .member(let name): text += text.isEmpty ? name : ".\(name)"
            case .element(let index): text += "[\(index)]"
            }
        }
        return text
    }
}
