import BulkSystem
package import MavaAPI

/// The existing agents and categories, and the lookup of names in a file.
///
/// A name is matched against ids first, then e-mails, wallets and user names. Case is ignored, with
/// one exception: if exactly one name matches the spelling exactly, it wins over matches without
/// case. The digits of an id count in either case.
package struct NameDirectory: Sendable {
    /// The result of looking up a reference.
    package enum Match: Hashable, Sendable {
        case id(String)
        case unknown(closest: String?)
        case ambiguous(candidates: [String])
        /// There is no list to search, and the reference is not an id.
        case notListed
        /// It is neither an id nor a name found in the snapshot.
        case notInSnapshot
    }

    /// The names of the agents, or of the categories.
    fileprivate struct Names: Sendable {
        var ids: Set<String> = []
        /// The ids with letters in upper case, by their spelling in lower case.
        var upperIDs: [String: [String]] = [:]
        /// The ids that each folded spelling can mean; the outer array is in the order of
        /// preference.
        var folded: [[String: [String]]]
        var exact: [String: [String]] = [:]
        var display: [String: String] = [:]
        var writings: [String: [String]] = [:]
        /// The names as written, each with its folded spelling.
        var spellings: [(String, String)] = []
        /// The e-mails by their part before the `@`, without characters that are ignored in names.
        var localParts: [String: [String]] = [:]
        /// The characters of the longest of these parts.
        var longestLocalPart = 0
        /// The first few things that a folded spelling can mean, where it can mean several, with their ids.
        var candidates: [String: [String]] = [:]
    }

    private let agents: Names?
    private let categories: Names?
    /// Whether the lists come only from a snapshot, so that other ids can be valid too.
    package let isPartial: Bool
    /// The mark of the organisation, where its agents were read from Mava.
    package var organisation: OrganisationFingerprint?

    /// Makes a directory from lists; without a list, only ids are accepted, as they are.
    ///
    /// - Parameters:
    ///   - agents: The agents.
    ///   - categories: The categories.
    ///   - isPartial: Whether there may be others besides these.
    package init(
        agents: [Agent]?, categories: [MavaAPI.Category]?, isPartial: Bool = false
    ) {
        self.isPartial = isPartial
        self.agents = agents.map(Self.names)
        self.categories = categories.map(Self.names)
    }

    /// Makes a directory from the names in a plan's header.
    package init(_ header: PlanHeader) {
        self.init(
            agents: header.agentNames.map { Agent(id: $0, username: $1) },
            categories: header.categoryNames.map { MavaAPI.Category(id: $0, name: $1) })
    }

    package var hasAgents: Bool { agents != nil }
    package var hasCategories: Bool { categories != nil }

    /// The display name of an agent.
    package func agentName(_ id: String) -> String? { agents?.display[id] }
    /// The e-mail, wallet address and user name of an agent, as far as it has them.
    package func agentWritings(_ id: String) -> [String] { agents?.writings[id] ?? [] }
    /// The display name of a category.
    package func categoryName(_ id: String) -> String? { categories?.display[id] }

    /// Looks up an agent.
    ///
    /// - Parameters:
    ///   - reference: An id, e-mail, wallet or user name.
    ///   - suggests: Whether to search for the closest name if there is no match, which takes time.
    /// - Returns: The agent, or why there is none.
    package func agent(_ reference: String, suggests: Bool = true) -> Match {
        match(reference, in: agents, suggests)
    }

    /// Looks up a category by id or name.
    package func category(_ reference: String, suggests: Bool = true) -> Match {
        match(reference, in: categories, suggests)
    }

    /// Whether a reference is one of the ways to name an agent.
    ///
    /// A name in exactly this spelling counts first, as where a name is looked up alone.
    ///
    /// - Parameters:
    ///   - reference: An id, e-mail, wallet or user name, which may be that of several agents.
    ///   - id: The agent's id.
    /// - Returns: Whether it is; `true` without a list, because it is not known then.
    package func agent(_ reference: String, canBe id: String) -> Bool {
        Self.can(reference, be: id, in: agents)
    }

    /// Whether a reference is the id or the name of a category; `true` without a list.
    package func category(_ reference: String, canBe id: String) -> Bool {
        Self.can(reference, be: id, in: categories)
    }

    private static func can(_ reference: String, be id: String, in names: Names?) -> Bool {
        guard let names else { return true }
        let own = names.writings[id] ?? []
        // A file's cells are read without the blanks around them.
        let spelling = FoldedText.withoutBlanks(reference).utf8
        if reference == id
            || own.contains(where: { FoldedText.withoutBlanks($0).utf8.elementsEqual(spelling) })
        {
            return true
        }
        if names.ids.contains(reference) { return false }
        if reference.lowercased() == id.lowercased() { return true }
        if names.exact[reference] != nil {
            // Names of the same characters can differ in their bytes, which decide between several.
            return own.contains(reference) && names.id(spelled: reference).map { $0 == id } ?? true
        }
        let folded = fold(reference)
        return own.contains { fold($0) == folded }
    }

    private func match(_ reference: String, in names: Names?, _ suggests: Bool) -> Match {
        guard let names else {
            return TicketID(reference)?.isObjectID == true
                ? .id(reference.lowercased()) : .notListed
        }
        if names.ids.contains(reference) { return .id(reference) }
        // The digits of an id count in either case, and an id counts before any name.
        if reference.utf8.count == 24, TicketID(reference)?.isObjectID == true,
            let id = names.id(ignoringCase: reference)
        {
            return .id(id)
        }
        let folded = Self.fold(reference)
        if let id = names.id(spelled: reference) { return .id(id) }
        for table in names.folded {
            guard let ids = table[folded] else { continue }
            if ids.count == 1 { return .id(ids[0]) }
            return .ambiguous(candidates: names.candidates[folded] ?? ids)
        }
        if let id = names.id(ignoringCase: reference) { return .id(id) }
        if isPartial, TicketID(reference)?.isObjectID == true {
            return .id(reference.lowercased())
        }
        if suggests {
            for part in Self.namesInside(reference) {
                if case .id = match(part, in: names, false) { return .unknown(closest: part) }
            }
        }
        if let mail = names.mail(named: reference) { return .unknown(closest: mail) }
        let closest =
            suggests ? BulkSystem.closest(to: folded, among: names.spellings) : nil
        return isPartial && closest == nil ? .notInSnapshot : .unknown(closest: closest)
    }

    /// What a text that names nothing itself may have been meant to say: the text without invisible characters, and
    /// the e-mail addresses and ids inside it, as in `Grace <grace@acme.com>`.
    ///
    /// - Parameter text: The text.
    /// - Returns: These names, without the text itself.
    package static func namesInside(_ text: String) -> [String] {
        guard text.utf8.count <= 1000 else { return [] }
        let plain = String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { $0.properties.generalCategory != .format }))
        let words = plain.split { $0.isWhitespace || "<>()[]{}\"'“”‘’«»,;:#/=".contains($0) }
            .map(String.init)
        let found =
            [plain]
            + words.filter { word in
                let isID = word.utf8.count == 24 && word.allSatisfy(\.isHexDigit)
                return isID || word.contains("@") && word.first != "@"
            }
        return found.filter { !$0.isEmpty && !$0.utf8.elementsEqual(text.utf8) }
    }

    /// A name, or the part of an e-mail before the `@`, in the form used for comparison.
    ///
    /// `Grace Hopper` and `grace.hopper@acme.com` are equal.
    fileprivate static func localPart(_ name: String) -> String {
        if name.utf8.allSatisfy({ $0 < 0x80 }) {
            let part = name.utf8.prefix { $0 != UInt8(ascii: "@") }
            return String(unsafeUninitializedCapacity: part.count) { space in
                var count = 0
                for byte in part {
                    let letter = lowerCase(byte)
                    guard 0x61...0x7A ~= letter || 0x30...0x39 ~= letter else { continue }
                    space[count] = letter
                    count += 1
                }
                return count
            }
        }
        return name.prefix { $0 != "@" }.lowercased().filter { $0.isLetter || $0.isNumber }
    }

    private static func names(_ agents: [Agent]) -> Names {
        var names = Names(folded: [[:], [:], [:]])
        for agent in agents where names.add(id: agent.id) {
            names.display[agent.id] = agent.displayName
            for (rank, name) in [agent.email, agent.walletAddress, agent.username].enumerated() {
                if let name { names.add(name, rank: rank, id: agent.id) }
            }
            if let email = agent.email {
                let local = localPart(email)
                if !local.isEmpty { names.localParts[local, default: []].append(email) }
                names.longestLocalPart = max(names.longestLocalPart, local.count)
            }
        }
        names.findCandidates()
        return names
    }

    private static func names(_ categories: [MavaAPI.Category]) -> Names {
        var names = Names(folded: [[:]])
        for category in categories where names.add(id: category.id) {
            names.display[category.id] = category.displayName
            if let name = category.name { names.add(name, rank: 0, id: category.id) }
        }
        names.findCandidates()
        return names
    }

    /// A name in lower case, without blanks around it.
    fileprivate static func fold(_ name: String) -> String {
        // A list can have a hundred thousand names. A byte of ASCII is a character, except that CR and LF are
        // one together, and both are blanks.
        if name.utf8.allSatisfy({ $0 < 0x80 }) {
            let isBlank = { (byte: UInt8) in byte == 0x20 || 0x09...0x0D ~= byte }
            var rest = name.utf8.drop(while: isBlank)
            while let last = rest.last, isBlank(last) { rest.removeLast() }
            return String(unsafeUninitializedCapacity: rest.count) { space in
                for (index, byte) in rest.enumerated() { space[index] = lowerCase(byte) }
                return rest.count
            }
        }
        var rest = name.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest.lowercased()
    }

    private static func lowerCase(_ byte: UInt8) -> UInt8 {
        0x41...0x5A ~= byte ? byte | 0x20 : byte
    }
}

