/// The reader's state between two CSV rows.
struct CSVState {
    /// The byte between two fields.
    let delimiter: UInt8
    /// The current position of the scan.
    var cursor = SpecialCursor(at: 0)
    /// How many fields the header has; `nil` while the header itself is read.
    var fieldCount: Int?
    /// Whether spaces between a delimiter and a quote are skipped, because the header has them.
    var skipsBlanks = false
    /// How the rows' number of fields may differ from the header's.
    var rowForm = RowForm.asHeader

    init(delimiter: UInt8) {
        self.delimiter = delimiter
    }

    /// Whether a byte can be a delimiter.
    static func canDelimit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0, 0x0A, 0x0D, 0x22, 0x7F...: false
        default: true
        }
    }
}
