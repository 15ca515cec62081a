/// What the reader remembers between two CSV rows.
struct CSVState {
    /// The byte between two fields.
    let delimiter: UInt8
    /// Where the scan stands.
    var cursor = SpecialCursor(at: 0)
    /// How many fields the header has; `nil` while the header itself is read.
    var fieldCount: Int?
    /// Whether spaces between a delimiter and a quote are passed over, as the header has them.
    var skipsBlanks = false
    /// Which number of fields beside the header's the rows may have.
    var rowForm = RowForm.asHeader

    init(delimiter: UInt8) {
        self.delimiter = delimiter
    }

    /// Whether a byte can stand between two fields.
    static func canDelimit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0, 0x0A, 0x0D, 0x22, 0x7F...: false
        default: true
        }
    }
}