extension NameDirectory.Names {
    /// The most things that are named where a name can be several.
    private static let mostCandidates = 6

    /// Finds the first things of each name that several have, in the best table that has it.
    fileprivate mutating func findCandidates() {
        for table in folded {
            for (name, ids) in table where ids.count > 1 && candidates[name] == nil {
                let shown = ids.map { id in
                    StepCount.add()
                    return display[id].map { "\($0) (\(id))" } ?? id
                }
                candidates[name] = Array(shown.sorted().prefix(Self.mostCandidates))
            }
        }
    }

    /// Adds an id, and returns whether it is new.
    fileprivate mutating func add(id: String) -> Bool {
        guard ids.insert(id).inserted else { return false }
        if id.utf8.contains(where: { 0x41...0x5A ~= $0 }) {
            upperIDs[id.lowercased(), default: []].append(id)
        }
        return true
    }

    /// The id of the only thing with a name in exactly this spelling.
    ///
    /// Where several have a name of these characters, their bytes decide, because `é` can be one scalar or two.
    fileprivate func id(spelled name: String) -> String? {
        guard let found = exact[name] else { return nil }
        if found.count == 1 { return found[0] }
        var same: String?
        for id in found {
            StepCount.add()
            guard writings[id]?.contains(where: { $0.utf8.elementsEqual(name.utf8) }) == true
            else { continue }
            if same != nil { return nil }
            same = id
        }
        return same
    }

