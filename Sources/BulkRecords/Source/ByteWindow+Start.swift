import BulkSystem

extension ByteWindow {
    /// Reads until `count` bytes are available, or the input ends.
    mutating func fill(_ count: Int) throws(ReadError) {
        while end - start < count && !isFinal { try refill() }
    }

    /// Skips a UTF-8 byte order mark, and refuses UTF-16 and UTF-32 by name.
    ///
    /// Without a mark, zero bytes decide. A table starts with ASCII, so the first four bytes are
    /// checked for zeros. Otherwise the positions of most zero bytes decide.
    mutating func skipByteOrderMark() throws(ReadError) {
        try fill(4)
        let first = (0..<4).map { start + $0 < end ? base[start + $0] : 1 }
        let foreign: (words: String, name: String)? =
            switch (first[0], first[1], first[2], first[3]) {
            case (0xFF, 0xFE, 0, 0): ("UTF-32 (little-endian)", "UTF-32LE")
            case (0, 0, 0xFE, 0xFF): ("UTF-32 (big-endian)", "UTF-32BE")
            case (0xFF, 0xFE, _, _): ("UTF-16 (little-endian)", "UTF-16LE")
            case (0xFE, 0xFF, _, _): ("UTF-16 (big-endian)", "UTF-16BE")
            case (1..., 0, 0, 0): ("UTF-32 (little-endian)", "UTF-32LE")
            case (0, 0, 0, 1...): ("UTF-32 (big-endian)", "UTF-32BE")
            case (1..., 0, 1..., _): ("UTF-16 (little-endian)", "UTF-16LE")
            case (0, 1..., 0, 1...): ("UTF-16 (big-endian)", "UTF-16BE")
            default: try utf16ByZeros()
            }
        if let foreign, end - start >= 2 {
            let conversion = conversion
            throw ReadError(
                code: .encodingUnsupported,
                message: "written in \(foreign.words): save it as UTF-8, or convert it, "
                    + "\(conversion.introduction): \(conversion.iconv(from: foreign.name))",
                inputName: name)
        }
        if first[0] == 0xEF, first[1] == 0xBB, first[2] == 0xBF { start += 3 }
    }

    /// Recognises UTF-16 whose first characters are not ASCII: every other byte of the rest is
    /// zero.
    private mutating func utf16ByZeros() throws(ReadError) -> (words: String, name: String)? {
        let searched = 4096
        try fill(searched)
        let pairs = min(end - start, searched) / 2
        var zeros = (even: 0, odd: 0)
        for pair in 0..<pairs {
            if base[start + 2 * pair] == 0 { zeros.even += 1 }
            if base[start + 2 * pair + 1] == 0 { zeros.odd += 1 }
        }
        if zeros.odd >= 8, zeros.odd * 4 > pairs, zeros.even * 50 < pairs {
            return ("UTF-16 (little-endian)", "UTF-16LE")
        }
        if zeros.even >= 8, zeros.even * 4 > pairs, zeros.odd * 50 < pairs {
            return ("UTF-16 (big-endian)", "UTF-16BE")
        }
        return nil
    }

    /// Refuses JSON Lines with a CSV file name, and CSV with a JSON Lines file name.
    mutating func refuseOtherFormat(than format: RecordFormat) throws(ReadError) {
        try fill(4096)
        let beginning = UnsafeBufferPointer(
            start: UnsafePointer(base + start), count: min(end - start, 4096))
        let text = beginning.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let behindBrace = text.dropFirst().first { ![0x20, 0x09].contains($0) }
        switch format {
        case .csv where text.first == UInt8(ascii: "{") && behindBrace == 0x22:
            throw ReadError(
                code: .formatUnsupported,
                message:
                    "this is JSON Lines and is named as CSV: rename it, so that its name ends in "
                    + ".jsonl", inputName: name)
        case .jsonLines:
            let line = text.prefix { $0 != 0x0A && $0 != 0x0D }
            guard let first = line.first, first != UInt8(ascii: "{"),
                [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09].contains(where: line.contains)
            else { return }
            throw ReadError(
                code: .formatUnsupported,
                message:
                    "this is not JSON and is named as JSON Lines: if it is CSV, rename it, so that its "
                    + "name ends in .csv", inputName: name)
        case .csv: return
        }
    }

    /// The format according to the first non-blank byte: `{` is JSON Lines, everything else is CSV.
    mutating func formatByFirstByte() throws(ReadError) -> RecordFormat {
        var at = start
        while true {
            if at >= end {
                if isFinal { return .csv }
                at -= start
                try refill()
                at += start
                continue
            }
            switch base[at] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                at += 1
            case UInt8(ascii: "{"): return .jsonLines
            default: return .csv
            }
        }
    }
}
