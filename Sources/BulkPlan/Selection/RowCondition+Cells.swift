import BulkSystem

extension RowCondition.Value {
    /// The value of a text in a column, which is a list in a column of tags, as exports join them.
    package init(cell text: String, column: String) {
        guard ColumnRole.plain(column) == "tags" || ColumnRole.plain(column) == "input.tags" else {
            self = .text([text])
            return
        }
        self = .list(
            text.split(separator: ";").map { [String($0.drop(while: \.isWhitespace))] })
    }

    /// The value of a JSON array of texts; `nil` for any other JSON.
    package init?(array json: String) {
        var json = json
        let texts: [String]? = json.withUTF8 { bytes in
            var cursor = JSONCursor(UnsafeRawBufferPointer(bytes))
            var texts: [String] = []
            let isWhole: Void? = cursor.array { element in
                guard let text = element.string() else { return false }
                texts.append(text)
                return true
            }
            return isWhole == nil ? nil : texts
        }
        guard let texts else { return nil }
        self = texts.isEmpty ? .missing : .list(texts.map { [$0] })
    }
}
