import BulkPlan
import BulkSystem

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
    private var byFoldedText: [String: Alike] = [:]
    /// The lines that were used.
    private(set) var usedLines: Set<Int> = []
    /// The values for which there is no line.
    private var missed: [MapValue] = []
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
            byFoldedText[entry.from.lowercased(), default: Alike()].add(line)
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

    fileprivate static func isSame(_ left: Target, _ right: Target) -> Bool {
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
    ///   - isAmbiguous: Whether it can mean several ids; then only a line with exactly this spelling is for it.
    /// - Returns: What it becomes.
    mutating func target(_ name: String, id: String?, isAmbiguous: Bool = false) -> Target? {
        let text = ValueMap.canonical(name, map.field)
        let found =
            byText[ValueMap.Spelling(text)] ?? id.flatMap { byID[$0] }
            ?? (isAmbiguous ? nil : folded(text, id: id))
        if let found {
            usedLines.insert(found.line)
        } else if map.unmapped != .invalid, !isAmbiguous {
            missed.append(MapValue(text: name, id: id))
        }
        return found?.target
    }

    /// Refuses a map with a line that was most likely meant for a value which has none, and would be read or cleared.
    ///
    /// - Throws: A ``PlanError`` that names the line.
    func checkUnused(_ thing: NamedThing, _ directory: NameDirectory) throws(PlanError) {
        guard !missed.isEmpty else { return }
        let unused = map.entries.filter { !usedLines.contains($0.line) }
        if unused.isEmpty { return }
        let values = MeantValues(missed, thing, directory)
        for entry in unused {
            let line = MapValue(text: entry.from, id: byText[ValueMap.Spelling(entry.from)]?.id)
            guard let value = values.value(meantBy: line, thing, directory) else { continue }
            throw PlanError(
                code: .mapUnusable,
                message:
                    "did you mean \(quoted(value.text))? No value is \(quoted(entry.from)), and the map "
                    + "has no line for that \(thing.rawValue)", path: map.path, line: entry.line)
        }
    }

    private func folded(_ text: String, id: String?) -> Entry? {
        byFoldedText[text.lowercased()]?.only(id: id)
    }

    /// The lines whose values differ by letter case alone.
    private struct Alike {
        /// Lines with one target, or with several.
        struct Lines {
            private(set) var first: Entry?
            private(set) var isOneTarget = true

            mutating func add(_ entry: Entry) {
                StepCount.add()
                if let first {
                    isOneTarget = isOneTarget && NameMap.isSame(first.target, entry.target)
                } else {
                    first = entry
                }
            }
        }

        private var all = Lines()
        /// Those whose values mean no id, and those of each id.
        private var withoutID = Lines()
        private var byID: [String: Lines] = [:]

        mutating func add(_ entry: Entry) {
            all.add(entry)
            if let id = entry.id {
                byID[id, default: Lines()].add(entry)
            } else {
                withoutID.add(entry)
            }
        }

        /// The first line for a value, if all lines for it have one target.
        ///
        /// - Parameter id: The id that the value means; `nil` where it means none.
        /// - Returns: The line; `nil` where there is none, or where they have several targets.
        func only(id: String?) -> Entry? {
            guard let id else { return all.isOneTarget ? all.first : nil }
            let sets = [withoutID, byID[id] ?? Lines()]
            guard sets.allSatisfy(\.isOneTarget) else { return nil }
            let firsts = sets.compactMap(\.first).sorted { $0.line < $1.line }
            guard let first = firsts.first,
                firsts.allSatisfy({ NameMap.isSame($0.target, first.target) })
            else { return nil }
            return first
        }
    }
}