    /// The only e-mail whose part before the `@` a text has there, too.
    fileprivate func mail(named text: String) -> String? {
        // A text can be far longer than any of these parts.
        var length = 0
        for character in text {
            if character == "@" { break }
            if character.isLetter || character.isNumber { length += 1 }
            if length > longestLocalPart { return nil }
        }
        guard let mails = localParts[NameDirectory.localPart(text)], mails.count == 1 else {
            return nil
        }
        return mails[0]
    }

    /// The only listed id that differs from a text at most by letter case.
    fileprivate func id(ignoringCase text: String) -> String? {
        let lower = text.lowercased()
        let found = (ids.contains(lower) ? [lower] : []) + (upperIDs[lower] ?? [])
        return found.count == 1 ? found[0] : nil
    }

    fileprivate mutating func add(_ name: String, rank: Int, id: String) {
        let folded = NameDirectory.fold(name)
        // A name of blanks names nothing.
        if folded.isEmpty { return }
        // All names of a thing are added one after another.
        if self.folded[rank][folded]?.last != id {
            self.folded[rank][folded, default: []].append(id)
        }
        if exact[name]?.last != id { exact[name, default: []].append(id) }
        spellings.append((name, folded))
        writings[id, default: []].append(name)
    }
}

extension NameDirectory {
    /// The texts that a comparison of whole values, or of parts of texts, compares a value with.
    ///
    /// A listed value is its id alone where whole values are compared: `Comparison.resolved` replaces the names
    /// there, so that a name means one agent or category and not all that differ from it by letter case.
    ///
    /// - Parameters:
    ///   - id: The agent's or category's id.
    ///   - thing: Which of the two it is.
    ///   - comparison: How it is compared.
    /// - Returns: The texts.
    package func writings(
        of id: String, _ thing: NamedThing, for comparison: RowCondition.Comparison
    ) -> [String] {
        if comparison.relation.isEquality, lists(id, thing) { return [id] }
        let names = (thing == .agent ? agents : categories)?.writings[id] ?? []
        return comparison.looksAtIDs || names.isEmpty ? [id] + names : names
    }

    /// Whether an agent's or a category's id is listed.
    package func lists(_ id: String, _ thing: NamedThing) -> Bool {
        (thing == .agent ? agents : categories)?.ids.contains(id) == true
    }

    /// The display name of a value.
    package func name(of value: FieldValue, _ field: TicketField) -> String {
        switch value {
        case .null: field == .assignedTo ? "nobody" : "none"
        case .number(let number): "\(number)"
        case .text(let text):
            switch field {
            case .assignedTo: agentName(text) ?? text
            case .categoryID: categoryName(text) ?? text
            case .status, .priority: text
            }
        }
    }
}
