/// Rows of any bytes are read the same whole and in chunks.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    readTwice(UnsafeBufferPointer(start: start, count: count), format: .csv) { record in
        hold(record.problem != nil || record.count == record.columns.count, "a field is missing")
        for index in 0..<record.count {
            hold(record.column(of: index) == index, "a field is in another column")
            // What is no UTF-8 is a problem, so decoding never repairs anything.
            let text = record.text(of: index)
            hold(text.utf8.count == record.bytes(of: index).count, "a text was repaired")
        }
    }
    return 0
}
