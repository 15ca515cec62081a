import CLibrary

/// The time zones that the system knows.
package enum ZoneDatabase {
    private static let directory = "/usr/share/zoneinfo"
    /// The most bytes of a zone's file; the longest ones have some 4,000.
    private static let longest = 1 << 20

    /// Finds a zone by its name.
    ///
    /// - Parameters:
    ///   - name: A name of the database such as `Europe/Berlin`, `UTC`, or an offset such as `+02:00`.
    ///   - directory: Where the database is.
    /// - Returns: The zone; `nil` when there is none.
    package static func zone(_ name: String, in directory: String = directory) -> ZoneOffsets? {
        if ["utc", "z", "gmt"].contains(name.lowercased()) { return .utc }
        if let offset = offset(name) { return ZoneOffsets(name: name, offset: offset) }
        // A rule without a change, such as `UTC+2`, means the opposite of what most people mean by it.
        if name.contains(","), let zone = ZoneOffsets(rule: name) { return zone }
        let isName = name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20)
                || "_+-/".utf8.contains($0)
        }
        guard isName, !name.hasPrefix("/"), name.utf8.count <= 100,
            let bytes = try? FileReader.bytes(
                of: FilePath.joining(directory, name), atMost: longest)
        else { return nil }
        return ZoneOffsets(tzif: bytes, name: name)
    }

    /// The zone of this machine's clock: that of `TZ`, else of `/etc/localtime`, else UTC.
    ///
    /// - Parameters:
    ///   - variable: The value of `TZ`; `nil` when it is not set.
    ///   - file: The file with the machine's zone.
    /// - Returns: The zone; `nil` when the variable names none.
    package static func local(
        variable: String? = getenv("TZ").map { String(cString: $0) },
        file: String = "/etc/localtime"
    ) -> ZoneOffsets? {
        guard let variable, !variable.isEmpty else { return zone(ofFile: file) ?? .utc }
        let name = variable.hasPrefix(":") ? String(variable.dropFirst()) : variable
        if name.hasPrefix("/") { return zone(ofFile: name) }
        return zone(name) ?? ZoneOffsets(rule: name)
    }

    /// The zone in a file, with its name where it is one of the database.
    private static func zone(ofFile file: String) -> ZoneOffsets? {
        guard let bytes = try? FileReader.bytes(of: file, atMost: longest) else { return nil }
        var path = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let length = readlink(file, &path, Int(PATH_MAX))
        let target =
            length <= 0
            ? file
            : String(decoding: path.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let name = target.split(separator: "/").drop { !$0.hasPrefix("zoneinfo") }.dropFirst()
            .joined(separator: "/")
        return ZoneOffsets(tzif: bytes, name: zone(name) == nil ? nil : name)
    }

    /// The names that the database lists; empty where there is none.
    package static func names() -> [String] {
        let table = try? FileReader.bytes(of: directory + "/zone.tab", atMost: 1 << 20)
        guard let text = (table ?? nil).map({ String(decoding: $0, as: UTF8.self) }) else {
            return []
        }
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            .compactMap { $0.split(separator: "\t").dropFirst(2).first.map(String.init) }
    }

    /// The seconds of an offset such as `+02:00`, `-0530` or `+2`; `nil` for any other text.
    private static func offset(_ text: String) -> Int? {
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let digits = text.dropFirst()
        let parts: (hours: Substring, minutes: Substring)
        if let colon = digits.firstIndex(of: ":") {
            parts = (digits[..<colon], digits[digits.index(after: colon)...])
        } else {
            parts = digits.count > 2 ? (digits.dropLast(2), digits.suffix(2)) : (digits, "00")
        }
        guard (1...2).contains(parts.hours.utf8.count), parts.minutes.utf8.count == 2,
            (parts.hours + parts.minutes).utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            let hours = Int(parts.hours), let minutes = Int(parts.minutes), hours <= 14,
            minutes < 60
        else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}
