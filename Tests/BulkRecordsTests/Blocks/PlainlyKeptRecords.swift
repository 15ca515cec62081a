import BulkRecords
import Testing

/// Keeps the records of a block, reads plain rows with the fast path, and compares their fields with those of
/// their records.
final class PlainlyKeptRecords: BlockWork {
    private(set) var records: [SeenRecord] = []
    private(set) var plainCount = 0

    /// Reads an input in blocks, and counts its plain rows.
    static func read(
        _ bytes: [UInt8], _ format: RecordFormat, _ limits: RecordLimits, size: Int
    ) throws -> (seen: SeenInput, plainCount: Int) {
        let reader = try RecordReader(ByteSource(bytes: bytes), format: format, limits: limits)
        var works: [PlainlyKeptRecords] = []
        var blocks = BlockReader(
            reader, size: size, startThread: nil,
            makeWork: {
                works.append(PlainlyKeptRecords())
                return works[works.count - 1]
            })
        let seen = try SeenInput(&blocks) { $0.records }
        return (seen, works.reduce(0) { $0 + $1.plainCount })
    }

    func read(_ records: inout RecordReader) {
        self.records = []
        var rows = PlainRows(of: records)
        while true {
            if rows.hasOutgrown(records) { rows = PlainRows(of: records) }
            records.findPlainRows(&rows)
            keep(rows, of: &records)
            records.pass(rows)
            if rows.isFull { continue }
            guard records.advanceInBlock() else { return }
            self.records.append(SeenRecord(records.record))
        }
    }

    private func keep(_ rows: borrowing PlainRows, of records: inout RecordReader) {
        var texts = Array(repeating: [String](), count: rows.count)
        for column in 0..<rows.columnCount {
            rows.forEachField(of: column) { row, text in
                texts[row].append(String(decoding: text, as: UTF8.self))
            }
        }
        for row in 0..<rows.count {
            records.setRecord(to: row, of: rows)
            let record = SeenRecord(records.record)
            let columns = records.columns
            #expect(record.position.line == rows.firstLine + row)
            for column in 0..<rows.columnCount {
                // In CSV, columns may have the same name.
                let value =
                    rows.areObjects
                    ? record.values.first { $0.column == columns[column] } : record.values[column]
                compare(
                    value, texts[row][column],
                    isCoded: rows.rowsWithCodedText(in: column) >> UInt64(row) & 1 == 1,
                    isNumber: rows.rowsWithNumber(in: column) >> UInt64(row) & 1 == 1)
            }
            self.records.append(record)
        }
        plainCount += rows.count
    }

    private func compare(
        _ value: SeenRecord.Value?, _ text: String, isCoded: Bool, isNumber: Bool
    ) {
        guard let value else {
            #expect(text.isEmpty && !isCoded && !isNumber)
            return
        }
        let hasOwnText =
            switch value.kind {
            case .text: true
            case .quotedText: !value.text.contains("\"")
            case .string: !value.raw.contains("\\")
            case .number: value.raw.count == 1
            default: false
            }
        #expect(isCoded == !hasOwnText)
        #expect(isNumber == (value.kind == .number && hasOwnText))
        if hasOwnText { #expect(text == value.text) }
        if value.kind == .quotedText { #expect(text.replacing("\"\"", with: "\"") == value.text) }
    }
}
