/// A table in one JSON object, as pandas writes it.
enum TableObject: Equatable {
    /// An object for each column, with the cells by the numbers of the rows.
    case columns
    /// The rows by their numbers.
    case rows
    /// The columns' names, and the rows as arrays.
    case split

    /// What it is, for a message.
    var words: String {
        switch self {
        case .columns: "one JSON object with an object for each column"
        case .rows: "one JSON object with an object for each row"
        case .split: "one JSON object with the columns' names and the rows as arrays"
        }
    }

    /// The filter of jq that writes the rows.
    var filter: String {
        switch self {
        case .columns: "(to_entries[0].value | keys_unsorted[]) as $row | map_values(.[$row])"
        case .rows: ".[]"
        case .split:
            "[.columns[] | .name? // .] as $names | .data[] | [$names, .] | transpose | map({(.[0]): .[1]}) | add"
        }
    }
}
