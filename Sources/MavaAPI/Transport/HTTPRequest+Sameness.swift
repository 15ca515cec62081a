extension String {
    /// Whether another text is the same byte for byte; `==` also takes two spellings of one character for
    /// the same.
    func hasSameBytes(as other: String) -> Bool {
        let left = utf8
        let right = other.utf8
        let isSame = left.withContiguousStorageIfAvailable { left in
            right.withContiguousStorageIfAvailable { right in
                // Copies of a text have their bytes in one place.
                left.count == right.count
                    && (left.baseAddress == right.baseAddress
                        || UnsafeRawBufferPointer(left).elementsEqual(UnsafeRawBufferPointer(right)))
            }
        }
        return (isSame ?? nil) ?? left.elementsEqual(right)
    }
}

extension HTTPRequest {
    /// Whether header fields are those of this request, byte for byte and in the same order.
    func hasHeaders(_ fields: [(name: String, value: String)]) -> Bool {
        // Copies of one list have it in one place.
        let isOneList = headers.withUnsafeBufferPointer { left in
            fields.withUnsafeBufferPointer { right in
                left.baseAddress == right.baseAddress && left.count == right.count
            }
        }
        return isOneList
            || headers.elementsEqual(fields) {
                $0.name.hasSameBytes(as: $1.name) && $0.value.hasSameBytes(as: $1.value)
            }
    }
}
