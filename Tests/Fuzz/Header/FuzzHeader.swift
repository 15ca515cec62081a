/// A header of any bytes is read or refused, with a delimiter that is told or found; and each of its
/// columns gets a role.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    guard let choice = bytes.first else { return 0 }
    let delimiter: UInt8? = choice & 1 == 0 ? nil : bytes.last
    do {
        let reader = try RecordReader(
            ByteSource(bytes: Array(bytes.dropFirst()), chunkSize: 1 + Int(choice >> 1)),
            format: .csv, delimiter: delimiter)
        hold(delimiter == nil || reader.delimiter == delimiter, "another delimiter was taken")
        let columns = reader.columns
        let map = try ColumnMap(header: columns)
        hold(
            map.names.count == columns.count && map.roles.count == columns.count,
            "a role is missing")
        hold(
            map.roles.contains(.ticketID) && map.roles.contains { $0.isChange },
            "columns that cannot serve were taken")
        for column in map.unknown { hold(!column.description.isEmpty, "a warning says nothing") }
    } catch let error as ReadError {
        hold(!error.description.isEmpty, "an error says nothing")
    } catch let error as ColumnError {
        hold(!error.description.isEmpty, "an error says nothing")
    } catch {
        hold(false, "an error of another type: \(error)")
    }
    return 0
}
