import BulkPlan

/// The values wanted for the agents or categories that a map names.
struct NameMap {
    /// What becomes of a value.
    enum Target {
        case value(UInt32)
        case none
        case leave
    }

    /// A line of the map.
    private struct Entry {
        var target: Target
        var line: Int
        /// The id that its value means, where it means one.
        var id: String?
    }

    let map: ValueMap
    private var byID: [String: Entry] = [:]
    /// The lines by their values as written.
    private var byText: [ValueMap.Spelling: Entry] = [:]
    /// The lines by their values without letter case, which several can have.
    private var byFoldedText: [String: [Entry]] = [:]
    /// The lines that were used.
    private(set) var usedLines: Set<Int> = []
    /// What each line maps from and to, by ids where they are known.
    private(set) var lines: [PlanHeader.Map.Line] = []

    /// Looks up the names of a map.
    ///
    /// - Throws: A ``PlanError`` that names the line when the value wanted does not exist, or two lines map
    ///   one value to different ones.
    init(
        _ map: ValueMap, _ thing: NamedThing, _ directory: NameDirectory, _ values: ValueTable
    ) throws(PlanError) {
        self.map = map
        for entry in map.entries {
            let target: Target
            switch entry.to {
            case .name(let name)?:
                let id = try thing.id(name, in: directory, .mapUnusable, map.path, entry.line)
                target = .value(values.intern(id))
                lines.append(.init(from: entry.from, to: id, line: entry.line))
            case FieldText.none?:
                target = .none
                lines.append(.init(from: entry.from, to: nil, line: entry.line))
            case .number?, nil: target = .leave
            }
            var line = Entry(target: target, line: entry.line)
            if case .id(let id) = thing.match(entry.from, in: directory, suggests: false) {
                line.id = id
            }
            byText[ValueMap.Spelling(entry.from)] = line
            byFoldedText[entry.from.lowercased(), default: []].append(line)
            guard let id = line.id else { continue }
            if !lines.isEmpty, lines[lines.count - 1].line == entry.line {
                lines[lines.count - 1].from = id
            }
            if let other = byID[id], !Self.isSame(other.target, target) {
                throw PlanError(
                    code: .mapUnusable,
                    message:
                        "line \(other.line) maps the same \(thing.rawValue) to something else: "
                        + "remove one of them", path: map.path, line: entry.line)
            }
            byID[id] = line
        }
    }

    private static func isSame(_ left: Target, _ right: Target) -> Bool {
        switch (left, right) {
        case (.value(let left), .value(let right)): left == right
        case (.none, .none), (.leave, .leave): true
        default: false
        }
    }

    /// What a value becomes; `nil` when the map has no line for it.
    ///
    /// A line with the value in exactly this spelling counts first, then one that means the same id, then the
    /// only one whose value differs by letter case alone and does not mean another id.
    ///
    /// - Parameters:
    ///   - name: The value as the input has it.
    ///   - id: The id that it means, where it means one.
    /// - Returns: What it becomes.
    mutating func target(_ name: String, id: String?) -> Target? {
        let text = ValueMap.canonical(name, map.field)
        let found =
            byText[ValueMap.Spelling(text)] ?? id.flatMap { byID[$0] } ?? folded(text, id: id)
        if let found { usedLines.insert(found.line) }
        return found?.target
    }

    private func folded(_ text: String, id: String?) -> Entry? {
        let entries = byFoldedText[text.lowercased(), default: []].filter { entry in
            id == nil || entry.id == nil || entry.id == id
        }
        guard let first = entries.first,
            entries.allSatisfy({ Self.isSame($0.target, first.target) })
        else { return nil }
        return first
    }
}
