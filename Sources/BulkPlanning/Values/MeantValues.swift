import BulkPlan

/// A value of an input or of a map's line, with the id that it means, where it means one.
struct MapValue {
    var text: String
    var id: String?
}

/// The values of an input for which a map has no line, by what they were most likely meant to say.
///
/// Both an odd value, such as `Ada <ada@acme.com>`, and an odd line are found.
struct MeantValues {
    /// The places of values by the ids that they mean or that are inside them.
    private var byID: [String: Int] = [:]
    /// The places of values by their texts and the e-mail addresses and ids inside them.
    private var byText: [String: Int] = [:]
    /// The places of values by the name before an address or an id in brackets.
    private var byName: [String: Int] = [:]
    private let values: [MapValue]

    init(_ values: [MapValue], _ thing: NamedThing, _ directory: NameDirectory) {
        self.values = values
        for (place, value) in values.enumerated() {
            let meant = Meanings(value, thing, directory)
            for id in meant.ids where byID[id] == nil { byID[id] = place }
            for text in [meant.text] + meant.inner where byText[text] == nil {
                byText[text] = place
            }
            if let name = meant.name, byName[name] == nil { byName[name] = place }
        }
    }

    /// The value that a line was most likely meant for; `nil` for none.
    ///
    /// A line and a value that mean different ids themselves are not alike, whatever else they say.
    func value(
        meantBy line: MapValue, _ thing: NamedThing, _ directory: NameDirectory
    ) -> MapValue? {
        let meant = Meanings(line, thing, directory)
        var places = meant.ids.compactMap { byID[$0] }
        places += ([meant.text] + meant.inner).compactMap { byText[$0] }
        places += [meant.name.flatMap { byText[$0] }, byName[meant.text]].compactMap(\.self)
        return places.lazy.map { values[$0] }
            .first { line.id == nil || $0.id == nil || line.id == $0.id }
    }

    /// What a text says in other words.
    private struct Meanings {
        /// The text in lower case, with single blanks and without invisible characters.
        var text: String
        /// The e-mail addresses and ids inside it, likewise.
        var inner: [String]
        /// The ids that it or these mean.
        var ids: [String]
        /// What it says before an opening bracket.
        var name: String?

        init(_ value: MapValue, _ thing: NamedThing, _ directory: NameDirectory) {
            let inside = NameDirectory.namesInside(value.text)
            text = Self.plain(value.text)
            inner = inside.map(Self.plain)
            ids = [value.id].compactMap(\.self)
            for name in inside {
                guard case .id(let id) = thing.match(name, in: directory, suggests: false) else {
                    continue
                }
                ids.append(id)
            }
            if let bracket = value.text.firstIndex(where: { "<([".contains($0) }) {
                let before = Self.plain(String(value.text[..<bracket]))
                if !before.isEmpty { name = before }
            }
        }

        private static func plain(_ text: String) -> String {
            let visible = String.UnicodeScalarView(
                text.unicodeScalars.filter { $0.properties.generalCategory != .format })
            return String(visible).lowercased().split(whereSeparator: \.isWhitespace)
                .joined(separator: " ")
        }
    }
}
