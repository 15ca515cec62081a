/// Searches bytes for a text, as memmem(3) does where a system has it.
///
/// It moves on by as many bytes as the last byte of each window allows (Horspool), so most bytes of a file
/// are never looked at.
package struct ByteSearch: Sendable {
    private let text: [UInt8]
    /// How far a window can move whose last byte is this one.
    private let steps: [Int]

    /// Prepares a search.
    ///
    /// - Parameter text: The text, which has at least one byte.
    package init(_ text: [UInt8]) {
        precondition(!text.isEmpty)
        self.text = text
        var steps = Array(repeating: text.count, count: 256)
        for index in 0..<(text.count - 1) { steps[Int(text[index])] = text.count - 1 - index }
        self.steps = steps
    }

    /// Whether the text is in some bytes.
    package func isFound(in bytes: UnsafeRawBufferPointer) -> Bool {
        let count = text.count
        return text.withUnsafeBytes { text in
            steps.withUnsafeBufferPointer { steps in
                var end = count
                while end <= bytes.count {
                    let last = bytes[end &- 1]
                    if last == text[count &- 1] {
                        var index = 0
                        while index < count, bytes[end &- count &+ index] == text[index] {
                            index &+= 1
                        }
                        if index == count { return true }
                    }
                    end &+= steps[Int(last)]
                }
                return false
            }
        }
    }

    /// Whether the text is in a file of a run.
    ///
    /// - Parameter path: The file.
    /// - Returns: Whether it is.
    /// - Throws: A ``FileError`` when the file cannot be read, or is not a regular file of this user.
    package func isFound(inFile path: String) throws(FileError) -> Bool {
        var reader = try FileReader(ofRun: path)
        var rest: [UInt8] = []
        while true {
            let piece = try reader.read(upTo: 256 << 10)
            if piece.isEmpty { return false }
            // The text may begin in one piece and end in the next.
            rest += piece
            if rest.withUnsafeBytes({ isFound(in: $0) }) { return true }
            rest.removeFirst(max(0, rest.count - (text.count - 1)))
        }
    }
}
