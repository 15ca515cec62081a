import BulkPlan

/// The names in a CSV input's header, to recognise them in its rows.
final class HeaderNames: Sendable {
    /// The columns by their plain names; the first one of several with one name.
    private let places: [String: Int]
    /// Whether a name can begin with a byte; letters match in both cases.
    private let starts: [Bool]
    private let haveDigits: Bool

    init(_ names: [String]) {
        var places: [String: Int] = [:]
        // A second file can begin with a byte order mark.
        var starts = Array(repeating: false, count: 256)
        starts[0xEF] = true
        var haveDigits = false
        for (place, name) in names.enumerated() {
            let plain = ColumnRole.plain(name)
            guard let first = plain.utf8.first, places[plain] == nil else { continue }
            places[plain] = place
            for byte in [first, name.utf8.first ?? first] {
                starts[Int(byte)] = true
                if 0x61...0x7A ~= byte { starts[Int(byte - 0x20)] = true }
            }
            haveDigits = haveDigits || plain.utf8.contains { 0x30...0x39 ~= $0 }
        }
        (self.places, self.starts, self.haveDigits) = (places, starts, haveDigits)
    }

    /// The column that a text names.
    func place(of text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let first = text.first, starts[Int(first)],
            haveDigits || !text.contains(where: { 0x30...0x39 ~= $0 })
        else { return nil }
        return place(of: RequestMapper.headerName(text))
    }

    /// The column that a text names.
    func place(of text: String) -> Int? { places[ColumnRole.plain(text)] }
}
